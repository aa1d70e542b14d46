"""Sorting more lines than memory holds."""

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self


class DiskSet:
    """A set of byte strings that gives them sorted; what does not fit SQLite's cache waits in a temporary file."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE kept (value BLOB PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")  # one transaction, never ended: nothing has to outlive the process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def __iter__(self) -> Iterator[bytes]:
        for (value,) in self._database.execute("SELECT value FROM kept ORDER BY value"):
            yield value

    def add(self, value: bytes) -> bool:
        """Take a value; False when it was there."""
        return self._database.execute("INSERT OR IGNORE INTO kept VALUES (?)", (value,)).rowcount == 1

    def update(self, values: Iterable[bytes]) -> None:
        """Take several values."""
        self._database.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((value,) for value in values))
