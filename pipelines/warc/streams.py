"""WARC files, from this machine or from a store: read from front to back, or at a place."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import attrs

from pipelines.errors import StoreError, WarcError
from pipelines.stores.objects import ObjectStore, stored_size
from pipelines.stores.opening import folder_of, open_store

SUFFIXES = (".warc", ".warc.gz")
WACZ = ".wacz"
OTHER_SCHEME = re.compile(r"(?!file:)[a-z0-9+.-]+://", re.IGNORECASE)
BLOCK_SIZE = 8 * 2**20


class StoredFile(io.RawIOBase):
    """An object of a store as a file that is read from front to back, a block at a time."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store = store
        self._key = key
        self._position = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the store; 0 at the end."""
        body = self._store.get(self._key, start=self._position, length=len(buffer))
        buffer[: len(body)] = body
        self._position += len(body)
        return len(body)

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte, counted from the start, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}
        self._position = (base[whence] if whence in base else stored_size(self._store, self._key) or 0) + offset
        return self._position


@attrs.frozen
class FileWarc:
    """A WARC on this machine."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def open(self) -> IO[bytes]:
        """Return it as a stream.

        Raises:
            WarcError: it is missing or cannot be read.
        """
        try:
            return self.path.open("rb")
        except OSError as error:
            raise WarcError(f"{self.path}: cannot be read: {error.strerror or error}") from error

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on, fewer at the end; raise as `open`."""
        with self.open() as file:
            file.seek(start)
            return file.read(length)


@attrs.frozen
class StoredWarc:
    """A WARC in a store."""

    store: ObjectStore
    key: str

    @property
    def name(self) -> str:
        """The URL."""
        return f"{self.store.url}/{self.key}"

    def open(self) -> IO[bytes]:
        """Return it as a stream, which raises StoreError when the store fails."""
        return io.BufferedReader(StoredFile(self.store, self.key), BLOCK_SIZE)

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on, fewer at the end.

        Raises:
            StoreError: it is missing, or the store failed.
        """
        return self.store.get(self.key, start=start, length=length)


Warc = FileWarc | StoredWarc


def find_warcs(url: str, store: ObjectStore | None = None, *, suffixes: tuple[str, ...] = SUFFIXES) -> Sequence[Warc]:
    """Return the WARC at `url`, or each in that folder (see `iter_captures`), sorted by name.

    In a folder, `suffixes` tell what to take.

    Raises:
        WarcError: the folder holds none, or `url` is of another kind.
        StoreError: the store holds none there, or failed.
    """
    if store is not None:
        return _stored(store, url, suffixes)
    if url.startswith("s3://"):
        parts = urlsplit(url)
        if not parts.netloc:
            raise WarcError(f"{url!r} names no bucket; write s3://BUCKET/KEY")
        return _stored(open_store(f"s3://{parts.netloc}"), parts.path.removeprefix("/"), suffixes)
    if OTHER_SCHEME.match(url):
        raise WarcError(f"{url}: cannot be read from there; give a path, a file: or an s3:// URL")
    path = folder_of(url) if url.startswith("file:") else Path(url)
    if not path.is_dir():
        return [FileWarc(path)]
    found = sorted(file for file in path.rglob("*") if file.name.endswith(suffixes) and file.is_file())
    if not found:
        raise WarcError(f"{path}: no {', '.join(suffixes[:-1])} or {suffixes[-1]} file in this folder")
    return [FileWarc(file) for file in found]


def _stored(store: ObjectStore, key: str, suffixes: tuple[str, ...]) -> Sequence[Warc]:
    if key.endswith(suffixes):
        keys = [key] if stored_size(store, key) is not None else []
    else:
        keys = [found.key for found in store.list(key) if found.key.endswith(suffixes)]
    if not keys:
        raise StoreError(f"{store.url}/{key}: no such WARC")
    return [StoredWarc(store, found) for found in keys]
