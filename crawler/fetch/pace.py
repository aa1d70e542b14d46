"""How fast each host is asked: one downloader slot a host, with its delay and concurrency."""

from scrapy.crawler import Crawler

from pipelines.model import Pace


class HostPaces:
    """Sets the pace of hosts on Scrapy's downloader, whose slots are named by host."""

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.engine is not None  # paces are set by components of a running crawl
        self._downloader = crawler.engine.downloader
        self._default_delay = crawler.settings.getfloat("DOWNLOAD_DELAY")

    def set(self, host: str, pace: Pace) -> None:
        """Ask `host` at the pace its seed names."""
        delay = self._default_delay if pace.delay is None else pace.delay
        self._apply(host, delay=delay, concurrency=pace.concurrency)

    def slow_to(self, host: str, delay: float) -> None:
        """Wait at least `delay` seconds between requests to `host`, one at a time; a longer delay stays."""
        now = self._downloader.per_slot_settings.get(host, {}).get("delay", self._default_delay)
        if delay > now:
            self._apply(host, delay=delay, concurrency=1)

    def _apply(self, host: str, *, delay: float, concurrency: int) -> None:
        self._downloader.per_slot_settings[host] = {"delay": delay, "concurrency": concurrency, "jitter": 0.0}
        if (slot := self._downloader.slots.get(host)) is not None:
            slot.delay, slot.concurrency, slot.jitter = delay, concurrency, 0.0
