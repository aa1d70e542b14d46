"""Feeds, sitemaps and listing pages as last asked for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pipelines.archive.database import Database
from pipelines.archive.tables import polls, urls


class Polls:
    """The catalog's memory of what names articles. Every failure is a `CatalogError`."""

    def __init__(self, database: Database, insert: Callable[..., Any]) -> None:
        self._database = database
        self._insert = insert

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """Return ETag and Last-Modified as last sent for a feed, sitemap or listing, or else for an article."""
        with self._database.reading() as connection:
            for table in (polls, urls):
                row = connection.execute(select(table.c.etag, table.c.last_modified).where(table.c.url == url)).first()
                if row is not None:
                    return row.etag, row.last_modified
        return None, None

    def knows(self, url: str) -> bool:
        """Whether `note` was ever called for a feed, sitemap or listing."""
        with self._database.reading() as connection:
            return connection.scalar(select(polls.c.url).where(polls.c.url == url)) is not None

    def note(
        self,
        url: str,
        *,
        source: str,
        kind: str,
        etag: str | None = None,
        last_modified: str | None = None,
        payload_digest: str | None = None,
        brought: int = 0,
        now: datetime,
    ) -> None:
        """Remember the last look at a feed, sitemap or listing, and how many new candidates it brought."""
        row = {
            "source": source,
            "kind": kind,
            "etag": etag,
            "last_modified": last_modified,
            "polled_at": now,
            "payload_digest": payload_digest,
            "brought": brought,
        }
        statement = (
            self._insert(polls).values(url=url, **row).on_conflict_do_update(index_elements=[polls.c.url], set_=row)
        )
        with self._database.writing() as connection:
            connection.execute(statement)
