"""The catalog: an index of the archive and the list of known URLs. Never the only copy of a document."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Connection, RowMapping, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.archive.database import Database, open_database
from pipelines.archive.document import Document, read_documents, to_document
from pipelines.archive.keys import DOCUMENTS
from pipelines.archive.originals import Originals
from pipelines.archive.polls import Polls
from pipelines.archive.queries import COUNT_REVISIONS, COUNT_URLS, select_pending, select_revisions
from pipelines.archive.refusals import Refusals
from pipelines.archive.removals import REMOVED, Removals
from pipelines.archive.rows import (
    RevisionRow,
    candidate_row,
    done_rows,
    merge_candidates,
    revision_row,
    row_candidate,
)
from pipelines.archive.tables import revisions, urls
from pipelines.archive.templates import Templates
from pipelines.archive.tombstones import read_tombstones
from pipelines.errors import DocumentError
from pipelines.model import Candidate, Capture, Revision
from pipelines.stores.objects import ObjectStore

CHUNK = 500  # keys in one statement; SQLite takes 32,766 variables, older ones 999


@attrs.frozen
class Rebuilt:
    """What `Catalog.rebuild` found.

    Attributes:
        revisions: documents now in the catalog.
        unreadable: one line for each that is not a document; they stay in the store.
    """

    revisions: int
    unreadable: tuple[str, ...]


def open_catalog(url: str, *, create: bool = True) -> "Catalog":
    """Return the catalog at an SQLAlchemy URL, made when it is missing and `create` is true.

    Raises:
        CatalogError: the URL is wrong, or the database cannot be used.
    """
    return Catalog(open_database(url, create=create))


class Catalog:
    """The index, in SQLite or PostgreSQL. Each method is one transaction, blocks, and may run in any thread.

    Every failure of the database is a `CatalogError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert
        self.originals = Originals(database, self._insert)
        self.polls = Polls(database, self._insert)
        self.refusals = Refusals(database, self._insert)
        self.removals = Removals(database, self._insert)
        self.templates = Templates(database, self._insert)

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    # The frontier

    def note_candidates(self, pairs: Sequence[tuple[str, Candidate]], now: datetime) -> int:
        """Remember candidates by their url_key as pending; return how many were unknown.

        A pending one takes over the hints it lacked; one that was asked for already is not disturbed.
        """
        found: dict[str, Candidate] = {}
        for key, candidate in pairs:
            found[key] = merge_candidates(found[key], candidate) if key in found else candidate
        new = 0
        with self._database.writing() as connection:
            for keys in _chunks(list(found)):
                rows = connection.execute(select(urls).where(urls.c.url_key.in_(keys))).mappings()
                known = {row["url_key"]: row for row in rows}
                fresh = [candidate_row(key, found[key], now) for key in keys if key not in known]
                if fresh:
                    statement = self._insert(urls).on_conflict_do_nothing()
                    connection.execute(statement, fresh)
                new += len(fresh)
                for key, row in known.items():
                    self._merge(connection, row, found[key])
        return new

    def filter_due(self, keys: Iterable[str], now: datetime) -> set[str]:
        """Return the url_keys to ask for: unknown, pending, or due again."""
        asked = list(keys)
        due = set(asked)
        resting = (urls.c.state != "pending") & or_(urls.c.next_due.is_(None), urls.c.next_due > now)
        with self._database.reading() as connection:
            for chunk in _chunks(asked):
                due -= set(connection.scalars(select(urls.c.url_key).where(urls.c.url_key.in_(chunk), resting)))
        return due

    def pending_among(self, keys: Iterable[str]) -> set[str]:
        """Return those of the url_keys that wait to be asked for."""
        found = set[str]()
        with self._database.reading() as connection:
            for chunk in _chunks(list(keys)):
                waits = urls.c.url_key.in_(chunk) & (urls.c.state == "pending")
                found |= set(connection.scalars(select(urls.c.url_key).where(waits)))
        return found

    def pending(
        self, source: str, limit: int | None = None, *, due_by: datetime | None = None
    ) -> list[tuple[str, Candidate]]:
        """Return what was found and not yet asked for, newest published first, those without a date last.

        With `due_by`, also what failed for a time and may be tried again by then; it may no longer be listed anywhere.
        """
        with self._database.reading() as connection:
            rows = connection.execute(select_pending(source, limit, due_by)).mappings()
            return [(row["url_key"], row_candidate(row)) for row in rows]

    def note_outcome(
        self,
        key: str,
        *,
        url: str,
        source: str,
        state: str,
        reason: str | None = None,
        capture: Capture | None = None,
        article_id: str | None = None,
        next_due: datetime | None = None,
        now: datetime,
    ) -> None:
        """Remember what became of a URL: `done`, `failed`, `gone` or `skipped`.

        Without a capture the validators of the last one stay; failures in a row are counted.
        """
        row = {"url": url, "source": source, "state": state, "reason": reason, "next_due": next_due}
        row |= _capture_columns(capture) if capture else {"fetched_at": now}
        row |= {"article_id": article_id} if article_id else {}
        failed = int(state == "failed")
        statement = (
            self._insert(urls)
            .values(url_key=key, discovered_at=now, failures=failed, **row)
            .on_conflict_do_update(
                index_elements=[urls.c.url_key], set_={**row, "failures": urls.c.failures + 1 if failed else 0}
            )
        )
        with self._database.writing() as connection:
            connection.execute(statement)

    # The documents

    def latest_revision(self, article_id: str) -> RevisionRow | None:
        """Return the article's revision with the highest number; None when the article is new."""
        statement = select(revisions).where(revisions.c.article_id == article_id)
        statement = statement.order_by(revisions.c.number.desc(), revisions.c.fetched_at.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(statement).mappings().first()
        return RevisionRow(**row) if row else None

    def add_revision(self, revision: Revision, key: str) -> None:
        """Remember a document that is in the store under `key`; the URLs that led to it are done.

        To add it again changes nothing.
        """
        self.add_document(key, to_document(revision))

    def add_document(self, key: str, document: Document, *, next_due: datetime | None = None) -> None:
        """Remember a document that lies, or will lie, in the store under `key`; the URLs that led to it are done.

        `next_due` is when to ask again for the first of them. To add it again changes nothing; another capture of the
        same content takes the place of the one known.
        """
        with self._database.writing() as connection:
            self._add(connection, key, document, next_due)

    def unknown_documents(self, keys: Iterable[str]) -> list[str]:
        """Return those of the keys under which it knows no document, in their order."""
        asked, known = list(keys), set[str]()
        with self._database.reading() as connection:
            for chunk in _chunks(asked):
                column = revisions.c.document_key
                known |= set(connection.scalars(select(column).where(column.in_(chunk))))
        return [key for key in asked if key not in known]

    def revisions(
        self,
        source: str | Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        latest_only: bool = False,
    ) -> Iterator[RevisionRow]:
        """Yield revisions in the order of their capture, from `since` on and before `until`.

        `source` is one id or several, None for all; with `latest_only`, of each article only the latest revision
        among these.
        """
        statement = select_revisions(source, since, until, latest_only=latest_only)
        with self._database.reading() as connection:
            for row in connection.execution_options(yield_per=CHUNK).execute(statement).mappings():
                yield RevisionRow(**row)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return source -> state of its URLs -> how many, with `articles` and `revisions` beside the states."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        with self._database.reading() as connection:
            for source, state, count in connection.execute(COUNT_URLS):
                found[source][state] = count
            for source, count, articles in connection.execute(COUNT_REVISIONS):
                found[source] |= {"articles": articles, "revisions": count}
        return dict(sorted(found.items()))

    def rebuild(self, store: ObjectStore) -> Rebuilt:
        """Read every document in the store and make revisions and done URLs anew, all in one transaction.

        What waits to be asked for, and what failed, stays. What was taken down stays out, though a takedown that was
        interrupted may have left its documents.

        Raises:
            StoreError: the store failed; the catalog is as it was.
            DocumentError: a tombstone is damaged; the catalog is as it was.
        """
        count, unreadable = 0, []
        stones = {stone.article_id: stone for stone in read_tombstones(store)}
        keys = (found.key for found in store.list(DOCUMENTS) if stones.keys().isdisjoint(found.key.split("/")))
        with self._database.writing() as connection:
            connection.execute(delete(revisions))
            connection.execute(delete(urls).where(urls.c.state == "done"))
            for key, document in read_documents(store, keys):
                if isinstance(document, DocumentError):
                    unreadable.append(str(document))
                    continue
                self._add(connection, key, document)
                count += 1
            for stone in stones.values():
                self.removals.carry_out_within(connection, stone)
        return Rebuilt(count, tuple(unreadable))

    def _add(self, connection: Connection, key: str, document: Document, next_due: datetime | None = None) -> None:
        row = revision_row(document, key)
        connection.execute(
            self._insert(revisions).on_conflict_do_update(index_elements=[revisions.c.document_key], set_=row), row
        )
        statement = self._insert(urls)
        rows = done_rows(document, next_due)
        statement = statement.on_conflict_do_update(
            index_elements=[urls.c.url_key],
            set_={name: statement.excluded[name] for name in rows[0].keys() - {"url_key", "discovered_at"}},
            where=or_(urls.c.fetched_at.is_(None), urls.c.fetched_at <= statement.excluded.fetched_at)
            & (urls.c.state != REMOVED),
        )
        connection.execute(statement, rows)

    def _merge(self, connection: Connection, row: RowMapping, candidate: Candidate) -> None:
        if row["state"] != "pending":
            return
        known = row_candidate(row)
        merged = merge_candidates(known, candidate)
        if merged != known:
            values = candidate_row(row["url_key"], merged, row["discovered_at"])
            connection.execute(update(urls).where(urls.c.url_key == row["url_key"]).values(values))


def _capture_columns(capture: Capture) -> dict[str, Any]:
    return {
        "fetched_at": capture.fetched_at,
        "status": capture.status,
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "payload_digest": capture.payload_digest,
    }


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
