"""Every exchange goes to WARC before anybody sees the page."""

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector

from pipelines.archive import Exchange, Spool, WarcWriter, open_store
from pipelines.errors import ArchiveError, WarcError
from pipelines.model import WarcLocation

logger = logging.getLogger(__name__)


class Recorder:
    """Writes exchanges to WARC segments in the spool and moves closed segments to the archive.

    One thread writes, one uploads: compression and disk stay off the event loop, and records stay in order.
    """

    def __init__(
        self, spool: Spool, stats: StatsCollector, *, information: Mapping[str, str], max_bytes: int, max_age: float
    ) -> None:
        self._spool = spool
        self._stats = stats
        self._writer = WarcWriter(
            spool.directory, information=information, max_bytes=max_bytes, max_age=max_age, on_close=self.send
        )
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="warc")
        self._uploading = ThreadPoolExecutor(1, thread_name_prefix="upload")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from SPOOL_DIR, ARCHIVE_URL and the WARC_* settings; a replay records nothing."""
        settings = crawler.settings
        if settings["REPLAY_WARC"]:
            raise NotConfigured
        recorder = cls(
            Spool(Path(settings["SPOOL_DIR"]), open_store(settings["ARCHIVE_URL"])),
            crawler.stats,
            information={
                "software": settings["SOFTWARE"],
                "operator": settings["CONTACT"],
                "http-header-user-agent": settings["USER_AGENT"],
                "robots": "obey (RFC 9309)",
            },
            max_bytes=settings.getint("WARC_MAX_BYTES"),
            max_age=settings.getfloat("WARC_MAX_AGE"),
        )
        crawler.signals.connect(recorder.recover, signals.engine_started)
        crawler.signals.connect(recorder.close, signals.spider_closed)
        return recorder

    async def record(self, exchange: Exchange) -> WarcLocation:
        """Return where the exchange now lies; it has left the process when this returns.

        Raises:
            WarcError: it could not be written, so nobody may see it.
        """
        try:
            location = await asyncio.get_running_loop().run_in_executor(self._writing, self._writer.write, exchange)
        except WarcError as error:
            if not self._stats.get_value(failed := f"record/failed/{type(error).__name__}"):
                logger.error("%s is not recorded: %s", exchange.url, error)
            self._stats.inc_value(failed)
            raise
        self._stats.inc_value("warc/exchanges")
        return location

    def send(self, segment: Path) -> None:
        """Upload a closed segment, in its turn; one that fails stays in the spool for the next run."""
        self._uploading.submit(self._upload, segment)

    def recover(self) -> None:
        """Finish what earlier runs left in the spool, while this one goes on."""
        self._uploading.submit(self._recover)

    async def close(self) -> None:
        """Close the open segment and wait until everything is uploaded; what cannot be stays for the next run."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._writing, self._writer.close)
        except OSError as error:
            self._fail(WarcError(f"{self._spool.directory}: the segment stays open: {error.strerror or error}"))
        await loop.run_in_executor(None, self._uploading.shutdown)
        self._writing.shutdown()

    def _upload(self, segment: Path) -> None:
        try:
            self._spool.upload(segment)
        except ArchiveError as error:
            self._fail(error)
        else:
            self._stats.inc_value("warc/segments")

    def _recover(self) -> None:
        try:
            recovery = self._spool.recover()
        except ArchiveError as error:
            self._fail(error)
            return
        for key in recovery.uploaded:
            logger.info("uploaded %s, left by an earlier run", key)
        for problem in recovery.damaged:
            self._stats.inc_value("warc/failed/damaged")
            logger.error("%s", problem)

    def _fail(self, error: ArchiveError) -> None:
        self._stats.inc_value(f"warc/failed/{type(error).__name__}")
        logger.error("%s", error)
