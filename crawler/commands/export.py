"""`scrapy export`: the documents back out."""

import sys
from argparse import ArgumentParser, Namespace
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler.commands import NewskeepCommand
from pipelines.errors import DocumentError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.archive import Catalog
    from pipelines.archive.document import Readable
    from pipelines.stores import ObjectStore

    Documents = Iterator[tuple[str, dict[str, Any]]]

FORMATS = ("jsonl", "parquet", "csv", "wacz", "warc")
BINARY = ("parquet", "wacz", "warc")


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Write archived articles as JSON lines, CSV or Parquet, or their captures as WACZ or WARC"

    def long_desc(self) -> str:
        return (
            "Write the latest revision of each archived article, in the order of capture. jsonl holds whole "
            "documents; csv and parquet hold flat columns (see docs/document.md). wacz and warc hold the pages as they "
            "came over the wire: a wacz opens in ReplayWeb.page or pywb."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", choices=FORMATS, help="default: as the output's name ends, else jsonl")
        parser.add_argument("--source", metavar="A,B", help="only these sources")
        parser.add_argument("--since", metavar="DATE", help="captured on this day (UTC) or later; or a time")
        parser.add_argument("--until", metavar="DATE", help="captured on this day (UTC) or earlier; or before a time")
        parser.add_argument("--all-revisions", action="store_true", help="every revision, not only the latest")
        parser.add_argument("--output", "-o", metavar="FILE", default="-", help="default: standard output")

    def execute(self, args: list[str], opts: Namespace) -> None:
        from pipelines.archive import Spool, SpooledStore, open_catalog
        from pipelines.stores import open_store

        if args:
            raise UsageError("no arguments, only options: scrapy export --format csv --source bbc-news")
        since, until = span_of(opts)
        opts.format = opts.format or next((form for form in FORMATS if opts.output.endswith(f".{form}")), "jsonl")
        sources = [name.strip() for name in opts.source.split(",") if name.strip()] if opts.source else None
        if opts.format in BINARY and opts.output == "-" and sys.stdout.isatty():
            raise SettingsError("--output", f"{opts.format} is not for a terminal; name a file")
        store = open_store(self.setting("ARCHIVE_URL"))
        catalog = open_catalog(self.setting("CATALOG_URL"), create=False)
        try:
            check_sources(sources or [], catalog)
            rows = catalog.revisions(sources, since, until, latest_only=not opts.all_revisions)
            spooled = SpooledStore(store, Spool(Path(self.setting("SPOOL_DIR"))))
            documents = readable_documents(spooled, (row.document_key for row in rows))
            with open_output(opts.output) as output:
                if opts.format in {"wacz", "warc"}:
                    summary = self.write_captures(opts, documents, store, output)
                else:
                    summary = f"{write_documents(opts.format, documents, output)} documents"
        finally:
            catalog.close()
        sys.stdout.flush()  # a reader that has gone is told of here, and needs no count
        print(summary, file=sys.stderr)

    def write_captures(self, opts: Namespace, documents: "Documents", store: "ObjectStore", output: IO[bytes]) -> str:
        """Write the captures of the documents as WACZ or WARC; return what to tell about it."""
        from pipelines.archive.packages import package_wacz, package_warc

        information: Mapping[str, str] = {
            name: value
            for name, value in (("software", self.setting("SOFTWARE")), ("operator", self.setting("CONTACT")))
            if value
        }
        now = datetime.now(UTC)
        if opts.format == "wacz":
            packaged = package_wacz(documents, store, output, information=information, now=now)
        else:
            filename = None if opts.output == "-" else Path(opts.output).name
            packaged = package_warc(documents, store, output, filename=filename, information=information, now=now)
        left_out = f"; {packaged.unrecorded} left out, which were not recorded" if packaged.unrecorded else ""
        return f"{packaged.captures} captures{left_out}"


def write_documents(form: str, documents: "Documents", output: IO[bytes]) -> int:
    """Write the documents as jsonl, csv or parquet; return how many."""
    from pipelines.archive.flat import write_csv, write_jsonl

    if form == "parquet":
        from pipelines.archive.parquet import write_parquet

        return write_parquet(documents, output)
    return write_csv(documents, output) if form == "csv" else write_jsonl(documents, output)


def readable_documents(store: "Readable", keys: "Iterator[str]") -> "Documents":
    """Yield key and document; DocumentError at the first that is damaged."""
    from pipelines.archive import read_documents

    for key, document in read_documents(store, keys):
        if isinstance(document, DocumentError):
            raise document
        yield key, document


@contextmanager
def open_output(name: str) -> "Iterator[IO[bytes]]":
    """Give a file to write to; a named one takes its place only when it is complete."""
    if name == "-":
        yield sys.stdout.buffer
        return
    path = Path(name)
    unfinished = path.with_name(f"{path.name}.part")
    try:
        if path.exists() and not path.is_file():  # a device or a pipe takes what it is given
            with path.open("wb") as file:
                yield file
            return
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise SettingsError("--output", f"{name}: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def span_of(opts: Namespace) -> "tuple[datetime | None, datetime | None]":
    """Return the times that `--since` and `--until` mean, None where one is not given.

    Raises:
        SettingsError: one is no date, or the second comes before the first.
    """
    since, until = moment_of("--since", opts.since), moment_of("--until", opts.until, end_of_day=True)
    if since and until and until <= since:
        raise SettingsError("--until", f"{opts.until} is before --since {opts.since}")
    return since, until


def moment_of(option: str, text: str | None, *, end_of_day: bool = False) -> datetime | None:
    """Return the time meant by a date or time, UTC unless it says otherwise; None when not given."""
    if text is None:
        return None
    try:
        if len(text) == 10:
            midnight = datetime.combine(date.fromisoformat(text), time(), UTC)
            return midnight + timedelta(days=1) if end_of_day else midnight
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise SettingsError(option, f"{text!r} is no date; write 2026-11-30 or 2026-11-30T12:00:00+01:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def check_sources(sources: list[str], catalog: "Catalog") -> None:
    """Raise SettingsError when the catalog knows nothing of a source."""
    known = catalog.counts()
    if unknown := [source for source in sources if source not in known]:
        raise SettingsError("--source", f"{', '.join(unknown)}: not in the catalog; it has: {', '.join(known)}")
