"""`scrapy reprocess`: read again what is archived, or what WARCs by anyone bring, with today's extraction."""

import json
import sys
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.command import NewskeepCommand
from crawler.commands.export import check_sources, span_of
from pipelines.errors import SettingsError, WarcError

if TYPE_CHECKING:
    from pipelines.archive import Catalog
    from pipelines.audit.reprocess import Reprocessing
    from pipelines.audit.slices import Slice
    from pipelines.model import Source
    from pipelines.stores import ObjectStore
    from pipelines.workers import ExtractionPool


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "[options] [WARC|WACZ|FOLDER|URL...]"

    def short_desc(self) -> str:
        return "Read archived pages, or WARCs by anyone, again with today's extraction"

    def long_desc(self) -> str:
        return (
            "Read the latest revision of each archived article again, with today's extractor, rules and seeds, and add "
            "a revision where the text or the metadata differ. With WARCs (paths, folders, file: or s3: URLs; WACZ "
            "too): take those that are not of this archive into it, and read their pages. Nothing is deleted, and a "
            "second run adds nothing. See docs/reprocess.md."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--source", metavar="A,B", help="only these sources")
        parser.add_argument("--since", metavar="DATE", help="captured on this day (UTC) or later; or a time")
        parser.add_argument("--until", metavar="DATE", help="captured on this day (UTC) or earlier; or before a time")
        parser.add_argument(
            "--as", dest="name", metavar="NAME", help="source of pages that no seed owns; else their host"
        )
        parser.add_argument("--dry-run", action="store_true", help="report what would change; change nothing")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="of the report; default: text")

    def execute(self, args: list[str], opts: Namespace) -> None:
        from crawler.preflight import check_values
        from pipelines.archive import open_catalog
        from pipelines.audit.reprocess import Reprocessing
        from pipelines.stores import open_store

        assert self.settings is not None
        wanted = slice_of(opts)
        check_name(opts.name)
        check_values(self.settings)
        if opts.name and not args:
            raise UsageError("--as names the source of pages in WARCs; name the WARCs, too")
        store = open_store(self.setting("ARCHIVE_URL"))
        with ExitStack() as stack:
            catalog = open_catalog(self.setting("CATALOG_URL"), create=bool(args) and not opts.dry_run)
            stack.callback(catalog.close)
            if not args:
                check_sources(sorted(wanted.sources), catalog)
            reprocessing = Reprocessing(
                store=store, catalog=catalog, pool=stack.enter_context(self._pool()), sources=self._seeds()
            )
            if not opts.dry_run:
                self._write_through(reprocessing, store, catalog)
            self._read(reprocessing, args, wanted, opts.name)
            reprocessing.send()
        report = reprocessing.report
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) if opts.format == "json" else report.as_text())
        for problem in report.problems:
            self._complain(problem)

    def _read(self, reprocessing: "Reprocessing", args: list[str], wanted: "Slice", name: str | None) -> None:
        from pipelines.warc import find_warcs
        from pipelines.warc.streams import SUFFIXES, WACZ

        if not args:
            reprocessing.read_archive(wanted)
        # All before anything is written: a wrong name ends it.
        inputs = [warc for url in args for warc in find_warcs(url, suffixes=(*SUFFIXES, WACZ))]
        for warc in inputs:
            try:
                reprocessing.read_input(warc, Path(self.setting("SPOOL_DIR")), wanted, name=name)
            except WarcError as error:
                reprocessing.report.problems.append(str(error))

    def _write_through(self, reprocessing: "Reprocessing", store: "ObjectStore", catalog: "Catalog") -> None:
        """Let new revisions take the way of a crawl's, after what an earlier run has left in the spool."""
        from pipelines.archive import Outlet, Spool, Uploader, adopt_documents
        from pipelines.dedupe import document_due

        spool = Spool(Path(self.setting("SPOOL_DIR")))
        store.check()
        spool.check()
        catalog.removals.catch_up(store)
        problems = spool.finish()
        _, broken = adopt_documents(spool, catalog, document_due)
        for problem in (*problems, *broken):
            self._complain(str(problem))
        uploader = Uploader(
            spool, store, adopt=catalog.add_document, report=lambda problem: self._complain(str(problem))
        )
        uploader.drain()
        reprocessing.outlet, reprocessing.send = Outlet(spool, catalog), uploader.drain

    def _pool(self) -> "ExtractionPool":
        from pipelines.confidence import read_minimum
        from pipelines.workers import ExtractionPool

        assert self.settings is not None
        return ExtractionPool(
            deadline=self.settings.getfloat("EXTRACTION_DEADLINE"),
            recycle_after=self.settings.getint("EXTRACTION_RECYCLE_AFTER"),
            min_confidence=read_minimum(self.settings.get("EXTRACTION_MIN_CONFIDENCE")),
            preload=("scrapy.cmdline",),
            **({"workers": workers} if (workers := self.settings.getint("EXTRACTION_WORKERS")) else {}),
        )

    def _seeds(self) -> "dict[str, Source]":
        """Return today's seeds by id; an archive can be read without any."""
        from crawler.seeds import load_seeds

        folder = self.setting("SEEDS_DIR")
        if not folder or not Path(folder).is_dir():
            print(f"scrapy {self.name}: SEEDS_DIR: no folder {folder!r}; no seed is used", file=sys.stderr)
            return {}
        return {source.id: source for source in load_seeds(folder)}

    def _complain(self, problem: str) -> None:
        print(f"scrapy {self.name}: {problem}", file=sys.stderr)
        self.exitcode = 1


def slice_of(opts: Namespace) -> "Slice":
    """Return the captures that the options ask for.

    Raises:
        SettingsError: a date is none.
    """
    from pipelines.audit.slices import Slice

    since, until = span_of(opts)
    sources = frozenset(name.strip() for name in (opts.source or "").split(",") if name.strip())
    return Slice(sources=sources, since=since, until=until)


def check_name(name: str | None) -> None:
    """Raise SettingsError when a source cannot be called so."""
    from crawler.seeds.load import ID

    if name is not None and not ID.fullmatch(name):
        raise SettingsError("--as", f"{name!r} is no name of a source; use small letters, digits and hyphens")
