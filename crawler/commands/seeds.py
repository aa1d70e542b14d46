"""`scrapy seeds`: list and check the seeds, import them from a list, or make one from a site."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.commands import NewskeepCommand

if TYPE_CHECKING:
    from crawler.seeds import Imported
    from pipelines.model import Source

MAX_LIST_BYTES = 10_000_000
COLUMNS = ("id", "name", "country", "language", "feeds", "sitemaps", "sections", "verified")


class Command(NewskeepCommand):
    """Lists, checks, imports and probes seeds; exits with 1 when anything is wrong."""

    def syntax(self) -> str:
        return "[check | import FILE [--to DIR] [--overwrite] | probe URL]"

    def short_desc(self) -> str:
        return "List and check the seeds, import them from OPML or CSV, or make one from a site"

    def long_desc(self) -> str:
        return (
            "Without arguments: list all seeds and their problems. check: only the problems. import: make seed files "
            "from an OPML list or a CSV table of name,url. probe: print a seed for a site, made of what it tells."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--to", metavar="DIR", help="import: where seed files go (default: SEEDS_DIR)")
        parser.add_argument("--overwrite", action="store_true", help="import: replace seed files that exist")

    def execute(self, args: list[str], opts: Namespace) -> None:
        actions = {(): self._list, ("check",): self._check}
        if tuple(args) in actions:
            actions[tuple(args)]()
        elif len(args) == 2 and args[0] == "import":
            self._import(Path(args[1]), Path(opts.to or self.setting("SEEDS_DIR")), overwrite=opts.overwrite)
        elif len(args) == 2 and args[0] == "probe":
            self._probe(args[1])
        else:
            raise UsageError(f"write: scrapy seeds {self.syntax()}")

    def _list(self) -> None:
        from crawler.seeds import check_seeds

        check = check_seeds(self.setting("SEEDS_DIR"))
        if check.sources:
            _print_table(check.sources)
        self._report(check.problems)
        print(_summary(check.sources, len(check.problems)))

    def _check(self) -> None:
        from crawler.seeds import check_seeds

        check = check_seeds(self.setting("SEEDS_DIR"))
        self._report(check.problems)
        print(_summary(check.sources, len(check.problems)))

    def _import(self, file: Path, directory: Path, *, overwrite: bool) -> None:
        from crawler.seeds import check_seeds, write_seed
        from pipelines.errors import SeedError
        from pipelines.urls import url_key

        imported = _read_list(file)
        for note in imported.notes:
            print(f"{file}: {note}", file=sys.stderr)
        problems = [f"{file}: {problem}" for problem in imported.problems]
        known = {url_key(source.home_page): source.id for source in check_seeds(directory).sources}
        written = 0
        for source in imported.sources:
            twin = known.get(url_key(source.home_page), source.id)
            if twin != source.id:
                problems.append(f"{file}: {source.name} is not written: {twin}.toml has its home page already")
                continue
            try:
                print(write_seed(source, directory, overwrite=overwrite))
                written += 1
            except SeedError as error:
                problems.append(str(error))
        self._report(problems)
        print(f"{_count(written, 'seed')} written to {directory}, {_count(len(problems), 'problem')}")

    def _probe(self, url: str) -> None:
        from datetime import UTC, datetime
        from functools import partial

        from scrapy.settings import Settings

        from crawler.addon import NewskeepAddon
        from crawler.fetch import AddressGuard
        from crawler.seeds import Visitor, dump_seed, fetch_page, probe_source
        from pipelines.errors import SettingsError

        assert self.settings is not None
        settings = Settings(self.settings.copy())
        NewskeepAddon().update_settings(settings)
        if not settings["CONTACT"]:
            raise SettingsError("CONTACT", "tell the site who asks: -s CONTACT=you@example.org or NEWSKEEP_CONTACT=...")
        guard = AddressGuard.from_names(settings.getlist("ALLOWED_NETWORKS"))
        fetch = partial(fetch_page, user_agent=settings["USER_AGENT"], guard=guard)
        visitor = Visitor(fetch, agent="newskeep", delay=settings.getfloat("DOWNLOAD_DELAY"))
        probe = probe_source(url, visitor, today=datetime.now(UTC).date())
        print(dump_seed(probe.source), end="")
        for note in (*probe.notes, f"save it as {Path(self.setting('SEEDS_DIR')) / probe.source.id}.toml"):
            print(f"# {note}", file=sys.stderr)

    def _report(self, problems: Iterable[object]) -> None:
        for problem in problems:
            print(problem, file=sys.stderr)
            self.exitcode = 1


def _read_list(file: Path) -> "Imported":
    """Return what an OPML or CSV file holds; which of the two it is shows in its first character."""
    from crawler.seeds import import_csv, import_opml
    from pipelines.errors import SeedError

    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise SeedError(str(file), None, f"cannot be read ({error.strerror}); name an OPML or CSV file") from error
    if len(data) > MAX_LIST_BYTES:
        raise SeedError(str(file), None, f"is larger than {MAX_LIST_BYTES} bytes; split it")
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        if data.lstrip().startswith(b"<"):
            return import_opml(data)  # XML names its own charset
        line = data.count(b"\n", 0, error.start) + 1
        raise SeedError(str(file), None, f"is not UTF-8 (line {line}); save it as UTF-8") from error
    return import_opml(data) if text.lstrip().startswith("<") else import_csv(text)


def _print_table(sources: Sequence["Source"]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*COLUMNS, box=None, pad_edge=False)
    for source in sources:
        counts = (source.feeds, source.sitemaps, source.sections)
        cells = (source.id, source.name, source.country or "-", source.language or "-")
        verified = str(source.verified or "never")
        table.add_row(*(Text(cell) for cell in (*cells, *(str(len(urls)) for urls in counts), verified)))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _summary(sources: Sequence["Source"], problems: int) -> str:
    countries = {source.country for source in sources if source.country}
    languages = {source.language.partition("-")[0] for source in sources if source.language}
    counted = (
        f"{_count(len(sources), 'good seed')}",
        f"{_count(len(countries), 'country', 'countries')}",
        f"{_count(len(languages), 'language')}",
        f"{_count(problems, 'problem')}",
    )
    return ", ".join(counted)


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
