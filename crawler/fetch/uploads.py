"""What waits in the spool goes to the store while the crawl goes on."""

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.fetch.recorder import Recorder
from pipelines.archive import Spool, Uploader, adopt_documents, close_days, open_catalog, request_stamp
from pipelines.audit import unread_pages
from pipelines.dedupe import document_due
from pipelines.errors import ArchiveError, ManifestError, StoreError, TimestampError, WarcError
from pipelines.model import Page
from pipelines.stores import open_store

logger = logging.getLogger(__name__)

LOOK = 1  # seconds between two looks into the spool
MAX_WAIT = 60.0  # seconds between two attempts at a store that fails
HOUR = 3600.0
SPOOL_FULL = "the spool is full"  # the reason a crawl ended


class Uploads:
    """Empties the spool in a thread of its own, and holds fetching back while too much waits in it.

    A store that fails is asked again after 1, 2, 4 ... 60 seconds; the crawl goes on into the spool meanwhile.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._stats = crawler.stats
        self._spool = Spool(Path(settings["SPOOL_DIR"]))
        self._catalog = open_catalog(settings["CATALOG_URL"])
        self._store = open_store(settings["ARCHIVE_URL"], lock_days=settings.getint("OBJECT_LOCK_DAYS"))
        self._uploader = Uploader(self._spool, self._store, adopt=self._catalog.add_document, report=self._report)
        self._max_bytes = settings.getint("SPOOL_MAX_BYTES")
        self._min_free = settings.getint("SPOOL_MIN_FREE")
        self._patience = settings.getfloat("SPOOL_PATIENCE")
        self._grace = settings.getfloat("UPLOAD_GRACE")
        self._stamp = partial(request_stamp, url) if (url := settings["TIMESTAMP_URL"]) else None
        self._thread = threading.Thread(target=self._work, name="uploads", daemon=True)
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="spool")  # others' work must not delay it
        self._ending = threading.Event()
        self._unread: tuple[Page, ...] = ()
        self._failures = 0  # attempts in a row
        self._next_days = 0.0  # monotonic seconds when to look for days to close
        self._full_since: float | None = None
        self._watching: asyncio.Task[None]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from SPOOL_DIR, ARCHIVE_URL, CATALOG_URL, the SPOOL_* settings and UPLOAD_GRACE."""
        uploads = cls(crawler)
        crawler.signals.connect(uploads.open, signals.spider_opened)
        crawler.signals.connect(uploads.close, signals.spider_closed)
        return uploads

    async def open(self) -> None:
        """Take over what earlier runs left, before anything is asked for, and begin to upload."""
        try:
            await asyncio.to_thread(self._take_over)
        except Exception as error:  # whatever it is, uploads must begin
            self._stats.inc_value(f"archive/failed/{type(error).__name__}")
            logger.exception("what an earlier run left is not taken over")
        self._thread.start()
        await self._hold_back()
        self._watching = asyncio.create_task(self._watch())

    def take_unread(self) -> tuple[Page, ...]:
        """Return, once, the pages that an earlier run recorded and did not come to read."""
        unread, self._unread = self._unread, ()
        return unread

    async def close(self) -> None:
        """Close the last segment and upload what is left; what cannot be stays for the next run and is told."""
        self._watching.cancel()
        self._looking.shutdown(wait=False)
        recorder = self._crawler.get_extension(Recorder)
        if recorder is not None:
            try:
                await recorder.close_segment()
            except WarcError as error:
                self._report(error)
        self._ending.set()
        await asyncio.to_thread(self._finish)

    def _take_over(self) -> None:
        self._spool.check()
        problems = self._spool.finish()
        adopted, broken = adopt_documents(self._spool, self._catalog, document_due)
        for problem in (*problems, *broken):
            self._report(problem)
        if adopted:
            logger.info("%d documents left by an earlier run are in the catalog now", adopted)
        sources = getattr(self._crawler.spider, "sources", {})
        self._unread = tuple(unread_pages(self._spool.segments(), self._catalog, sources))
        try:
            if removed := self._catalog.removals.catch_up(self._store):
                logger.info("%d articles taken down elsewhere are not asked for again", removed)
        except StoreError as error:  # the crawl goes on into the spool, as it does when the store fails later
            logger.warning("what was taken down elsewhere cannot be read: %s", error)

    def _work(self) -> None:
        next_attempt = 0.0
        while not self._ending.wait(LOOK):
            if time.monotonic() >= next_attempt:
                next_attempt = time.monotonic() + self._attempt()

    def _attempt(self) -> float:
        """Upload what waits; return the seconds to wait before the next attempt."""
        try:
            sent = self._uploader.drain()
            self._close_days()
        except Exception as error:  # a fault of ours must neither end the uploads nor pass unseen
            if not isinstance(error, ArchiveError | OSError):
                self._stats.inc_value(f"archive/failed/{type(error).__name__}")
                logger.exception("nothing is uploaded")
            self._failures += 1
            self._stats.set_value("upload/failing", value=True)
            self._stats.inc_value(f"upload/retries/{type(error).__name__}")
            if self._failures == 1:
                logger.warning("the store fails, the crawl goes on into the spool: %s", error)
            return min(MAX_WAIT, 2.0 ** (self._failures - 1))
        if self._failures:
            logger.warning("the store is back after %d attempts", self._failures)
            self._stats.set_value("upload/failing", value=False)
        self._failures = 0
        self._stats.inc_value("upload/sent", sent)
        return 0.0

    def _close_days(self) -> None:
        """Merge and seal the days that are over, once an hour; a stamp that cannot be had is asked for again."""
        if time.monotonic() < self._next_days:
            return
        try:
            close_days(self._store, now=datetime.now(UTC), stamp=self._stamp)
        except TimestampError as error:
            self._stats.inc_value("upload/unstamped")
            logger.warning("%s; it is asked again in an hour", error)
        except ManifestError as error:
            self._stats.inc_value("archive/failed/ManifestError")
            logger.error("no day is sealed: %s; see scrapy verify", error)
        self._next_days = time.monotonic() + HOUR

    def _finish(self) -> None:
        """Give a failing store its grace, then count what is left."""
        self._thread.join()
        end = time.monotonic() + self._grace
        while (wait := self._attempt()) and time.monotonic() + wait < end:
            time.sleep(wait)
        for shortfall in self._store.abilities.shortfalls:
            logger.info("%s: %s", self._store.url, shortfall)
        if waiting := self._spool.count():
            self._stats.set_value("upload/waiting", waiting)
            logger.error("%d files wait in %s for the next run", waiting, self._spool.directory)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            await self._hold_back()

    async def _hold_back(self) -> None:
        """Pause fetching while the spool is too full, and end the crawl when that lasts too long."""
        engine = self._crawler.engine
        assert engine is not None  # the loop runs while it does
        is_full = await asyncio.get_running_loop().run_in_executor(self._looking, self._is_full)
        if not is_full:
            if self._full_since is not None:
                self._full_since = None
                self._stats.set_value("spool/full", value=False)
                engine.unpause()
            return
        if self._full_since is None:
            self._full_since = time.monotonic()
            self._stats.set_value("spool/full", value=True)
            logger.warning("%s is full: fetching pauses until the store takes more", self._spool.directory)
            engine.pause()
            if recorder := self._crawler.get_extension(Recorder):
                await recorder.close_segment()  # what grows cannot be uploaded
        self._stats.inc_value("spool/paused_seconds", LOOK)
        if time.monotonic() - self._full_since > self._patience:
            self._full_since = float("inf")
            asyncio.get_running_loop().create_task(engine.close_spider_async(reason=SPOOL_FULL))

    def _is_full(self) -> bool:
        return self._spool.size() > self._max_bytes or self._spool.free() < self._min_free

    def _report(self, problem: WarcError) -> None:
        self._stats.inc_value("warc/failed/damaged")
        logger.error("%s", problem)
