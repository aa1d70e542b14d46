"""`scrapy fixture save URL`: record a page with its present document, for a person to correct and commit."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.command import NewskeepCommand
from pipelines.errors import SettingsError

if TYPE_CHECKING:
    from pipelines.model import Page


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "[options] save URL"

    def short_desc(self) -> str:
        return "Record a page into fixtures/ with the document it gives"

    def long_desc(self) -> str:
        return (
            "Fetch URL by the crawl's own rules and write page.html, meta.toml and expected.json into "
            "fixtures/pages/SOURCE/SLUG. Correct expected.json by hand: it is what the tests will ask for. Commit "
            "only pages that you may publish: your own, or one written after the original's markup."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--source", metavar="ID", help="default: the host's name")
        parser.add_argument("--slug", metavar="NAME", help="default: from the URL")
        parser.add_argument("--to", metavar="DIR", default="fixtures/pages", help="default: fixtures/pages")

    def execute(self, args: list[str], opts: Namespace) -> None:
        if len(args) != 2 or args[0] != "save":
            raise UsageError("write: scrapy fixture save URL")
        from crawler.fixtures import default_names, write_fixture
        from crawler.spiders.errand import run_errand

        url = args[1]
        source, slug = default_names(url)
        folder = Path(opts.to) / plain_name("--source", opts.source or source) / plain_name("--slug", opts.slug or slug)
        if folder.exists():
            raise SettingsError(str(folder), "exists already; name another with --slug")
        assert self.settings is not None
        page: Page = run_errand(self.settings, lambda fetch: fetch(url))
        write_fixture(folder, page)
        print(f"{folder}: correct expected.json, then run: make test")


def plain_name(option: str, name: str) -> str:
    """Return `name`; SettingsError when it would lead to another folder."""
    if Path(name).name != name or name == "..":
        raise SettingsError(option, f"{name!r} is no plain name")
    return name
