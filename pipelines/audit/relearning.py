"""A source's template learned anew from the archive: after the catalog was lost, or for pages that others recorded."""

from datetime import UTC, datetime
from functools import partial

import attrs

from pipelines.archive import Catalog, RevisionRow, location_of, read_document
from pipelines.audit.pages import page_of
from pipelines.audit.reading import read_ahead, read_articles
from pipelines.boilerplate import Recurrence, dump_statistics, sight_article
from pipelines.errors import ArchiveError, DocumentError
from pipelines.model import Article, Page, Source
from pipelines.stores import ObjectStore
from pipelines.warc import read_record
from pipelines.workers import ExtractionPool


@attrs.frozen
class Relearned:
    """What came of it.

    Attributes:
        articles: how many the statistics are made of now; copies of others are not counted.
        problems: one line for each document whose page cannot be read.
    """

    articles: int
    problems: tuple[str, ...]


def learn_again(
    store: ObjectStore, catalog: Catalog, source: str, *, seed: Source | None, pool: ExtractionPool
) -> Relearned:
    """Count the articles of `source` in the archive, in the order of their capture, and replace its statistics.

    Raises:
        CatalogError, StoreError: the catalog or the store failed; the statistics are as they were.
        WorkersError: no extraction worker stays alive.
    """
    recurrence, problems = Recurrence(), list[str]()
    rows = catalog.revisions(source, latest_only=True)
    loaded = read_ahead(partial(_load, store, seed), rows)
    jobs = ((item, None if isinstance(item, str) else item) for item in loaded)
    for item, article in read_articles(pool, jobs):
        if isinstance(item, str):
            problems.append(item)
        elif isinstance(article, Article):
            recurrence.note(sight_article(article, item[0].capture.fetched_at))
    catalog.templates.change(source, lambda _: dump_statistics(recurrence), datetime.now(UTC))
    return Relearned(recurrence.articles, tuple(problems))


def _load(store: ObjectStore, seed: Source | None, row: RevisionRow) -> tuple[Page, Source | None] | str:
    """Return the page of a document and its source without a template, or what is wrong with it."""
    try:
        document = read_document(store, row.document_key)
        place = location_of(document)
        if place is None:
            return f"{row.document_key}: names no record to be read again"
        page, recorded = page_of(document, read_record(store, place))
    except (DocumentError, ArchiveError) as error:
        if getattr(error, "retryable", False):
            raise
        return f"{row.document_key}: {error}"
    source = seed or recorded
    return page, attrs.evolve(source, template=()) if source else None
