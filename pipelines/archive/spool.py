"""The folder where everything waits for the store.

What is fetched and what is made of it lie here first, flushed to the disk, and leave only when the store has given
them back unharmed (see `pipelines.archive.uploader`). After a crash nothing has to be mended: what is found here is
what waits ("crash-only software", Candea and Fox, HotOS 2003).
"""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from urllib.parse import quote, unquote

import attrs

from pipelines.archive.keys import document_key
from pipelines.archive.rows import done_rows, revision_row
from pipelines.errors import DocumentError, WarcError
from pipelines.stores.files import UNFINISHED, sync_folder
from pipelines.warc.members import BrokenRecordError, CutShortError, validate_segment
from pipelines.warc.writer import OPEN_SUFFIX

DAMAGED = "damaged"
DOCUMENTS = "documents"
SEGMENT = ".warc.gz"
STALE = 3600.0  # seconds after which nobody finishes a file any more


@attrs.frozen
class WaitingDocument:
    """A document that is not in the store yet.

    Attributes:
        segment: file name of the segment that holds its record; None when it names none.
    """

    key: str
    path: Path
    segment: str | None


class Spool:
    """Closed segments, segments that grow (`.open`), and `documents/`; what is broken is kept in `damaged/`.

    A segment that a living process writes or uploads is locked by it (flock) and left alone.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._documents = directory / DOCUMENTS
        self._segments: dict[Path, str | None] = {}  # document -> its segment, read once

    def check(self) -> None:
        """Make the folder if need be and try to write in it.

        Raises:
            WarcError: that failed.
        """
        try:
            self._documents.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.directory) as file:
                file.write(b"newskeep")
                file.flush()
        except OSError as error:
            raise WarcError(f"SPOOL_DIR: {self.directory}: cannot be written: {error.strerror or error}") from error

    def add_document(self, key: str, body: bytes) -> None:
        """Keep a document for the store; it is on the disk when this returns.

        Raises:
            WarcError: the disk is full or fails.
        """
        path = self._documents / quote(key, safe="")
        try:
            self._documents.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(prefix=UNFINISHED, dir=self._documents, delete=False) as file:
                try:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(path)
                except OSError:
                    Path(file.name).unlink(missing_ok=True)
                    raise
            sync_folder(self._documents)
        except OSError as error:
            raise WarcError(f"{path}: cannot be kept: {error.strerror or error}") from error

    def documents(self) -> Iterator[WaitingDocument | WarcError]:
        """Yield the documents that wait; a broken one moves to `damaged/`, and the problem stands in its place."""
        found = [path for path in _files(self._documents) if not path.name.startswith(UNFINISHED)]
        self._segments = {path: self._segments[path] for path in found if path in self._segments}
        for path in found:
            try:
                if path not in self._segments:
                    self._segments[path] = _segment_of(path)
                yield WaitingDocument(unquote(path.name), path, self._segments[path])
            except FileNotFoundError:  # another process has just uploaded it
                continue
            except DocumentError as error:
                yield self.set_aside(path, error)

    def read_document(self, key: str) -> bytes | None:
        """Return a document that waits; None when it does not."""
        try:
            return (self._documents / quote(key, safe="")).read_bytes()
        except FileNotFoundError:
            return None

    def segments(self) -> list[Path]:
        """Return the closed segments that wait, oldest first."""
        return [path for path in _files(self.directory) if path.name.endswith(SEGMENT)]

    def segment_names(self) -> frozenset[str]:
        """Return the names of the segments that are here still: growing, waiting or damaged."""
        files = (*_files(self.directory), *_files(self.directory / DAMAGED))
        return frozenset(path.name.removesuffix(OPEN_SUFFIX) for path in files)

    def finish(self) -> list[WarcError]:
        """Mend what a dead process left: segments are cut after their last whole record and closed.

        Returns what was damaged; it is kept in `damaged/`.
        """
        problems = []
        for path in _files(self.directory):
            if path.name.endswith(f"{SEGMENT}{OPEN_SUFFIX}"):
                with locked(path) as mine:
                    problem = self._finish(path) if mine else None
                problems += [problem] if problem else []
        for path in _files(self._documents):
            if path.name.startswith(UNFINISHED) and time.time() - path.stat().st_mtime > STALE:
                path.unlink()
        return problems

    def size(self) -> int:
        """Return the bytes that wait, those of growing segments included."""
        total = 0
        for path in (*_files(self.directory), *_files(self._documents)):
            try:
                total += path.stat().st_size
            except FileNotFoundError:  # uploaded just now
                continue
        return total

    def count(self) -> int:
        """Return how many segments and documents wait, those aside that wait for a segment which still grows."""
        growing = {path.name.removesuffix(OPEN_SUFFIX) for path in self.directory.glob(f"*{OPEN_SUFFIX}")}
        documents = [
            found for found in self.documents() if isinstance(found, WarcError) or found.segment not in growing
        ]
        return len(self.segments()) + len(documents)

    def free(self) -> int:
        """Return the bytes that the disk has left for us."""
        return shutil.disk_usage(self.directory).free

    def set_aside(self, path: Path, error: WarcError | DocumentError) -> WarcError:
        """Keep what is broken out of the way, and return the problem with the place where it lies now."""
        kept = self._damaged(path.name)
        path.rename(kept)
        return WarcError(f"{error}; kept as {kept}")

    def _finish(self, path: Path) -> WarcError | None:
        """Close a segment after its last whole record; what follows is kept, and returned as a problem, unless cut."""
        problem, end = None, path.stat().st_size
        try:
            validate_segment(path)
        except CutShortError as error:
            end = error.offset
        except BrokenRecordError as error:
            end, problem = error.offset, self._keep_tail(path, error)
        with path.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
        if validate_segment(path) <= 1:  # the warcinfo record at most: nothing was ever acknowledged
            path.unlink()
            return problem
        path.rename(path.with_name(path.name.removesuffix(OPEN_SUFFIX)))
        sync_folder(self.directory)
        return problem

    def _keep_tail(self, path: Path, error: BrokenRecordError) -> WarcError:
        kept = self._damaged(f"{path.name}.from-{error.offset}")
        with path.open("rb") as source, kept.open("wb") as target:
            source.seek(error.offset)
            shutil.copyfileobj(source, target)
        return WarcError(f"{error}; kept from there on as {kept}")

    def _damaged(self, name: str) -> Path:
        folder = self.directory / DAMAGED
        folder.mkdir(exist_ok=True)
        names = chain([name], (f"{name}.{number}" for number in count(2)))
        return next(folder / free for free in names if not (folder / free).exists())


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the file's lock; gives False when someone else does, or when the file has gone."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield path.exists()
        finally:  # closing is not enough while a child is being forked: it holds the lock, too
            fcntl.flock(file, fcntl.LOCK_UN)


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder that may be missing, oldest first; a segment's name begins with its time."""
    try:
        entries = [entry for entry in os.scandir(folder) if entry.is_file()]
    except FileNotFoundError:
        return []
    return sorted(Path(entry.path) for entry in entries)


def _segment_of(path: Path) -> str | None:
    """Return the name of the segment that a waiting document names.

    Raises:
        DocumentError: it is none that the catalog could take, or waits under another key than its own.
    """
    try:
        document = json.loads(path.read_bytes())
        row = revision_row(document, document_key(document))
        done_rows(document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DocumentError(f"{path}: not a document of ours: {error}") from error
    if row["document_key"] != unquote(path.name):
        raise DocumentError(f"{path}: its name is not its key, which is {row['document_key']}")
    filename: str | None = row["warc_filename"]
    return filename
