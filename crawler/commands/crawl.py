"""`scrapy crawl news`: Scrapy's command, with its mistakes caught before anything starts."""

import logging
import sys
from argparse import Namespace
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from crawler.command import INTERRUPTED
from pipelines.errors import NewskeepError, SettingsError

# What these tell at every start is for whoever debugs Scrapy.
CHATTY = ("botocore", "scrapy.addons", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")
FAILURES = ("archive/failed/", "record/failed/", "upload/waiting", "warc/failed/", "spider_exceptions/")


class Command(ScrapyCrawl):
    """Checks seeds, contact, archive and catalog first; exits with 1 on failure and 130 when interrupted."""

    def long_desc(self) -> str:
        return (
            "Archive the news of all seeds, or of some: scrapy crawl news -a source=bbc-news,le-monde -a limit=50 "
            "-a since=2026-11-01 -s CONTACT=you@example.org"
        )

    def process_options(self, args: list[str], opts: Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        level = self.settings["LOG_LEVEL"]
        if not isinstance(level, int) and level not in logging.getLevelNamesMapping():
            raise UsageError(f"LOG_LEVEL: {level!r} is none of DEBUG, INFO, WARNING, ERROR, CRITICAL")

    def run(self, args: list[str], opts: Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl news")
        try:
            self.exitcode = self._crawl(args[0], opts.spargs)
        except NewskeepError as error:
            print(f"scrapy {type(self).__module__.rpartition('.')[2]}: {error}", file=sys.stderr)
            self.exitcode = 1
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED

    def _crawl(self, name: str, arguments: dict[str, str]) -> int:
        """Run the crawl and return its exit status.

        Raises:
            NewskeepError: it could not be started.
        """
        from crawler.interruption import Interruption
        from crawler.preflight import check_crawl

        assert isinstance(self.crawler_process, AsyncCrawlerProcess)
        assert self.settings is not None
        known = self.crawler_process.spider_loader.list()
        if name not in known:
            raise SettingsError(name, f"no such spider; write: scrapy crawl {' or '.join(known)}")
        check_crawl(self.settings, arguments)
        for chatty in CHATTY:
            logging.getLogger(chatty).setLevel(logging.WARNING)
        crawler = self.crawler_process.create_crawler(name)
        crawl = self.crawler_process.crawl(crawler, **arguments)
        Interruption(crawler, crawl).install()
        self.crawler_process.start(install_signal_handlers=False)
        if not crawl.cancelled() and (error := crawl.exception()) is not None:
            raise error
        return exit_code(crawler.stats.get_stats())


def exit_code(stats: dict[str, Any]) -> int:
    """Return 0 when all went well, 130 when the crawl was stopped, else 1."""
    reason = stats.get("finish_reason")
    if reason in {None, "shutdown"}:  # stopped at once, or after what was in flight
        return INTERRUPTED
    failed = reason != "finished" or any(name.startswith(FAILURES) for name in stats)
    return int(failed or not stats.get("downloader/response_status_count/200"))
