"""`scrapy crawl news`: Scrapy's command, with its mistakes caught before anything starts."""

import logging
import sys
from argparse import Namespace
from difflib import get_close_matches
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from crawler.command import INTERRUPTED
from pipelines.errors import NewskeepError, SettingsError

ARGUMENTS = ("source", "limit", "since")
# What these tell at every start is for whoever debugs Scrapy.
CHATTY = ("scrapy.addons", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")


class Command(ScrapyCrawl):
    """Checks seeds, contact, archive and catalog first; exits with 1 on failure and 130 when interrupted."""

    def long_desc(self) -> str:
        return (
            "Archive the news of all seeds, or of some: scrapy crawl news -a source=bbc,lemonde -a limit=50 "
            "-a since=2026-11-01 -s CONTACT=you@example.org"
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl news")
        assert self.crawler_process is not None
        try:
            self._preflight(opts.spargs)
        except NewskeepError as error:
            print(f"scrapy crawl: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        for name in CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
        crawler = self.crawler_process.create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        self.exitcode = 1 if self.crawler_process.bootstrap_failed else _exit_code(crawler.stats.get_stats())

    def _preflight(self, arguments: dict[str, str]) -> None:
        """Raise NewskeepError for whatever would make the crawl fail from its first page on."""
        from scrapy.settings import Settings

        from crawler.addon import NewskeepAddon
        from crawler.plan import CrawlPlan
        from pipelines.archive import open_catalog, open_store

        for name in arguments:
            if name not in ARGUMENTS:
                near = get_close_matches(name, ARGUMENTS, 1) or ARGUMENTS
                raise SettingsError(f"-a {name}", f"no such argument; did you mean {' or '.join(near)}?")
        assert self.settings is not None
        settings = Settings(self.settings.copy())
        NewskeepAddon().update_settings(settings)
        CrawlPlan.from_settings(settings, **arguments)
        open_store(settings["ARCHIVE_URL"]).check()
        open_catalog(settings["CATALOG_URL"]).close()


def _exit_code(stats: dict[str, Any]) -> int:
    if stats.get("finish_reason") != "finished":
        return INTERRUPTED
    failed = any(name.startswith(("archive/failed", "warc/failed")) for name in stats)
    return int(failed or not stats.get("downloader/response_count"))
