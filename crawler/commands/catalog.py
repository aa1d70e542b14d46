"""`scrapy catalog`: look at the index, or make it anew."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.commands import NewskeepCommand
from pipelines.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.archive import Refusal

COLUMNS = ("articles", "revisions", "pending", "done", "failed", "gone", "skipped", "removed")


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "show|refused|rebuild"

    def short_desc(self) -> str:
        return "Show what the catalog knows of each source, list refused pages, or rebuild it from the archive"

    def long_desc(self) -> str:
        return (
            "show counts each source's articles and URLs. refused lists the pages that were fetched, are kept in the "
            "WARC and were not archived as articles, with the reason and the confidence that they are one. rebuild "
            "makes the catalog anew from the documents in the archive."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--source", metavar="ID", help="with refused: only this source")

    def execute(self, args: list[str], opts: Namespace) -> None:
        if args == ["show"]:
            self._show()
        elif args == ["refused"]:
            self._list_refused(opts.source)
        elif args == ["rebuild"]:
            self._rebuild()
        else:
            raise UsageError("say what to do: scrapy catalog show, refused or rebuild")

    def _show(self) -> None:
        from pipelines.archive import open_catalog

        catalog = open_catalog(self.setting("CATALOG_URL"), create=False)
        try:
            print_counts(catalog.counts())
        finally:
            catalog.close()

    def _list_refused(self, source: str | None) -> None:
        from pipelines.archive import open_catalog

        catalog = open_catalog(self.setting("CATALOG_URL"), create=False)
        try:
            if source is not None and source not in catalog.counts():
                raise SettingsError(
                    "--source", f"the catalog knows no source {source!r}; scrapy catalog show lists them"
                )
            print_refusals(catalog.refusals.listed(source))
        finally:
            catalog.close()

    def _rebuild(self) -> None:
        from pipelines.archive import DOCUMENTS, open_catalog
        from pipelines.stores import open_store

        store = open_store(self.setting("ARCHIVE_URL"))
        if next(iter(store.list(DOCUMENTS)), None) is None:
            raise SettingsError("ARCHIVE_URL", f"{store.url} holds no documents; the catalog stays as it is")
        catalog = open_catalog(self.setting("CATALOG_URL"))
        try:
            rebuilt = catalog.rebuild(store)
        finally:
            catalog.close()
        print(f"{rebuilt.revisions} documents of {store.url} are in the catalog")
        for problem in rebuilt.unreadable:
            print(f"scrapy catalog: {problem}", file=sys.stderr)
            self.exitcode = 1


def print_refusals(refusals: "Iterable[Refusal]") -> None:
    """Print a line for each page, columns parted by tabs: confidence, cause, source, when, URL, what was seen."""
    print("confidence", "cause", "source", "fetched", "url", "why", sep="\t")
    for refusal in refusals:
        told = refusal.told.removeprefix(f"{refusal.url}: ")
        when = f"{refusal.fetched_at:%Y-%m-%dT%H:%M:%SZ}"
        print(f"{refusal.confidence:.3f}", refusal.cause, refusal.source, when, refusal.url, told, sep="\t")


def print_counts(counts: "Mapping[str, Mapping[str, int]]") -> None:
    """Print a line for each source, and the sums."""
    width = max(map(len, (*counts, "source")))
    print(f"{'source':{width}}", *(f"{name:>10}" for name in COLUMNS))
    for source, found in counts.items():
        print(f"{source:{width}}", *(f"{found.get(name, 0):>10}" for name in COLUMNS))
    sums = (sum(found.get(name, 0) for found in counts.values()) for name in COLUMNS)
    print(f"{'all':{width}}", *(f"{total:>10}" for total in sums))
