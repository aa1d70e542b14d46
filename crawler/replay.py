"""A download handler that answers from a WARC: the same crawl, offline, as often as wanted."""

from collections import defaultdict, deque
from datetime import UTC, datetime

import attrs
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.fetch import Answer, to_capture, to_response
from pipelines.archive import Recorded, iter_captures


@attrs.define
class Tape:
    """The captures of a WARC by URL, in the order they were recorded; the last one answers for ever."""

    captures: dict[str, deque[Recorded]]

    @classmethod
    def load(cls, url: str) -> "Tape":
        """Return the captures of the WARC at a path, `file:` or `s3:` URL.

        Raises:
            WarcError, StoreError: it cannot be read.
        """
        captures: dict[str, deque[Recorded]] = defaultdict(deque)
        for recorded in iter_captures(url):
            if recorded.type != "revisit":
                captures[recorded.url].append(recorded)
        return cls(dict(captures))

    def next(self, url: str) -> Recorded | None:
        """Return the next capture of `url`; None when there is none."""
        waiting = self.captures.get(url)
        if not waiting:
            return None
        return waiting.popleft() if len(waiting) > 1 else waiting[0]


class ReplayHandler(BaseDownloadHandler):
    """Downloads from the WARC that REPLAY_WARC names; what it does not hold answers 404 and is counted."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._max_bytes = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._tape = Tape.load(crawler.settings["REPLAY_WARC"])

    async def download_request(self, request: Request) -> Response:
        """Return the response as recorded; `request.meta["capture"]` names the record it came from."""
        recorded = self._tape.next(request.url)
        if recorded is None:
            self.crawler.stats.inc_value("replay/missing")
            answer, location = Answer(fetched_at=datetime.now(UTC), status=404), None
        else:
            answer, location = _answer(recorded), recorded.location
        body = answer.decode(self._max_bytes)
        request.meta["capture"] = to_capture(request, answer, location)
        return to_response(request, answer, body)


def _answer(recorded: Recorded) -> Answer:
    return Answer(
        fetched_at=recorded.fetched_at,
        status=recorded.status,
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in recorded.headers],
        payload=bytearray(recorded.body),
        truncated=recorded.truncated,
    )
