"""What an object store is: keys, objects and the calls that the archive makes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import attrs

from pipelines.errors import StoreError

BINARY = "application/octet-stream"


@attrs.frozen
class StoredObject:
    """An object as a listing names it.

    Attributes:
        size: in bytes.
    """

    key: str
    size: int


class ObjectStore(Protocol):
    """Objects under keys, written once. All calls block and may run in any thread.

    Every failure is a `StoreError` of one line that names the store and the key.
    """

    @property
    def url(self) -> str:
        """Where the store is, as `open_store` takes it."""
        ...

    def put(self, key: str, body: bytes, *, media_type: str = BINARY) -> bool:
        """Store `body`; False when the key is taken (nothing is written)."""
        ...

    def put_file(self, key: str, path: Path, *, media_type: str = BINARY) -> bool:
        """Store the file's content; False when the key is taken (nothing is written)."""
        ...

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Return the object from byte `start` on, at most `length` bytes; `StoreError` when it is missing."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield the objects whose key begins with `prefix`, sorted by key.

        Some S3 servers (SeaweedFS) sort segment by segment, so that `a/b` comes before `a-b`.
        """
        ...

    def check(self) -> None:
        """Raise `StoreError` unless the store can be reached and written to."""
        ...


def check_key(key: str) -> str:
    """Return `key` when it is a relative path of plain names.

    Raises:
        StoreError: it is empty, absolute, or has an empty, `.` or `..` segment, a backslash or a control character.
    """
    segments = key.split("/")
    if any(part in {"", ".", ".."} for part in segments) or "\\" in key or not key.isprintable():
        raise StoreError(f"{key!r}: not a key; keys are relative paths without `.`, `..` and empty parts")
    return key


def stored_size(store: ObjectStore, key: str) -> int | None:
    """Return the size of the object in bytes as the store lists it; None when there is none."""
    return next((found.size for found in store.list(key) if found.key == key), None)
