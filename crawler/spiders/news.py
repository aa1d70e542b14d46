"""One spider for every source: ask, follow, hand on pages. What things mean is decided elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery import Hub, UrlShapes, judge_link, read_feed, read_hub, read_sitemap
from crawler.fetch import HostPaces, Uploads
from crawler.frontier import Frontier
from crawler.held import HeldCandidates
from crawler.middlewares.robots import RobotsMiddleware, UnknownRulesError
from crawler.plan import CrawlPlan
from crawler.responses import GONE, MACHINE_TYPES, PAGE_TYPES, REDIRECTS, charset_of, location_of, refusal_of
from pipelines.archive import Catalog, open_catalog
from pipelines.errors import ArchiveError, DiscoveryError
from pipelines.model import Candidate, Channel, Page, Source
from pipelines.stages import ARCHIVE_FAILED
from pipelines.urls import normalize_url

# What tells most about a source is asked first; articles go newest first, at priorities 0 to 99.
HOME, FEED, SITEMAP, LISTING = 500, 400, 300, 200
TELLING = frozenset({"read_home_page", "read_feed", "read_sitemap"})  # what may tell of articles found elsewhere
MAX_FEEDS = 10
MAX_SITEMAPS = 50
MAX_KNOWN_URLS = 500  # enough to know how a site builds its URLs
WELL_KNOWN_SITEMAP = "/sitemap.xml"
Found = AsyncIterator[Request | Page]


class NewsSpider(Spider):
    """Archives the articles of all chosen sources."""

    name = "news"
    frontier: Frontier  # made when the crawl starts

    def __init__(self, plan: CrawlPlan, catalog: Catalog, crawler: Crawler) -> None:
        super().__init__()
        self.plan = plan
        self._catalog = catalog
        self.sources = {source.id: source for source in plan.sources}
        self.shapes = {source.id: UrlShapes() for source in plan.sources}
        self._known_urls: dict[str, list[str]] = {source.id: [] for source in plan.sources}
        self._held = HeldCandidates()
        self.max_sections = crawler.settings.getint("MAX_SECTIONS")
        self.max_listing_pages = crawler.settings.getint("MAX_LISTING_PAGES")
        self.max_hops = crawler.settings.getint("REDIRECT_MAX_TIMES")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_: Any, source: str = "", limit: str = "", since: str = "") -> Self:
        """Build for `-a source=a,b -a limit=N -a since=2026-11-01`, each optional.

        Raises:
            SettingsError, SeedError, CatalogError: the crawl cannot be what was asked for.
        """
        plan = CrawlPlan.from_settings(crawler.settings, source=source, limit=limit, since=since)
        spider = cls(plan, open_catalog(crawler.settings["CATALOG_URL"]), crawler)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> Found:
        """Ask each source for its home page, and go on with what earlier runs left."""
        self.frontier = Frontier(self._catalog, self.plan, self.crawler.stats)
        paces = HostPaces(self.crawler)
        uploads = self.crawler.get_extension(Uploads)
        for page in self.frontier.take_unread(uploads.take_unread() if uploads else ()):
            yield page
        for source in self.plan.sources:
            for host in source.hosts:
                paces.set(host, source.pace)
                paces.set(f"www.{host}", source.pace)
            yield self._ask(source, source.home_page, "read_home_page", priority=HOME)
            for candidate in await self.frontier.resume(source):
                yield self._ask_article(source, candidate)

    # -- discovery ---------------------------------------------------------------------------------------------

    async def parse_discovery(self, response: Response, source: Source, read: str, **arguments: Any) -> Found:
        """Read a page that names articles; one that cannot be read is counted, and its source goes on without it."""
        problem = refusal_of(response, source, MACHINE_TYPES)
        try:
            if problem is None:
                async for found in getattr(self, read)(response, source, **arguments):
                    yield found
        except DiscoveryError as error:
            problem = str(error)
        if problem is not None:
            assert response.request is not None
            async for found in self._without(response.request, problem):
                yield found
        async for found in self._release(source, read):
            yield found

    async def request_failed(self, failure: Failure) -> Found:
        """Go on without a page that could not be had or may not be asked for."""
        request = _request_of(failure)
        if isinstance(failure.value, ArchiveError):  # nothing can be recorded any more
            raise CloseSpider(ARCHIVE_FAILED)
        if isinstance(failure.value, asyncio.CancelledError):  # Ctrl-C twice: it was given up, it did not fail
            return
        if "candidate" in request.meta:
            await self._note_failure(request.meta["candidate"], failure)
            return
        if isinstance(failure.value, UnknownRulesError):
            self.crawler.stats.inc_value("discovery/failed/robots-unreachable")
        elif isinstance(failure.value, IgnoreRequest):
            self.crawler.stats.inc_value("discovery/skipped/robots")
        else:
            async for found in self._without(request, str(failure.value)):
                yield found
        async for found in self._release(request.cb_kwargs["source"], request.cb_kwargs["read"]):
            yield found

    async def _without(self, request: Request, problem: str) -> Found:
        self.crawler.stats.inc_value(f"discovery/failed/{request.cb_kwargs['read']}")
        self.logger.info("%s: %s", request.url, problem)
        if request.cb_kwargs["read"] == "read_home_page":  # its feeds and sitemaps may answer all the same
            async for found in self._follow_up(request.cb_kwargs["source"]):
                yield found

    async def read_home_page(self, response: Response, source: Source) -> Found:
        """Find feeds, sitemaps and sections, and the articles that the home page links, which wait for those."""
        hub = self._read_hub(response, source, Channel.HOME)
        self._held.hold(source.id, hub.candidates)
        async for request in self._follow_up(source, feeds=hub.feeds, sections=hub.hubs):
            yield request

    async def _release(self, source: Source, read: str) -> Found:
        """Ask for the home page's articles once the last page that may tell their dates is read."""
        if read in TELLING:
            for candidate in await self.frontier.admit(source, self._held.release(source.id)):
                yield self._ask_article(source, candidate)

    async def read_feed(self, response: Response, source: Source) -> Found:
        """Follow every entry that belongs to the source and is due."""
        candidates = read_feed(response.body, base_url=response.url, source=source.id, charset=charset_of(response))
        self._learn(source, candidates)
        for candidate in await self.frontier.admit(source, candidates):
            yield self._ask_article(source, candidate)

    async def read_sitemap(self, response: Response, source: Source) -> Found:
        """Follow the sitemaps of an index, newest first, and every entry that is due."""
        sitemap = read_sitemap(response.body, base_url=response.url, source=source.id, charset=charset_of(response))
        since = self.plan.since
        for rank, link in enumerate(sitemap.sitemaps[:MAX_SITEMAPS]):
            old = since and link.modified and link.modified < since
            if source.owns(link.url) and not old and self.frontier.is_new(link.url):
                yield self._ask(source, link.url, "read_sitemap", priority=SITEMAP - rank)
        self._learn(source, [entry for entry in sitemap.candidates if entry.channel == Channel.NEWS_SITEMAP])
        for candidate in await self.frontier.admit(source, filter(_may_be_article, sitemap.candidates)):
            yield self._ask_article(source, candidate)

    def _learn(self, source: Source, candidates: Iterable[Candidate]) -> None:
        """Remember how the source builds the URLs of articles, from those that are surely some."""
        known = self._known_urls[source.id]
        known += [candidate.url for candidate in candidates][: MAX_KNOWN_URLS - len(known)]
        self.shapes[source.id] = UrlShapes.from_urls(known)

    async def read_listing(
        self, response: Response, source: Source, listing: str, page: int = 1, barren: int = 0
    ) -> Found:
        """Follow the articles of a section or archive page, and its next page while pages bring news.

        Until a crawl has come to the end of a listing, what an interrupted one left known is news like any other; and
        one page without news is forgiven: what the sitemap leaves out stands deeper in the list.
        """
        hub = self._read_hub(response, source, Channel.HUB)
        unseen = self.frontier.has_unseen(hub.candidates)
        admitted = await self.frontier.admit(source, hub.candidates)
        for candidate in admitted:
            yield self._ask_article(source, candidate)
        known, finished = self.frontier.knew_any(hub.candidates), await self.frontier.has_finished(listing)
        barren = 0 if admitted or (unseen and known and not finished) else barren + 1
        patience = 0 if known and finished else 1
        if barren <= patience and page < self.max_listing_pages and hub.next_pages:
            told = {"listing": listing, "page": page + 1, "barren": barren}
            yield self._ask(source, hub.next_pages[0], "read_listing", priority=LISTING - page, **told)
        elif self.frontier.has_room(source):
            await self.frontier.finish(listing, source)

    async def _follow_up(self, source: Source, *, feeds: Sequence[str] = (), sections: Sequence[str] = ()) -> Found:
        """Ask for the feeds, sitemaps and sections that the seed names, else for those that were found."""
        for url in (source.feeds or feeds)[:MAX_FEEDS]:
            yield self._ask(source, url, "read_feed", priority=FEED)
        for url in source.sitemaps or await self._sitemaps(source):
            yield self._ask(source, url, "read_sitemap", priority=SITEMAP)
        for url in (source.sections or sections)[: self.max_sections]:
            yield self._ask(source, url, "read_listing", priority=LISTING, listing=url)

    async def _sitemaps(self, source: Source) -> Sequence[str]:
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        assert robots is not None  # no crawl runs without it
        policy = await robots.policy(source.home_page, source=source.id)
        named = [url for url in policy.sitemaps if source.owns(url)]
        return named[:MAX_SITEMAPS] or [urljoin(source.home_page, WELL_KNOWN_SITEMAP)]

    def _read_hub(self, response: Response, source: Source, channel: Channel) -> Hub:
        return read_hub(
            response.body,
            base_url=response.url,
            source=source,
            charset=charset_of(response),
            channel=channel,
            shapes=self.shapes[source.id],
        )

    # -- articles ----------------------------------------------------------------------------------------------

    async def parse_article(self, response: Response, source: Source, candidate: Candidate, hops: int = 0) -> Found:
        """Hand on a whole page of the source; remember why anything else is none."""
        capture = response.meta["capture"]
        reason = refusal_of(response, source, PAGE_TYPES)
        if response.status in REDIRECTS:
            async for found in self._follow_redirect(response, source, candidate, hops):
                yield found
        elif reason is not None:
            state = "gone" if response.status in GONE else "failed"
            await self.frontier.note(candidate, state, reason, capture)
        else:
            yield Page(capture=capture, payload=response.body, candidate=candidate)

    async def _follow_redirect(self, response: Response, source: Source, candidate: Candidate, hops: int) -> Found:
        """Ask for where a candidate has moved to, unless that article is known or no article of the source."""
        target = normalize_url(location_of(response), response.url)
        capture = response.meta["capture"]
        if target is None or hops == self.max_hops:
            await self.frontier.note(
                candidate, "failed", "redirect-nowhere" if target is None else "redirect-loop", capture
            )
        elif not source.owns(target):
            await self.frontier.note(candidate, "failed", "moved-off-site", capture)
        elif not self.frontier.is_new(target):
            await self.frontier.note(candidate, "done", "redirect-to-known", capture)
        else:
            request = self._ask_article(source, candidate, url=target, hops=hops + 1)
            yield request.replace(meta={**request.meta, "first_url": candidate.url})

    async def _note_failure(self, candidate: Candidate, failure: Failure) -> None:
        """Remember an article that could not be had; one whose robots.txt is out of reach waits for the next run."""
        if isinstance(failure.value, UnknownRulesError):
            self.crawler.stats.inc_value("outcome/waiting/robots-unreachable")
        elif isinstance(failure.value, IgnoreRequest):
            await self.frontier.note(candidate, "skipped", "robots")
        else:
            await self.frontier.note(candidate, "failed", type(failure.value).__name__)

    # -- requests ----------------------------------------------------------------------------------------------

    def _ask(self, source: Source, url: str, read: str, *, priority: int, **arguments: Any) -> Request:
        if read in TELLING:
            self._held.expect(source.id)
        return Request(
            url,
            callback=self.parse_discovery,
            errback=self.request_failed,
            priority=priority,
            cb_kwargs={"source": source, "read": read, **arguments},
            meta={"source": source.id},
            dont_filter=read in TELLING,  # each must end, or what is held waits for ever
        )

    def _ask_article(self, source: Source, candidate: Candidate, *, url: str = "", hops: int = 0) -> Request:
        return Request(
            url or candidate.url,
            callback=self.parse_article,
            errback=self.request_failed,
            priority=_recency(candidate),
            cb_kwargs={"source": source, "candidate": candidate, "hops": hops},
            # A redirect may lead to an article that we have; so the spider follows it, not the middleware.
            meta={"source": source.id, "candidate": candidate, "handle_httpstatus_list": REDIRECTS},
            dont_filter=True,  # the frontier lets each article through once
        )


def _request_of(failure: Failure) -> Request:
    request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
    return request


def _may_be_article(candidate: Candidate) -> bool:
    """Whether a sitemap's entry is not plainly a list or a page of the house."""
    return candidate.channel == Channel.NEWS_SITEMAP or judge_link(candidate.url).score >= 0


def _recency(candidate: Candidate) -> int:
    """Return 99 for what appeared within the hour down to 0 for what is older than a year, finer for the young."""
    when = candidate.published or candidate.modified
    if when is None:
        return 50
    age = max(0.0, (datetime.now(UTC) - when).total_seconds() / 3600)
    return max(0, 99 - int(age**0.5))
