"""The item pipelines: a page becomes a revision, a revision an archived document.

The only file here that knows Scrapy. A stage wraps one step, counts, and turns failure into an outcome that the
catalog remembers. What blocks goes to a thread, what computes to a worker process.

A catalog that fails, or a full disk, ends the crawl: what it fetched lies in the WARC, what waits is pending in the
catalog, and the next run goes on from there. A store that fails does not: documents wait for it in the spool.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.archive import Catalog, Outlet, Spool, open_catalog
from pipelines.boilerplate import page_hints
from pipelines.confidence import read_minimum
from pipelines.dedupe import next_due, plan_revision
from pipelines.errors import ArchiveError, CatalogError, ExtractionError, NoArticleError, WorkersError
from pipelines.learning import Learner
from pipelines.model import Article, Page, Revision, RevisionKind, Source
from pipelines.urls import url_key
from pipelines.workers import ExtractionPool, present_versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.statscollectors import StatsCollector

logger = logging.getLogger(__name__)

ARCHIVE_FAILED = "the archive failed"  # the reason a crawl ended


class ReadStage:
    """Page -> Revision, extracted and cleaned in a worker process; unchanged articles end here."""

    def __init__(self, pool: ExtractionPool, catalog: Catalog, crawler: Crawler) -> None:
        self._pool = pool
        self._catalog = catalog
        self._learner = Learner(catalog.templates)
        self._crawler = crawler
        self._stats: StatsCollector = crawler.stats
        self._sources: Mapping[str, Source] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from the EXTRACTION_* settings and CATALOG_URL."""
        settings = crawler.settings
        pool = ExtractionPool(
            deadline=settings.getfloat("EXTRACTION_DEADLINE"),
            recycle_after=settings.getint("EXTRACTION_RECYCLE_AFTER"),
            min_confidence=read_minimum(settings.get("EXTRACTION_MIN_CONFIDENCE")),
            preload=("scrapy.cmdline",),
            **({"workers": workers} if (workers := settings.getint("EXTRACTION_WORKERS")) else {}),
        )
        return cls(pool, open_catalog(settings["CATALOG_URL"]), crawler)

    async def open_spider(self) -> None:
        """Learn the sources of this crawl, and start the workers: a crash costs what is fetched and not yet read."""
        await asyncio.to_thread(self._warm_up)
        self._sources = getattr(self._crawler.spider, "sources", {})

    async def process_item(self, item: Page) -> Revision:
        """Return the page's new revision; DropItem when it gives none."""
        try:
            return await self._read(item)
        except (ArchiveError, WorkersError) as error:
            raise give_up(self._crawler, item.capture.url, error) from error

    async def close_spider(self) -> None:
        """End the workers, and keep what was learned."""
        await asyncio.to_thread(self._pool.close)
        try:
            await asyncio.to_thread(self._learner.flush)
        except CatalogError as error:
            logger.error("what was learned of the last articles is lost: %s", error)

    def _warm_up(self) -> None:
        with suppress(WorkersError):  # the first page will meet it, too
            self._pool.start()

    async def _read(self, item: Page) -> Revision:
        source = await asyncio.to_thread(self._learner.equip, self._sources[item.capture.source])
        try:
            article = await self._pool.read(item, source)
        except ExtractionError as error:
            await self._drop(item, error)
        self._count(article)
        revision = await asyncio.to_thread(self._plan, article, item, source)
        if revision is None:
            self._stats.inc_value("archive/unchanged")
            due = next_due(article.date_published, item.capture.fetched_at)
            await self._note(item, "done", "unchanged", due)
            raise DropItem(f"unchanged: {item.capture.url}")
        if await asyncio.to_thread(self._catalog.removals.holds, revision.article_id):
            logger.warning("%s leads to an article that was taken down: take down this URL, too", item.capture.url)
            self._stats.inc_value("archive/taken_down")
            await self._note(item, "removed", "takedown")
            raise DropItem(f"taken down: {item.capture.url}")
        if revision.kind is RevisionKind.FIRST:
            await self._learn(revision)
        return revision

    async def _learn(self, revision: Revision) -> None:
        """Count what returns on the articles of the source, each article once."""
        source = revision.capture.source
        if await asyncio.to_thread(self._learner.note, source, revision.article, revision.capture.fetched_at):
            logger.warning("%s: its pages are built otherwise than before; see `scrapy template %s`", source, source)
            self._stats.inc_value("template/layout_changed")

    def _plan(self, article: Article, page: Page, source: Source) -> Revision | None:
        return plan_revision(
            article=article,
            capture=page.capture,
            candidate=page.candidate,
            history=self._catalog,
            versions=present_versions(),
            hints=page_hints(source, article),
        )

    async def _drop(self, page: Page, error: ExtractionError) -> None:
        reason = "/".join(filter(None, (error.reason, getattr(error, "cause", None))))
        self._stats.inc_value(f"extract/failed/{reason}")
        logger.info("no article (%s): %s", reason, page.capture.url)
        await self._note(page, "failed", reason)
        if isinstance(error, NoArticleError):
            await asyncio.to_thread(note_refusal, self._catalog, page, error)
        raise DropItem(str(error)) from error

    async def _note(self, page: Page, state: str, reason: str, next_due: datetime | None = None) -> None:
        await asyncio.to_thread(note_item, self._catalog, page, state=state, reason=reason, next_due=next_due)

    def _count(self, article: Article) -> None:
        self._stats.inc_value("extract/articles")
        for removed in article.removed:
            self._stats.inc_value("boilerplate/removed")
            self._stats.inc_value(f"boilerplate/removed/{removed.category}")


