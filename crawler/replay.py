"""Answers from a WARC: the same crawl, offline, as often as wanted."""

from collections import defaultdict, deque
from datetime import UTC, datetime
from typing import Self

import attrs
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.fetch import Answer, to_capture, to_response
from pipelines.errors import WarcError
from pipelines.model import WarcLocation
from pipelines.warc import Recorded, Warc, captures_of, find_warcs, read_at


@attrs.define
class Tape:
    """Where the captures of a WARC lie, by URL, in the order they were recorded; the last one answers for ever."""

    places: dict[str, deque[tuple[Warc, WarcLocation]]]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Load what REPLAY_WARC names; without it there is nothing to replay."""
        if not crawler.settings["REPLAY_WARC"]:
            raise NotConfigured
        return cls.load(crawler.settings["REPLAY_WARC"])

    @classmethod
    def load(cls, url: str) -> Self:
        """Return the tape for the WARC, or the folder of WARCs, at a path, `file:` or `s3:` URL.

        Raises:
            WarcError, StoreError: it cannot be read, or is compressed as a whole.
        """
        places: dict[str, deque[tuple[Warc, WarcLocation]]] = defaultdict(deque)
        for warc in find_warcs(url):
            for number, recorded in enumerate(captures_of(warc)):
                if number == 1:
                    _check_places(warc, recorded.location)
                if recorded.type != "revisit":
                    places[recorded.url].append((warc, recorded.location))
        return cls(dict(places))

    def next(self, url: str) -> Recorded | None:
        """Return the next capture of `url`, read now; None when there is none.

        Raises:
            WarcError, StoreError: it cannot be read any more.
        """
        waiting = self.places.get(url)
        if not waiting:
            return None
        return read_at(*(waiting.popleft() if len(waiting) > 1 else waiting[0]))


class ReplayHandler(BaseDownloadHandler):
    """Downloads from the WARC that REPLAY_WARC names; what it does not hold answers 404 and is counted."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._max_bytes = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        tape = crawler.get_extension(Tape)
        assert tape is not None  # the handler is put in by the setting that the tape is made from
        self._tape = tape

    async def download_request(self, request: Request) -> Response:
        """Return the response as recorded; `request.meta["capture"]` names the record it came from."""
        recorded = self._tape.next(request.url)  # at once and not in a thread: answers keep the order of the questions
        if recorded is None:
            self.crawler.stats.inc_value("replay/missing")
            answer, location = Answer(fetched_at=datetime.now(UTC), status=404), None
        else:
            answer, location = _answer(recorded), recorded.location
        body = answer.decode(self._max_bytes)
        request.meta["capture"] = to_capture(request, answer, location)
        return to_response(request, answer, body)


def _check_places(warc: Warc, location: WarcLocation) -> None:
    """Raise WarcError when a capture cannot be found again by its place."""
    try:
        read_at(warc, location)
    except WarcError as error:
        raise WarcError(f"{warc.name}: not compressed record by record; run `warcio recompress` on it") from error


def _answer(recorded: Recorded) -> Answer:
    return Answer(
        fetched_at=recorded.fetched_at,
        status=recorded.status,
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in recorded.headers],
        payload=bytearray(recorded.body),
        truncated=recorded.truncated,
    )
