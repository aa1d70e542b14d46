"""What is known, what waits, what is due: the spider's view of the catalog.

A candidate is written down when it is found and marked done only when its document is durable, so a crawl that
dies loses nothing: what was pending is asked for by the next one.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from scrapy.statscollectors import StatsCollector

from crawler.plan import CrawlPlan
from pipelines.archive import Catalog
from pipelines.model import Candidate, Capture, Source
from pipelines.urls import normalize_url, url_key

# What failed may work in an hour, what robots.txt forbids may be allowed tomorrow; the rest is settled.
AGAIN = {"failed": timedelta(hours=1), "skipped": timedelta(days=1)}


class Frontier:
    """Decides which candidates to ask for, each once a run, and remembers what became of them."""

    def __init__(self, catalog: Catalog, plan: CrawlPlan, stats: StatsCollector) -> None:
        self._catalog = catalog
        self._plan = plan
        self._stats = stats
        self._taken: set[str] = set()  # asked for in this run
        self._resting: set[str] = set()  # known from earlier runs and not due
        self._asked: Counter[str] = Counter()

    async def admit(self, source: Source, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates to ask for now, in the order given; all that are wanted are written down."""
        fresh = {key: candidate for key, candidate in self._wanted(source, candidates) if not self._is_seen(key)}
        if not fresh:
            return []
        due = await asyncio.to_thread(self._note, fresh)
        self._resting |= fresh.keys() - due
        self._stats.inc_value("frontier/found", len(due))
        self._stats.inc_value("frontier/known", len(fresh) - len(due))
        return self._take(source, {key: candidate for key, candidate in fresh.items() if key in due})

    async def resume(self, source: Source) -> list[Candidate]:
        """Return what earlier runs found and did not get to."""
        pending = await asyncio.to_thread(self._catalog.pending, source.id, self._plan.limit)
        return self._take(source, dict(pending))

    async def note(self, candidate: Candidate, state: str, reason: str, capture: Capture | None = None) -> None:
        """Remember what became of a candidate that gave no page to read: `failed`, `gone`, `skipped` or `done`."""
        self._stats.inc_value(f"outcome/{state}/{reason}")
        now = datetime.now(UTC)
        await asyncio.to_thread(
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

    def knew_any(self, candidates: Iterable[Candidate]) -> bool:
        """Whether an earlier crawl has brought any of the candidates."""
        return any(url_key(candidate.url) in self._resting for candidate in candidates)

    def _is_seen(self, key: str) -> bool:
        return key in self._taken or key in self._resting

    def _wanted(self, source: Source, candidates: Iterable[Candidate]) -> Iterable[tuple[str, Candidate]]:
        since = self._plan.since
        for candidate in candidates:
            url = normalize_url(candidate.url)
            dated = candidate.modified or candidate.published
            if url and source.accepts(url) and not (since and dated and dated < since):
                yield url_key(url), candidate

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
