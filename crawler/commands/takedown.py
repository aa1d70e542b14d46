"""`scrapy takedown`: remove an article from the archive, and leave a tombstone that says why."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.commands import NewskeepCommand
from pipelines.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.audit import Takedown


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "URL|ARTICLE-ID --reason TEXT [options]"

    def short_desc(self) -> str:
        return "Remove an article from the archive and leave a tombstone that says why"

    def long_desc(self) -> str:
        return (
            "Delete every document of an article, overwrite its records in the WARCs, take it out of the indexes and "
            "the catalog, and never ask for its URLs again. It cannot be undone. See docs/archive.md."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--reason", metavar="TEXT", help="why; kept in the tombstone and the manifest")
        parser.add_argument("--by", metavar="NAME", help="who ordered it; kept in the tombstone")
        parser.add_argument("--dry-run", action="store_true", help="list what would go, and change nothing")

    def execute(self, args: list[str], opts: Namespace) -> None:
        from pipelines.archive import open_catalog
        from pipelines.audit import plan_takedowns, take_down
        from pipelines.stores import open_store

        assert self.settings is not None
        if len(args) != 1:
            raise UsageError('name one article: scrapy takedown https://site.example/story --reason "court order"')
        reason = (opts.reason or "").strip()
        if not reason and not opts.dry_run:
            raise SettingsError("--reason", "say why; it is kept in the tombstone and explains the gap")
        store = open_store(self.setting("ARCHIVE_URL"), lock_days=self.settings.getint("OBJECT_LOCK_DAYS"))
        spool = Path(self.setting("SPOOL_DIR"))
        catalog = open_catalog(self.setting("CATALOG_URL"), create=False)
        work = plan_takedowns if opts.dry_run else take_down
        try:
            found = work(store, catalog, args[0], reason=reason, now=datetime.now(UTC), who=opts.by, spool=spool)
        finally:
            catalog.close()
        for takedown in found:
            print(*lines_of(takedown, done=not opts.dry_run), sep="\n")
            for problem in problems_of(takedown):
                print(f"scrapy takedown: {problem}", file=sys.stderr)


def lines_of(takedown: "Takedown", *, done: bool) -> "Iterator[str]":
    """Yield what went, or would go, one line an object."""
    stone = takedown.tombstone
    verb = "removed" if done else "would remove"
    for document in stone.documents:
        yield f"{verb} {document.key}"
    for capture in stone.captures:
        yield f"{verb} {capture.records} records of {capture.segment} at byte {capture.offset}"
    for url in stone.urls:
        yield f"{'never' if done else 'would never'} ask again for {url}"
    documents, captures = len(stone.documents), len(stone.captures)
    known = f", taken down first on {stone.at:%Y-%m-%d} ({stone.reason})" if takedown.is_known else ""
    yield f"{stone.article_id}: {documents} documents, {captures} captures{known}; the tombstone: {stone.key}"


def problems_of(takedown: "Takedown") -> "Iterator[str]":
    """Yield what the archive's keeper should look after."""
    for place in takedown.repeated_by:
        yield f"{place.segment}: the revisit of {place.url} at byte {place.offset} loses its body, which was removed"
    for name in takedown.missing:
        yield f"{name}: a document names this segment, and the archive does not have it"
