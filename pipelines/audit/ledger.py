"""What should be in the archive, on disk while an audit runs: archives are larger than memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from types import TracebackType
from typing import Self

from pipelines.archive.manifests import Entry, Event, later_of

SCHEMA = """
    CREATE TABLE entries (
        key TEXT PRIMARY KEY, size INTEGER, sha256 TEXT, at TEXT, event TEXT, was TEXT, reason TEXT,
        seen INTEGER DEFAULT 0
    ) WITHOUT ROWID;
    CREATE TABLE rows (document TEXT PRIMARY KEY, segment TEXT) WITHOUT ROWID;
    CREATE INDEX rows_of_segment ON rows (segment);
"""
COLUMNS = "key, size, sha256, at, event, was, reason"


class Ledger:
    """The latest entry of each key, which of them the store has, and the catalog's rows; a temporary database."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # SQLite keeps it in a file when it grows
        self._database.executescript(SCHEMA)
        self._database.execute("BEGIN")  # never committed: it goes with the audit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def add(self, entry: Entry) -> None:
        """Note an entry, unless a later one of its key is known (`manifests.later_of`)."""
        known = self.entry(entry.key)
        values = later_of(known, entry) if known else entry
        self._database.execute(
            f"INSERT OR REPLACE INTO entries ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
            (
                values.key,
                values.size,
                values.sha256,
                values.at.isoformat(),
                values.event,
                values.was,
                values.reason,
            ),
        )

    def entry(self, key: str) -> Entry | None:
        """Return the entry of a key that holds; None when there is none."""
        row = self._database.execute(f"SELECT {COLUMNS} FROM entries WHERE key = ?", (key,)).fetchone()  # noqa: S608
        return _entry(row) if row else None

    def see(self, key: str) -> Entry | None:
        """Note that the store has the object; return its entry as `entry` does."""
        self._database.execute("UPDATE entries SET seen = 1 WHERE key = ?", (key,))
        return self.entry(key)

    def unseen(self) -> Iterator[Entry]:
        """Yield the entries of the keys that the store was not seen to have."""
        query = f"SELECT {COLUMNS} FROM entries WHERE NOT seen ORDER BY key"  # noqa: S608
        yield from map(_entry, self._database.execute(query))

    def explained(self) -> Iterator[Entry]:
        """Yield the entries of what was removed, or replaced, for a reason."""
        query = f"SELECT {COLUMNS} FROM entries WHERE event != ? ORDER BY key"  # noqa: S608
        yield from map(_entry, self._database.execute(query, (Event.STORED,)))

    def add_rows(self, rows: Iterable[tuple[str, str | None]]) -> None:
        """Note the catalog's rows: the key of the document, and the file name of its segment."""
        self._database.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?)", rows)

    def has_row(self, key: str) -> bool:
        """Whether the catalog has a row for the document."""
        return self._database.execute("SELECT 1 FROM rows WHERE document = ?", (key,)).fetchone() is not None

    def rows_without_document(self) -> Iterator[str]:
        """Yield the keys of documents that the catalog has and the manifests do not; `unseen` tells the others."""
        query = "SELECT document FROM rows WHERE document NOT IN (SELECT key FROM entries) ORDER BY document"
        yield from (key for (key,) in self._database.execute(query))

    def documents_of(self, filename: str) -> int:
        """Return how many documents the catalog knows whose record lies in a segment."""
        return int(self._database.execute("SELECT count(*) FROM rows WHERE segment = ?", (filename,)).fetchone()[0])


def _entry(row: tuple[str, int, str, str, str, str | None, str | None]) -> Entry:
    key, size, sha256, at, event, was, reason = row
    return Entry(
        key=key,
        size=size,
        sha256=sha256,
        at=datetime.fromisoformat(at),
        event=Event(event),
        was=was,
        reason=reason,
    )
