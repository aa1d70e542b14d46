"""Every exchange goes to WARC before anybody sees the page."""

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector

from pipelines.archive import Originals, open_catalog
from pipelines.errors import ArchiveError, WarcError
from pipelines.model import WarcLocation
from pipelines.warc import Exchange, Original, WarcWriter, repeats

logger = logging.getLogger(__name__)

Waiting = tuple[Exchange, "asyncio.Future[WarcLocation]"]
Written = tuple["asyncio.Future[WarcLocation]", WarcLocation | ArchiveError]


class Recorder:
    """Writes exchanges to WARC segments in the spool.

    One thread writes, so that compression and disk stay off the event loop. It writes all that wait and then waits once
    for the disk, as databases commit in groups: an exchange costs little more than it would without that.
    """

    def __init__(self, writer: WarcWriter, originals: Originals, stats: StatsCollector) -> None:
        self._writer = writer
        self._originals = originals
        self._stats = stats
        self._waiting: deque[Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="warc")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from SPOOL_DIR, CATALOG_URL and the WARC_* settings; a replay records nothing."""
        settings = crawler.settings
        if settings["REPLAY_WARC"]:
            raise NotConfigured
        writer = WarcWriter(
            Path(settings["SPOOL_DIR"]),
            information={
                "software": settings["SOFTWARE"],
                "operator": settings["CONTACT"],
                "http-header-user-agent": settings["USER_AGENT"],
                "robots": "obey (RFC 9309)",
            },
            max_bytes=settings.getint("WARC_MAX_BYTES"),
            max_age=settings.getfloat("WARC_MAX_AGE"),
        )
        return cls(writer, open_catalog(settings["CATALOG_URL"]).originals, crawler.stats)

    async def record(self, exchange: Exchange) -> WarcLocation:
        """Return where the exchange now lies; it is on the disk when this returns.

        Raises:
            ArchiveError: it could not be written, so nobody may see it.
        """
        future: asyncio.Future[WarcLocation] = asyncio.get_running_loop().create_future()
        self._waiting.append((exchange, future))
        self._thread.submit(self._write_waiting)
        try:
            location = await future
        except ArchiveError as error:
            if not self._stats.get_value(failed := f"record/failed/{type(error).__name__}"):
                logger.error("%s is not recorded: %s", exchange.url, error)
            self._stats.inc_value(failed)
            raise
        self._stats.inc_value("warc/exchanges")
        return location

    async def close_segment(self) -> None:
        """Close the segment that grows, so that it can be uploaded; a later exchange begins another.

        Raises:
            WarcError: the disk fails.
        """
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.close)
        except OSError as error:
            raise WarcError(f"the last segment stays open: {error.strerror or error}") from error

    def _write_waiting(self) -> None:
        """Write what waits, wait for the disk, and tell whoever asked."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not batch:  # the call before took it along
            return
        try:
            written, fresh = self._write(batch)
            self._writer.sync()
            self._originals.note(fresh)
        except ArchiveError as error:
            written = [(future, error) for _, future in batch]
        for future, outcome in written:
            future.get_loop().call_soon_threadsafe(_settle, future, outcome)

    def _write(self, batch: list[Waiting]) -> tuple[list[Written], list[Original]]:
        known = self._originals.find({exchange.url for exchange, _ in batch})
        written: list[Written] = []
        fresh: dict[str, Original] = {}
        for exchange, future in batch:
            repeated = fresh.get(exchange.url) or known.get(exchange.url)
            try:
                location = self._writer.write(exchange, repeated)
            except WarcError as error:
                written.append((future, error))
                continue
            written.append((future, location))
            if repeated is not None and repeats(exchange, repeated):
                self._stats.inc_value("warc/revisits")
            elif exchange.status == 200 and exchange.payload and not exchange.truncated:
                fresh[exchange.url] = _original(exchange, location)
        return written, list(fresh.values())


def _original(exchange: Exchange, location: WarcLocation) -> Original:
    return Original(
        url=exchange.url,
        fetched_at=exchange.fetched_at,
        payload_digest=exchange.payload_digest,
        location=location,
    )


def _settle(future: "asyncio.Future[WarcLocation]", outcome: WarcLocation | ArchiveError) -> None:
    if future.done():  # whoever asked has been cancelled
        return
    if isinstance(outcome, ArchiveError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
