"""What is known, what waits, what is due: the spider's view of the catalog.

A candidate is written down when it is found and marked done only when its document is durable, so a crawl that
dies loses nothing: what was pending is asked for by the next one.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from scrapy.exceptions import CloseSpider
from scrapy.statscollectors import StatsCollector

from crawler.plan import CrawlPlan
from pipelines.archive import Catalog
from pipelines.errors import CatalogError
from pipelines.model import Candidate, Capture, Page, Source
from pipelines.stages import ARCHIVE_FAILED
from pipelines.urls import normalize_url, url_key

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

# What failed may work in an hour, what robots.txt forbids may be allowed tomorrow; the rest is settled.
AGAIN = {"failed": timedelta(hours=1), "skipped": timedelta(days=1)}


class Frontier:
    """Decides which candidates to ask for, each once a run, and remembers what became of them.

    When the catalog fails, its methods raise CloseSpider: nothing found or fetched from then on would be remembered.
    """

    def __init__(self, catalog: Catalog, plan: CrawlPlan, stats: StatsCollector) -> None:
        self._catalog = catalog
        self._plan = plan
        self._stats = stats
        self._taken: set[str] = set()  # asked for in this run
        self._resting: set[str] = set()  # known from earlier runs and not due
        self._old: set[str] = set()  # dated before `since` by a feed or sitemap
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked: Counter[str] = Counter()

    async def admit(self, source: Source, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates to ask for now, in the order given; all that are wanted are written down."""
        fresh = {key: candidate for key, candidate in self._wanted(source, candidates) if not self._is_seen(key)}
        if not fresh:
            return []
        # Lists take turns as they came: the first to name an article gives its hints.
        async with self._turns[source.id]:
            return await self._admit(source, fresh)

    async def _admit(self, source: Source, fresh: dict[str, Candidate]) -> list[Candidate]:
        due = await self._remember(self._note, fresh)
        self._resting |= fresh.keys() - due
        self._stats.inc_value("frontier/found", len(due))
        self._stats.inc_value("frontier/known", len(fresh) - len(due))
        return self._take(source, {key: candidate for key, candidate in fresh.items() if key in due})

    async def resume(self, source: Source) -> list[Candidate]:
        """Return what earlier runs found and did not get to, or asked for in vain."""
        now = datetime.now(UTC)
        pending = await self._remember(self._catalog.pending, source.id, self._plan.limit, due_by=now)
        return self._take(source, dict(pending))

    def take_unread(self, pages: Iterable[Page]) -> list[Page]:
        """Return those of the pages, which an earlier run recorded and did not come to read, that are of this crawl."""
        sources = {source.id for source in self._plan.sources}
        unread = [
            page
            for page in pages
            if page.candidate and page.capture.source in sources and self.is_new(page.candidate.url)
        ]
        self._stats.inc_value("frontier/unread", len(unread))
        return unread

    async def note(self, candidate: Candidate, state: str, reason: str, capture: Capture | None = None) -> None:
        """Remember what became of a candidate that gave no page to read: `failed`, `gone`, `skipped` or `done`."""
        self._stats.inc_value(f"outcome/{state}/{reason}")
        now = datetime.now(UTC)
        await self._remember(
            self._catalog.note_outcome,
            url_key(candidate.url),
            url=candidate.url,
            source=candidate.source,
            state=state,
            reason=reason,
            capture=capture,
            next_due=now + AGAIN[state] if state in AGAIN else None,
            now=now,
        )

    def is_new(self, url: str) -> bool:
        """Whether `url` is another article than all that this run has asked for; asking makes it known."""
        key = url_key(url)
        new = key not in self._taken
        self._taken.add(key)
        return new

    def has_room(self, source: Source) -> bool:
        """Whether the source may be asked for more articles in this run."""
        return self._asked[source.id] < self._plan.limit

    async def has_finished(self, listing: str) -> bool:
        """Whether a crawl has come to the end of a listing; articles known from an unfinished one may hide others."""
        return await self._remember(self._catalog.polls.knows, listing)

    async def finish(self, listing: str, source: Source) -> None:
        """Remember that a listing was read to its end."""
        await self._remember(self._catalog.polls.note, listing, source=source.id, kind="listing", now=datetime.now(UTC))

    def has_unseen(self, candidates: Iterable[Candidate]) -> bool:
        """Whether this run comes upon any of the candidates for the first time."""
        return any(not self._is_seen(url_key(candidate.url)) for candidate in candidates)

    def knew_any(self, candidates: Iterable[Candidate]) -> bool:
        """Whether an earlier crawl has brought any of the candidates."""
        return any(url_key(candidate.url) in self._resting for candidate in candidates)

    async def _remember(self, call: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Call the catalog in a thread."""
        try:
            return await asyncio.to_thread(call, *args, **kwargs)
        except CatalogError as error:
            self._stats.inc_value(f"archive/failed/{type(error).__name__}")
            logger.error("%s", error)
            raise CloseSpider(ARCHIVE_FAILED) from error

    def _is_seen(self, key: str) -> bool:
        return key in self._taken or key in self._resting

    def _wanted(self, source: Source, candidates: Iterable[Candidate]) -> Iterable[tuple[str, Candidate]]:
        """Yield what the source accepts and nobody has dated before `since`, by its key."""
        since = self._plan.since
        for candidate in candidates:
            url = normalize_url(candidate.url)
            if not url or not source.accepts(url):
                continue
            key = url_key(url)
            dated = candidate.modified or candidate.published
            if since and dated and dated < since:
                self._old.add(key)
            if key not in self._old:
                yield key, candidate

    def _note(self, found: dict[str, Candidate]) -> set[str]:
        now = datetime.now(UTC)
        due = self._catalog.filter_due(found.keys(), now)
        self._catalog.note_candidates([(key, found[key]) for key in found if key in due], now)
        return due

    def _take(self, source: Source, found: dict[str, Candidate]) -> list[Candidate]:
        free = max(0, self._plan.limit - self._asked[source.id])
        taken = {key: candidate for key, candidate in found.items() if key not in self._taken}
        taken = dict(list(taken.items())[:free])
        self._taken |= taken.keys()
        self._asked[source.id] += len(taken)
        return list(taken.values())
