"""`scrapy template`: what returns on the articles of a source, as TOML to review; or learned anew."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.command import NewskeepCommand
from pipelines.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.archive import Catalog
    from pipelines.boilerplate import Recurrence, Seen
    from pipelines.model import Source


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "SOURCE [--all | --learn]"

    def short_desc(self) -> str:
        return "Show what returns on the articles of a source, and what of it is removed"

    def long_desc(self) -> str:
        return (
            "Print the source's template as TOML: each block that goes from its articles, with its evidence. Without "
            "anything in a seed, new articles are freed of these at once, and `scrapy reprocess` frees archived ones. "
            "To overrule, name keys or texts under [template] in the seed. See docs/template.md."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help="also what returns and stays")
        parser.add_argument("--learn", action="store_true", help="first count all articles of the archive anew")

    def execute(self, args: list[str], opts: Namespace) -> None:
        from pipelines.archive import open_catalog
        from pipelines.boilerplate import load_statistics

        if len(args) != 1:
            raise UsageError("name one source: scrapy template SOURCE")
        catalog = open_catalog(self.setting("CATALOG_URL"), create=False)
        try:
            seed = self._seed(args[0])
            if opts.learn:
                self._learn(catalog, args[0], seed)
            statistics = catalog.templates.read(args[0])
            if statistics is None:
                raise SettingsError(*self._unknown(args[0], catalog))
        finally:
            catalog.close()
        print("\n".join(template_lines(args[0], load_statistics(statistics), seed, everything=opts.all)))

    def _learn(self, catalog: "Catalog", source: str, seed: "Source | None") -> None:
        from pipelines.audit.relearning import learn_again
        from pipelines.stores import open_store
        from pipelines.workers import ExtractionPool

        assert self.settings is not None
        if source not in {row.source for row in catalog.revisions(source)}:
            raise SettingsError("SOURCE", f"the archive has no article of {source!r}; `scrapy catalog show` lists them")
        store = open_store(self.setting("ARCHIVE_URL"))
        workers = self.settings.getint("EXTRACTION_WORKERS")
        deadline = self.settings.getfloat("EXTRACTION_DEADLINE")
        own = {"workers": workers} if workers else {}
        with ExtractionPool(deadline=deadline, preload=("scrapy.cmdline",), **own) as pool:
            learned = learn_again(store, catalog, source, seed=seed, pool=pool)
        for problem in learned.problems:
            print(f"scrapy {self.name}: {problem}", file=sys.stderr)
            self.exitcode = 1

    def _seed(self, source: str) -> "Source | None":
        """Return the source's seed, for what it overrules; an archive can be looked at without any."""
        from crawler.seeds import load_seed

        path = Path(self.setting("SEEDS_DIR")) / f"{source}.toml"
        return load_seed(path) if path.is_file() else None

    def _unknown(self, source: str, catalog: "Catalog") -> tuple[str, str]:
        known = catalog.templates.sources()
        if source in catalog.counts():
            return "SOURCE", f"nothing was learned of {source!r} yet; crawl it, or add --learn to count its archive"
        listed = f"known are {', '.join(known[:10])}" if known else "none is known yet; crawl first"
        return "SOURCE", f"{source!r} is not in the catalog; {listed}"


def template_lines(
    name: str, recurrence: "Recurrence", seed: "Source | None", *, everything: bool = False
) -> "Iterator[str]":
    """Yield the template as TOML; with `everything`, also the blocks that stay."""
    from pipelines.learning import template_of
    from pipelines.model import Source

    source = seed or Source(id=name, name=name, home_page="")
    going = {furniture.key: furniture for furniture in template_of(recurrence, source)}
    layout = recurrence.layout
    yield f"# What returns on the articles of {name}: {recurrence.articles} counted, {len(going)} blocks go."
    yield '# To overrule, write into its seed: [template], then keep = ["KEY or text"] or drop = ["KEY or text"].'
    if layout.number > 1:
        yield f"# Its pages are built otherwise since article {layout.since}: layout {layout.number}."
    yield f"source = {_text(name)}"
    yield f"articles = {recurrence.articles}"
    for key, seen in recurrence.returning():
        if key in going or everything:
            where = ("anywhere" if going[key].anywhere else "edge") if key in going else "stays"
            yield from ("", "[[block]]", *_entry_lines(key, seen, where, source))


def _entry_lines(key: str, seen: "Seen", where: str, source: "Source") -> "Iterator[str]":
    from pipelines.learning import names_block

    yield f"key = {_text(key)}"
    yield f"text = {_text(seen.text)}"
    yield f"place = {_text(seen.place)}"
    yield f"goes = {_text(where)}"
    if names_block(source.template_keep, key, seen) or names_block(source.template_drop, key, seen):
        yield "overruled = true"
    yield f"articles = {seen.articles}"
    yield f"share = {min(1.0, seen.share):.2f}"
    yield "sides = { " + ", ".join(f"{side.value} = {count}" for side, count in seen.sides.items()) + " }"
    yield f"first_seen = {seen.since}"
    yield f"last_seen = {seen.until}"
    yield f"examples = [{', '.join(map(_text, seen.examples))}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
