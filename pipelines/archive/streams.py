"""WARC files as streams, from this machine or from a store."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from pipelines.archive.objects import ObjectStore, stored_size
from pipelines.archive.store import folder_of, open_store
from pipelines.errors import StoreError, WarcError

SUFFIXES = (".warc", ".warc.gz")
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


def open_warcs(url: str, store: ObjectStore | None) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name and stream of the WARC at `url`, or of each in that folder (see `iter_captures`); close them.

    Raises:
        WarcError: a file is missing, or the folder holds none.
        StoreError: the store holds none there, or failed.
    """
    if store is not None:
        yield from _stored(store, url)
    elif url.startswith("s3://"):
        parts = urlsplit(url)
        yield from _stored(open_store(f"s3://{parts.netloc}"), parts.path.removeprefix("/"))
    else:
        path = folder_of(url) if url.startswith("file:") else Path(url)
        paths = sorted(found for found in path.rglob("*.warc*") if found.name.endswith(SUFFIXES))
        for file in paths if path.is_dir() else [path]:
            try:
                yield str(file), file.open("rb")
            except OSError as error:
                raise WarcError(f"{file}: cannot be read: {error.strerror or error}") from error
        if path.is_dir() and not paths:
            raise WarcError(f"{path}: no .warc or .warc.gz file in this folder")


def _stored(store: ObjectStore, key: str) -> Iterator[tuple[str, IO[bytes]]]:
    if key.endswith(SUFFIXES):
        keys = [key] if stored_size(store, key) is not None else []
    else:
        keys = [found.key for found in store.list(key) if found.key.endswith(SUFFIXES)]
    if not keys:
        raise StoreError(f"{store.url}/{key}: no such WARC")
    for found in keys:
        yield f"{store.url}/{found}", io.BufferedReader(StoredFile(store, found), BLOCK_SIZE)
