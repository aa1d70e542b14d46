"""`scrapy catalog`: look at the index, or make it anew."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler.commands import NewskeepCommand
from pipelines.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("articles", "revisions", "pending", "done", "failed", "gone", "skipped", "removed")


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "show|rebuild"

    def short_desc(self) -> str:
        return "Show what the catalog knows of each source, or rebuild it from the archive"

    def execute(self, args: list[str], opts: Namespace) -> None:
        if args == ["show"]:
            self._show()
        elif args == ["rebuild"]:
            self._rebuild()
        else:
            raise UsageError("say what to do: scrapy catalog show, or scrapy catalog rebuild")

    def _show(self) -> None:
        from pipelines.archive import open_catalog

        catalog = open_catalog(self.setting("CATALOG_URL"), create=False)
        try:
            print_counts(catalog.counts())
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


def print_counts(counts: "Mapping[str, Mapping[str, int]]") -> None:
    """Print a line for each source, and the sums."""
    width = max(map(len, (*counts, "source")))
    print(f"{'source':{width}}", *(f"{name:>10}" for name in COLUMNS))
    for source, found in counts.items():
        print(f"{source:{width}}", *(f"{found.get(name, 0):>10}" for name in COLUMNS))
    sums = (sum(found.get(name, 0) for found in counts.values()) for name in COLUMNS)
    print(f"{'all':{width}}", *(f"{total:>10}" for total in sums))
