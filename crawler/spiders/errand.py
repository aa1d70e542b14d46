"""Fetching a few pages for a command, by the crawl's own rules: robots.txt, pace, guard and user agent."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings

from crawler.plan import check_contact
from pipelines.errors import FetchError, NewskeepError
from pipelines.model import Page

Fetch = Callable[[str], Page]
Result = TypeVar("Result")

# Nothing of an errand is recorded or archived, and nobody watches it.
ALONE: dict[str, Any] = {
    "ITEM_PIPELINES": {},
    "EXTENSIONS": dict.fromkeys(
        ("crawler.fetch.Recorder", "crawler.fetch.Uploads", "crawler.extensions.progress.Progress")
    ),
    "LOG_ENABLED": False,
}


def run_errand(settings: Settings, errand: Callable[[Fetch], Result]) -> Result:
    """Return what `errand` returns; it is called in a thread with a function that fetches one URL.

    That function returns the page whatever its status, and raises FetchError when there is no answer or robots.txt
    forbids to ask.

    Raises:
        SettingsError: nobody answers for the requests (CONTACT).
    """
    settings = Settings(settings.copy())
    settings.setdict(ALONE, "cmdline")
    return asyncio.run(_run(settings, errand))


async def _run(settings: Settings, errand: Callable[[Fetch], Result]) -> Result:
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(ErrandSpider)
    check_contact(crawler.settings)
    outcome: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
    await runner.crawl(crawler, errand=errand, outcome=outcome)
    return await outcome


class ErrandSpider(Spider):
    """Runs one function that fetches pages; without a name, so that it is not offered as a crawl."""

    def __init__(self, *, errand: Callable[[Fetch], Result], outcome: "asyncio.Future[Result]") -> None:
        super().__init__("errand")
        self._errand = errand
        self._outcome = outcome

    async def start(self) -> Any:
        """Do the errand; what it raises is raised where it was asked for."""
        loop = asyncio.get_running_loop()

        def fetch(url: str) -> Page:
            return asyncio.run_coroutine_threadsafe(self._fetch(url), loop).result()

        try:
            self._outcome.set_result(await asyncio.to_thread(self._errand, fetch))
        except Exception as error:  # noqa: BLE001 - handed on whole
            self._outcome.set_exception(error)
        nothing: tuple[Request, ...] = ()
        for request in nothing:  # Scrapy wants a generator; this one has nothing to ask by itself
            yield request

    async def _fetch(self, url: str) -> Page:
        request = Request(url, callback=NO_CALLBACK, meta={"source": "errand"}, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
        except NewskeepError:
            raise
        except IgnoreRequest as error:
            raise FetchError(str(error)) from error
        except Exception as error:
            raise FetchError(str(error) or f"{url}: {type(error).__name__}") from error
        return Page(capture=response.meta["capture"], payload=response.body)
