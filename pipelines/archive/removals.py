"""The catalog's side of a takedown: what it knows of an article, and forgetting it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, or_, select

from pipelines.archive.database import Database
from pipelines.archive.tables import originals, refusals, revisions, urls
from pipelines.archive.tombstones import Tombstone, read_tombstone, tombstone_ids
from pipelines.stores.objects import ObjectStore
from pipelines.urls import normalize_url, url_key

REMOVED = "removed"


class Removals:
    """Articles that were, or are to be, taken down. Every failure is a `CatalogError`."""

    def __init__(self, database: Database, insert: Callable[..., Any]) -> None:
        self._database = database
        self._insert = insert

    def article_ids(self, url: str) -> set[str]:
        """Return the articles that a URL led to, or that bear it."""
        forms = {url, normalize_url(url) or url}
        with self._database.reading() as connection:
            led = connection.scalars(select(urls.c.article_id).where(urls.c.url_key == url_key(url)))
            borne = connection.scalars(select(revisions.c.article_id).where(revisions.c.url.in_(forms)))
            return {found for found in (*led, *borne) if found}

    def urls_of(self, article_id: str) -> list[str]:
        """Return the URLs known to lead to an article, sorted."""
        with self._database.reading() as connection:
            return sorted(connection.scalars(select(urls.c.url).where(urls.c.article_id == article_id)))

    def documents_of(self, article_id: str) -> list[str]:
        """Return the keys of an article's documents, sorted."""
        with self._database.reading() as connection:
            found = connection.scalars(select(revisions.c.document_key).where(revisions.c.article_id == article_id))
            return sorted(found)

    def holds(self, article_id: str) -> bool:
        """Whether the article was taken down."""
        statement = select(urls.c.url).where(urls.c.article_id == article_id, urls.c.state == REMOVED).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(statement) is not None

    def carry_out(self, stone: Tombstone) -> None:
        """Forget an article's documents, and see to it that its URLs are never asked for again."""
        with self._database.writing() as connection:
            self.carry_out_within(connection, stone)

    def catch_up(self, store: ObjectStore) -> int:
        """Carry out the takedowns that this catalog never saw; return how many they were.

        A catalog that was lost and begun anew, or that of another crawler, would ask for their URLs again.

        Raises:
            DocumentError: a tombstone is damaged.
            StoreError: the store failed.
        """
        unseen = [article_id for article_id in tombstone_ids(store) if not self.holds(article_id)]
        stones = list(filter(None, (read_tombstone(store, article_id) for article_id in unseen)))
        for stone in stones:
            self.carry_out(stone)
        return len(stones)

    def carry_out_within(self, connection: Connection, stone: Tombstone) -> None:
        """Do so in a transaction that is open."""
        rows = {key: _removed_row(key, url, stone) for url in stone.urls if (key := url_key(url))}
        connection.execute(delete(revisions).where(revisions.c.article_id == stone.article_id))
        connection.execute(delete(originals).where(originals.c.url.in_(stone.urls)))
        led = or_(urls.c.article_id == stone.article_id, urls.c.url_key.in_(rows))
        for row in connection.execute(select(urls.c.url_key, urls.c.url).where(led)):
            rows[row.url_key] = _removed_row(row.url_key, row.url, stone)
        connection.execute(delete(urls).where(led))
        connection.execute(delete(refusals).where(refusals.c.url_key.in_(rows)))
        if rows:
            connection.execute(self._insert(urls), list(rows.values()))


def _removed_row(key: str, url: str, stone: Tombstone) -> dict[str, Any]:
    """Return the row of a URL without anything that the page or its feed said."""
    return {
        "url_key": key,
        "url": url,
        "source": stone.source,
        "discovered_at": stone.at,
        "fetched_at": stone.at,
        "state": REMOVED,
        "reason": "takedown",
        "failures": 0,
        "article_id": stone.article_id,
    }
