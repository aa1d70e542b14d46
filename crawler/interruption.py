"""What Ctrl-C does to a crawl: once, it finishes what is in flight; twice, it ends at once."""

import asyncio
import logging
import os
import signal
import threading
from types import FrameType

from rich.console import Console
from scrapy.crawler import Crawler

from crawler.command import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Seconds that the second Ctrl-C leaves for a tidy end. An upload in a thread cannot be broken off, only left.
GRACE = 1.0

logger = logging.getLogger(__name__)


class Interruption:
    """Ends a crawl on SIGINT and SIGTERM.

    Scrapy's own handlers do nothing while a crawl is still opening, and wait for every thread after the second signal.
    """

    def __init__(self, crawler: Crawler, crawl: "asyncio.Task[None]") -> None:
        self._crawler = crawler
        self._crawl = crawl
        self._loop = crawl.get_loop()

    def install(self) -> None:
        """Take over the signals; to be called in the main thread."""
        for number in SIGNALS:
            signal.signal(number, self._finish)

    def _finish(self, _number: int, _frame: FrameType | None) -> None:
        for number in SIGNALS:
            signal.signal(number, self._end)
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._shut_down()))

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        """Give up what is in flight: it is pending in the catalog, and what was recorded is in the spool."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        last = threading.Timer(GRACE, os._exit, [INTERRUPTED])
        last.daemon = True
        last.start()
        Console(stderr=True).show_cursor()  # which the live display had hidden
        self._loop.call_soon_threadsafe(self._crawl.cancel)

    async def _shut_down(self) -> None:
        logger.warning("finishing what is in flight; press Ctrl-C again to stop at once, nothing is lost")
        while self._crawler.crawling and not self._crawler.engine.running:  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0.05)
        await self._crawler.stop_async()
