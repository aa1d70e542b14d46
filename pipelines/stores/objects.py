"""What an object store is: keys, objects and the calls that the archive makes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import attrs

from pipelines.errors import MissingObjectError, StoreError

BINARY = "application/octet-stream"
BLOCK_SIZE = 8 * 2**20


@attrs.frozen
class StoredObject:
    """An object as a listing names it.

    Attributes:
        size: in bytes.
    """

    key: str
    size: int


@attrs.frozen
class Content:
    """What an object holds, in short.

    Attributes:
        size: in bytes.
        sha256: `sha256:<hex>`.
    """

    size: int
    sha256: str


@attrs.frozen(kw_only=True)
class Abilities:
    """What a store was found able to do; what it cannot is made up for.

    Attributes:
        conditional_puts: a put of a key that is taken is refused (`If-None-Match: *`).
        checksums: the SHA-256 sent with an object is compared with what arrived.
        upload_listing: multipart uploads that an earlier run left can be found, and so aborted.
    """

    conditional_puts: bool = True
    checksums: bool = True
    upload_listing: bool = True

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """What is missing and what is done instead, a line each; empty for a good store."""
        lines = {
            "no conditional puts: each is preceded by HEAD": self.conditional_puts,
            "no SHA-256 checksums: Content-MD5 is sent": self.checksums,
            "no listing of multipart uploads: a lifecycle rule must abort stale ones": self.upload_listing,
        }
        return tuple(line for line, able in lines.items() if not able)


class ObjectStore(Protocol):
    """Objects under keys, written once; only a takedown replaces or deletes. All calls block and may run in any thread.

    Every failure is a `StoreError` of one line that names the store and the key.
    """

    @property
    def url(self) -> str:
        """Where the store is, as `open_store` takes it."""
        ...

    @property
    def abilities(self) -> Abilities:
        """What the store can do, as far as is known; all of it until `check` or the first put has found out."""
        ...

    def put(self, key: str, body: bytes, *, media_type: str = BINARY) -> bool:
        """Store `body`; False when the key is taken (nothing is written).

        A put that failed may have been done all the same, so that the next answers False: compare the contents then.
        """
        ...

    def put_file(self, key: str, path: Path, *, media_type: str = BINARY) -> bool:
        """Store the file's content; False when the key is taken (nothing is written)."""
        ...

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Return the object from byte `start` on, at most `length` bytes; `MissingObjectError` when there is none."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield the objects whose key begins with `prefix`, sorted by key.

        Some S3 servers (SeaweedFS) sort segment by segment, so that `a/b` comes before `a-b`.
        """
        ...

    def replace(self, key: str, body: bytes, *, media_type: str = BINARY) -> None:
        """Store `body` whatever the key held before, of which no version stays; the key is empty at no moment."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object with all its versions; it may be missing."""
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


def content_of(body: bytes) -> Content:
    """Return size and digest of `body`."""
    return Content(len(body), f"sha256:{hashlib.sha256(body).hexdigest()}")


def content_of_file(path: Path) -> Content:
    """Return size and digest of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Content(file.tell(), f"sha256:{digest}")


def stored_content(store: ObjectStore, key: str) -> Content | None:
    """Read the object back, a block at a time, and return its size and digest; None when there is none."""
    digest, size = hashlib.sha256(), 0
    try:
        while body := store.get(key, start=size, length=BLOCK_SIZE):
            digest.update(body)
            size += len(body)
            if len(body) < BLOCK_SIZE:
                break
    except MissingObjectError:
        return None
    return Content(size, f"sha256:{digest.hexdigest()}")
