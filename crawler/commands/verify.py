"""`scrapy verify`: the archive against what it says of itself."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.commands import NewskeepCommand
from crawler.commands.export import check_sources, span_of
from pipelines.errors import MissingCatalogError, SettingsError

if TYPE_CHECKING:
    from pipelines.audit import Audit, Problem, Tally
    from pipelines.stores import ObjectStore

REFRESHES = 4  # a second


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Check the archive: objects, WARCs, documents, manifests and catalog"

    def long_desc(self) -> str:
        return (
            "Compare every object with its manifest, every WARC with the standard, every document with the record it "
            "names, and the chain of the manifests with itself. Exits with 1 when something is damaged. "
            "See docs/verify.md."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--source", metavar="A,B", help="only these sources")
        parser.add_argument("--since", metavar="DATE", help="captured on this day (UTC) or later; or a time")
        parser.add_argument("--until", metavar="DATE", help="captured on this day (UTC) or earlier; or before a time")
        parser.add_argument("--quick", action="store_true", help="compare sizes only, read no object")
        parser.add_argument("--rebuild", action="store_true", help="make every document anew from its record")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")

    def execute(self, args: list[str], opts: Namespace) -> None:
        from pipelines.stores import open_store

        if args:
            raise UsageError("no arguments, only options: scrapy verify --source bbc-news --since 2026-11-01")
        store = open_store(self.setting("ARCHIVE_URL"))
        if next(iter(store.list()), None) is None:
            raise SettingsError("ARCHIVE_URL", f"{store.url} holds nothing; is it the archive?")
        with ExitStack() as stack:
            audit = self._audit(store, opts, stack)
            damaged = 0
            stack.enter_context(progress(audit.tally))
            for problem in audit.run():
                damaged += problem.is_damage
                print_problem(problem, opts.format)
        if not (audit.tally.objects or damaged):
            raise SettingsError("ARCHIVE_URL", f"{store.url} holds nothing of what was asked for; is it the archive?")
        print_summary(audit.tally, damaged, opts.format)
        self.exitcode = int(damaged > 0)

    def _audit(self, store: "ObjectStore", opts: Namespace, stack: ExitStack) -> "Audit":
        """Return the audit that was asked for; what it needs is closed with the stack."""
        from crawler.preflight import check_values
        from pipelines.archive import Spool, open_catalog
        from pipelines.audit import Audit, Slice
        from pipelines.audit.rebuild import rebuild_documents
        from pipelines.workers import ExtractionPool

        assert self.settings is not None
        since, until = span_of(opts)
        check_values(self.settings)
        sources = [name.strip() for name in opts.source.split(",") if name.strip()] if opts.source else []
        catalog = None
        try:
            catalog = stack.enter_context(closing(open_catalog(self.setting("CATALOG_URL"), create=False)))
            check_sources(sources, catalog)
        except MissingCatalogError:
            print(f"{self.setting('CATALOG_URL')}: no catalog; the archive is verified without it", file=sys.stderr)
        spool, rebuild = Path(self.setting("SPOOL_DIR")), None
        if opts.rebuild:
            workers = self.settings.getint("EXTRACTION_WORKERS")
            deadline = self.settings.getfloat("EXTRACTION_DEADLINE")
            pool = ExtractionPool(workers=workers or os.cpu_count() or 1, deadline=deadline, min_confidence=0.0)
            rebuild = partial(rebuild_documents, store, pool=stack.enter_context(pool))
        return Audit(
            store=store,
            catalog=catalog,
            spool=Spool(spool) if spool.is_dir() else None,
            slice=Slice(sources=sources, since=since, until=until),
            is_quick=opts.quick,
            rebuild=rebuild,
        )


def print_problem(problem: "Problem", form: str) -> None:
    """Print one thing found: a few lines, or one line of JSON."""
    import attrs

    if form == "json":
        print(json.dumps({**attrs.asdict(problem), "damage": problem.is_damage}, ensure_ascii=False))
        return
    print(f"{'DAMAGE' if problem.is_damage else 'note'}: {problem.key}: {problem.message}")
    if problem.affects:
        print(f"  affects: {problem.affects}")
    if problem.repair:
        print(f"  repair: {problem.repair}")


def print_summary(tally: "Tally", damaged: int, form: str) -> None:
    """Print what was looked at and how much of it is damaged."""
    import attrs

    if form == "json":
        print(json.dumps({"summary": {**attrs.asdict(tally), "damage": damaged}}))
        return
    print(f"{tally.objects} objects, {tally.size} bytes")
    print(f"{tally.segments} segments, {tally.records} WARC records")
    print(f"{tally.documents} documents")
    print(f"{tally.days} days chained, {tally.stamps} time stamps")
    for outcome, count in sorted(tally.rebuilt.items()):
        print(f"{count} documents rebuilt: {outcome}")
    print(f"damage: {damaged}" if damaged else "no damage")


def progress(tally: "Tally") -> ExitStack:
    """Return a context in which a line on a terminal tells how far the audit is."""
    stack = ExitStack()
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        def line() -> Text:
            return Text(f"{tally.objects} objects, {tally.size / 1e6:.0f} MB, {sum(tally.rebuilt.values())} rebuilt")

        shares = sys.stdout.isatty()  # what is printed stays above the line, and never goes astray from a file
        console = Console(stderr=True)
        stack.enter_context(
            Live(
                get_renderable=line,
                console=console,
                transient=True,
                refresh_per_second=REFRESHES,
                redirect_stdout=shares,
            )
        )
    return stack