class ArchiveStage:
    """Revision -> document, safe in the spool and known to the catalog."""

    def __init__(self, outlet: Outlet, crawler: Crawler) -> None:
        self._outlet = outlet
        self._crawler = crawler
        self._stats: StatsCollector = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from SPOOL_DIR and CATALOG_URL."""
        settings = crawler.settings
        outlet = Outlet(Spool(Path(settings["SPOOL_DIR"])), open_catalog(settings["CATALOG_URL"]))
        return cls(outlet, crawler)

    async def process_item(self, item: Revision) -> dict[str, Any]:
        """Return the document, which is durable when this returns; DropItem when the archive refuses it."""
        try:
            document = await asyncio.to_thread(
                self._outlet.add, item, next_due=next_due(item.article.date_published, item.capture.fetched_at)
            )
        except ArchiveError as error:
            raise give_up(self._crawler, item.capture.url, error) from error
        self._stats.inc_value("archive/stored")
        return document


def asked_url(item: Page | Revision) -> str:
    """Return the URL that `item` was asked for by."""
    return item.candidate.url if item.candidate else item.capture.url


def note_refusal(catalog: Catalog, page: Page, error: NoArticleError) -> None:
    """Tell the catalog why `page` is no article."""
    catalog.refusals.note(
        url_key(asked_url(page)),
        cause=error.cause,
        confidence=error.confidence,
        told=str(error),
        now=datetime.now(UTC),
    )


def note_item(catalog: Catalog, item: Page | Revision, **outcome: Any) -> None:
    """Tell the catalog what became of the URL that `item` was asked for by, as `Catalog.note_outcome` takes it."""
    url = asked_url(item)
    catalog.note_outcome(
        url_key(url), url=url, source=item.capture.source, capture=item.capture, now=datetime.now(UTC), **outcome
    )


def give_up(crawler: Crawler, url: str, error: ArchiveError | WorkersError) -> DropItem:
    """End the crawl because the page at `url` could not be archived; return what drops the page.

    Its candidate is still pending, so the next run asks for it again.
    """
    if not crawler.stats.get_value(failed := f"archive/failed/{type(error).__name__}"):
        logger.error("%s is not archived: %s", url, error)
    crawler.stats.inc_value(failed)
    asyncio.get_running_loop().create_task(crawler.engine.close_spider_async(reason=ARCHIVE_FAILED))
    return DropItem(str(error))
