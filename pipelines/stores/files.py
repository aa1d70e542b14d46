"""A plain folder as an object store: the archive that needs no server."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from pipelines.errors import MissingObjectError, StoreError
from pipelines.stores.objects import BINARY, StoredObject, check_key

UNFINISHED = ".unfinished-"


class FileStore:
    """Objects as files below one folder, which is made when first needed.

    An object appears whole or not at all: it is written beside its place, flushed to the disk, then linked
    there, and a link never replaces what is there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @property
    def url(self) -> str:
        """The folder as a `file:` URL."""
        return self.folder.as_uri()

    def put(self, key: str, body: bytes, *, media_type: str = BINARY) -> bool:
        """Store `body`; False when the key is taken (nothing is written)."""
        return self._write_once(key, lambda file: file.write(body))

    def put_file(self, key: str, path: Path, *, media_type: str = BINARY) -> bool:
        """Store a copy of the file; False when the key is taken (nothing is written)."""

        def copy(file: IO[bytes]) -> None:
            with path.open("rb") as source:
                shutil.copyfileobj(source, file, 1 << 20)

        return self._write_once(key, copy)

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
        self._write(key, lambda file: file.write(body), Path.replace)

    def delete(self, key: str) -> None:
        """Remove the object; it may be missing."""
        path = self.folder / check_key(key)
        try:
            path.unlink(missing_ok=True)
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
        if (self.folder / check_key(key)).exists():
            return False
        return self._write(key, write, os.link)

    def _write(self, key: str, write: Callable[[IO[bytes]], object], place: Callable[[Path, Path], object]) -> bool:
        """Write the object beside its place, flush it, and put it there; False when `place` finds the key taken."""
        path = self.folder / check_key(key)
        temporary: Path | None = None
        try:
            _make_folders(path.parent)
            with tempfile.NamedTemporaryFile(prefix=UNFINISHED, dir=path.parent, delete=False) as file:
                temporary = Path(file.name)
                write(file)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            place(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            raise self._failure(path, error) from error
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
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
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return StoreError(f"{path}: the disk is full; make room and run again, nothing is lost", retryable=True)
        if error.errno in {errno.EPERM, errno.EOPNOTSUPP} and error.filename2 is not None:
            return StoreError(f"{path}: this file system has no hard links, which the archive needs; choose another")
        return StoreError(f"{path}: cannot be read or written: {error.strerror or error}")


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
