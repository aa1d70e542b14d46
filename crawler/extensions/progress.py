"""How the crawl goes, while it goes, and what came of it at the end."""

import logging
import sys
import time
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from crawler.extensions.summary import render_summary

logger = logging.getLogger(__name__)

MODES = ("auto", "live", "lines", "off")
LIVE_INTERVAL, LINE_INTERVAL = 0.25, 15.0  # seconds


class Progress:
    """A live display on a terminal, a line now and then elsewhere; a summary on standard output."""

    def __init__(self, crawler: Crawler, *, live: bool) -> None:
        self._stats = crawler.stats
        self._settings = crawler.settings
        self._live = live
        self._console = Console(stderr=True)
        self._began = time.monotonic()
        self._display = Live(console=self._console, auto_refresh=False, transient=True, get_renderable=self._table)
        self._loop: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build as PROGRESS says, one of `MODES`."""
        mode = crawler.settings["PROGRESS"]
        if mode == "off":
            raise NotConfigured
        progress = cls(crawler, live=mode == "live" or (mode == "auto" and sys.stderr.isatty()))
        crawler.signals.connect(progress.start, signals.spider_opened)
        crawler.signals.connect(progress.stop, signals.engine_stopped)
        return progress

    def start(self) -> None:
        """Begin to show progress."""
        self._began = time.monotonic()
        if self._live:
            self._display.start()
            _send_log_to(sys.stderr)
        self._loop = create_looping_call(self._show)
        self._loop.start(LIVE_INTERVAL if self._live else LINE_INTERVAL, now=False)

    def stop(self) -> None:
        """Take the display away and print the summary."""
        if self._loop is not None and self._loop.running:
            self._loop.stop()
        if self._live:
            self._display.stop()
            _send_log_to(sys.stderr)
        Console().print(render_summary(self._stats.get_stats(), self._settings))

    def _show(self) -> None:
        if self._live:
            self._display.refresh()
        else:
            logger.info("%s", ", ".join(f"{name} {value}" for name, value in self._figures().items()))

    def _figures(self) -> dict[str, str]:
        """Return what a person watches, by its label."""
        stats = self._stats.get_stats()
        fetched = stats.get("downloader/response_count", 0)
        failures = ("extract/failed/", "outcome/failed/", "discovery/failed/", "archive/failed/")
        errors = sum(value for name, value in stats.items() if name.startswith(failures))
        seconds = max(0.001, time.monotonic() - self._began)
        failing = {"store": "FAILS"} if stats.get("upload/failing") else {}
        paused = {"fetching": "PAUSED"} if stats.get("spool/full") else {}
        return {
            "found": f"{stats.get('frontier/found', 0):,}",
            "fetched": f"{fetched:,}",
            "archived": f"{stats.get('archive/stored', 0):,}",
            "lines removed": f"{stats.get('boilerplate/removed', 0):,}",
            "errors": f"{errors:,}",
            "pages/s": f"{fetched / seconds:.1f}",
            **failing,
            **paused,
        }

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 3))
        figures = self._figures()
        table.add_row(*(Text(value, style="bold") for value in figures.values()), "")
        table.add_row(*(Text(name, style="dim") for name in figures), Text(f"{time.monotonic() - self._began:.0f} s"))
        return table


def _send_log_to(stream: Any) -> None:
    """Let log lines go through `stream`, above the display, instead of into it."""
    for handler in logging.root.handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setStream(stream)
