"""The catalog's longer questions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from pipelines.archive.tables import revisions, urls

MAX_FAILURES = 5  # in a row, after which a URL is asked for only where it is found again

COUNT_URLS = select(urls.c.source, urls.c.state, func.count()).group_by(urls.c.source, urls.c.state)
COUNT_REVISIONS = select(
    revisions.c.source, func.count(), func.count(revisions.c.article_id.distinct()).label("articles")
).group_by(revisions.c.source)


def select_pending(source: str, limit: int | None, due_by: datetime | None) -> Select[Any]:
    """Ask for what waits, newest published first, those without a date last (see `Catalog.pending`)."""
    waits: ColumnElement[bool] = urls.c.state == "pending"
    if due_by is not None:
        failed = (urls.c.state == "failed") & (urls.c.next_due <= due_by) & (urls.c.failures < MAX_FAILURES)
        waits |= failed & urls.c.channel.is_not(None)  # what was only ever a redirect's target has no candidate
    newest = urls.c.published.is_(None), urls.c.published.desc(), urls.c.discovered_at, urls.c.url_key
    return select(urls).where(urls.c.source == source, waits).order_by(*newest).limit(limit)


def select_revisions(
    source: str | Collection[str] | None, since: datetime | None, until: datetime | None, *, latest_only: bool
) -> Select[Any]:
    """Ask for revisions in the order of their capture (see `Catalog.revisions`)."""
    wanted: list[ColumnElement[bool]] = []
    if source is not None:
        wanted.append(revisions.c.source.in_([source] if isinstance(source, str) else list(source)))
    if since is not None:
        wanted.append(revisions.c.fetched_at >= since)
    if until is not None:
        wanted.append(revisions.c.fetched_at < until)
    newest = revisions.c.number.desc(), revisions.c.fetched_at.desc(), revisions.c.document_key
    place = func.row_number().over(partition_by=revisions.c.article_id, order_by=newest).label("place")
    ranked = select(revisions, place).where(*wanted).subquery()
    columns = [column for column in ranked.c if column.name != "place"]
    statement = select(*columns).order_by(ranked.c.fetched_at, ranked.c.document_key)
    return statement.where(ranked.c.place == 1) if latest_only else statement
