"""Pages that were fetched and are no articles: why, and how sure we are of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import select

from pipelines.archive.database import Database
from pipelines.archive.tables import refusals, urls


@attrs.frozen(kw_only=True)
class Refusal:
    """A page that is kept in the WARC and was not archived as an article.

    Attributes:
        cause: as `NoArticleError.cause`.
        confidence: how sure we were that it is an article, 0 to 1.
        told: what led to it, in one line.
        fetched_at: UTC, aware.
    """

    source: str
    url: str
    cause: str
    confidence: float
    told: str
    fetched_at: datetime


class Refusals:
    """The catalog's memory of pages that are no articles. Every failure is a `CatalogError`."""

    def __init__(self, database: Database, insert: Callable[..., Any]) -> None:
        self._database = database
        self._insert = insert

    def note(self, key: str, *, cause: str, confidence: float, told: str, now: datetime) -> None:
        """Remember why the page at a url_key was refused last; its outcome is noted beside."""
        row = {"cause": cause, "confidence": confidence, "told": told, "noted_at": now}
        statement = self._insert(refusals).values(url_key=key, **row)
        statement = statement.on_conflict_do_update(index_elements=[refusals.c.url_key], set_=row)
        with self._database.writing() as connection:
            connection.execute(statement)

    def listed(self, source: str | None = None) -> Iterator[Refusal]:
        """Yield what is still refused, of one source or all: by source, the most doubtful refusals first."""
        statement = (
            select(
                urls.c.source, urls.c.url, refusals.c.cause, refusals.c.confidence, refusals.c.told, urls.c.fetched_at
            )
            .join(urls, urls.c.url_key == refusals.c.url_key)
            .where(urls.c.state == "failed", urls.c.reason.startswith("no-article/"))
            .order_by(urls.c.source, refusals.c.confidence.desc(), urls.c.url)
        )
        if source is not None:
            statement = statement.where(urls.c.source == source)
        with self._database.reading() as connection:
            for row in connection.execute(statement).mappings():
                yield Refusal(**row)
