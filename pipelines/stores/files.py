"""A plain folder as an object store: the archive that needs no server."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import IO

from pipelines.errors import MissingObjectError, StoreError
from pipelines.stores.objects import BINARY, Abilities, StoredObject, check_key

UNFINISHED = ".unfinished-"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
PASSING = frozenset({errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ESTALE, errno.ETIMEDOUT, errno.EMFILE, errno.ENFILE})


class FileStore:
    """Objects as files below one folder, which is made when first needed.

    An object appears whole or not at all: it is written beside its place, flushed to the disk, then linked
    there, and a link never replaces what is there. What a killed writer of a key left beside it goes with the next one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @property
    def url(self) -> str:
        """The folder as a `file:` URL."""
        return self.folder.as_uri()

    @property
    def abilities(self) -> Abilities:
        """All of them: a link is a conditional put, and what was read is what is written."""
        return Abilities()

    def put(self, key: str, body: bytes, *, media_type: str = BINARY) -> bool:
        """Store `body`; False when the key is taken (nothing is written)."""
        return self._write_once(key, lambda file: file.write(body))

    def put_file(self, key: str, path: Path, *, media_type: str = BINARY) -> bool:
        """Store a copy of the file; False when the key is taken (nothing is written)."""
        try:
            source = path.open("rb")
        except OSError as error:
            raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error
        with source:
            return self._write_once(key, lambda file: shutil.copyfileobj(source, file, 1 << 20))

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Return the object from byte `start` on, at most `length` bytes.

        Raises:
            StoreError: there is no such object, or it cannot be read.
        """
        path = self.folder / check_key(key)
        try:
            with path.open("rb") as file:
                file.seek(start)
                return file.read(-1 if length is None else length)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise MissingObjectError(f"{path}: no such object") from None
        except OSError as error:
            raise self._failure(path, error) from error

    def replace(self, key: str, body: bytes, *, media_type: str = BINARY) -> None:
        """Store `body` whatever the key held before."""
        self._write(self.folder / check_key(key), lambda file: file.write(body), Path.replace)

    def delete(self, key: str) -> None:
        """Remove the object; it may be missing."""
        path = self.folder / check_key(key)
        try:
            path.unlink(missing_ok=True)
            if path.parent.exists():
                sync_folder(path.parent)
        except OSError as error:
            raise self._failure(path, error) from error

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield the objects whose key begins with `prefix`, sorted by key."""
        yield from self._walk(self.folder, "", prefix)

    def check(self) -> None:
        """Make the folder if need be and try to write in it.

        Raises:
            StoreError: that failed.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(prefix=UNFINISHED, dir=self.folder) as file:
                file.write(b"newskeep")
                file.flush()
        except OSError as error:
            raise self._failure(self.folder, error) from error

    def _write_once(self, key: str, write: Callable[[IO[bytes]], object]) -> bool:
        """Write the object unless the key is taken: a link never replaces what is there."""
        path = self.folder / check_key(key)
        try:
            if path.exists():
                _sweep(path)
                return False
        except OSError as error:
            raise self._failure(path, error) from error
        return self._write(path, write, os.link)

    def _write(self, path: Path, write: Callable[[IO[bytes]], object], place: Callable[[Path, Path], object]) -> bool:
        """Write the object beside its place, flush it, and put it there; False when `place` finds the key taken."""
        try:
            _make_folders(path.parent)
            with _temporary(path) as temporary:
                with temporary.open("xb") as file:
                    write(file)
                    file.flush()
                    os.fsync(file.fileno())
                place(temporary, path)
            _sweep(path)
            sync_folder(path.parent)
        except FileExistsError:
            return False
        except OSError as error:
            if isinstance(error, FileNotFoundError) and path.exists():  # another writer came first, and swept
                return False
            raise self._failure(path, error) from error
        return True

    def _walk(self, folder: Path, above: str, prefix: str) -> Iterator[StoredObject]:
        """Yield what lies below `folder` in the order of the keys, in which a folder counts with its slash."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name + "/" * entry.is_dir())
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failure(folder, error) from error
        for entry in entries:
            key = above + entry.name
            if entry.is_dir():
                below = f"{key}/"
                if below.startswith(prefix) or prefix.startswith(below):
                    yield from self._walk(Path(entry.path), below, prefix)
            elif key.startswith(prefix) and not entry.name.startswith(UNFINISHED):
                with suppress(FileNotFoundError):
                    yield StoredObject(key, entry.stat().st_size)

    def _failure(self, path: Path, error: OSError) -> StoreError:
        """Name what stands in the way; a full disk may have room again later."""
        if error.errno in NO_ROOM:
            return StoreError(f"{path}: the disk is full; make room and run again, nothing is lost", retryable=True)
        if error.errno in {errno.EPERM, errno.EOPNOTSUPP} and error.filename2 is not None:
            return StoreError(f"{path}: this file system has no hard links, which the archive needs; choose another")
        what = f"{path}: cannot be read or written: {error.strerror or error}"
        return StoreError(what, retryable=error.errno in PASSING)


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Give a name beside `path` to write to, which is gone at the end."""
    temporary = path.with_name(f"{UNFINISHED}{token_hex(4)}-{path.name}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what killed writers left of the object at `path`, which is there.

    A writer that is still at it loses the file that it writes, and finds the key taken when it begins anew.
    """
    for found in os.scandir(path.parent):
        if found.name.startswith(UNFINISHED) and found.name.endswith(f"-{path.name}"):
            Path(found.path).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folders(folder: Path) -> None:
    """Make `folder` and those above it, and flush each new entry."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
        sync_folder(new.parent)
