"""From the local spool to the store: segments are proven, uploaded, read back, and only then let go."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from pipelines.archive.files import sync_folder
from pipelines.archive.keys import segment_key
from pipelines.archive.objects import ObjectStore, stored_size
from pipelines.archive.segments import CutShortError, validate_segment
from pipelines.archive.warc import OPEN_SUFFIX
from pipelines.errors import StoreError, WarcError

DAMAGED = "damaged"


@attrs.frozen(kw_only=True)
class Recovery:
    """What an earlier run had left, and what became of it.

    Attributes:
        uploaded: keys of the segments now in the store.
        damaged: one line for each file that could not be, which now lies in `damaged/`.
    """

    uploaded: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


class Spool:
    """The folder where segments wait for the store.

    A file that a living process writes or uploads is locked by it (flock) and left alone.
    """

    def __init__(self, directory: Path, store: ObjectStore) -> None:
        self.directory = directory
        self.store = store

    def check(self) -> None:
        """Make the folder if need be and try to write in it.

        Raises:
            WarcError: that failed.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.directory) as file:
                file.write(b"newskeep")
                file.flush()
        except OSError as error:
            raise WarcError(f"SPOOL_DIR: {self.directory}: cannot be written: {error.strerror or error}") from error

    def recover(self) -> Recovery:
        """Finish what an earlier run left: cut unfinished segments after their last whole record, upload all.

        Raises:
            StoreError: the store failed; the files stay for the next time.
        """
        uploaded, damaged = [], []
        for path in sorted(self.directory.glob(f"*.warc.gz{OPEN_SUFFIX}")):
            try:
                self._finish(path)
            except WarcError as error:
                damaged.append(str(error))
        for path in sorted(self.directory.glob("*.warc.gz")):
            try:
                key = self.upload(path)
            except WarcError as error:
                damaged.append(str(error))
            else:
                uploaded += [key] if key else []
        return Recovery(uploaded=tuple(uploaded), damaged=tuple(damaged))

    def upload(self, path: Path) -> str | None:
        """Upload a closed segment and delete it here; return its key, None when another process has it in hand.

        Raises:
            WarcError: the segment is damaged; it was moved to `damaged/`.
            StoreError: the store failed or holds something else under the key; the file stays.
        """
        with _locked(path) as mine:
            if not mine:
                return None
            try:
                key = segment_key(path.name)
                validate_segment(path)
            except WarcError as error:
                raise self._set_aside(path, error) from error
            self.store.put_file(key, path, media_type="application/warc")
            size, stored = path.stat().st_size, stored_size(self.store, key)
            if stored != size:
                raise StoreError(
                    f"{self.store.url}/{key}: holds {stored} bytes, not the {size} of {path}, which stays",
                    retryable=stored is None,
                )
            path.unlink()
            return key

    def _finish(self, path: Path) -> None:
        """Cut a segment whose writer died after its last whole record, and close it."""
        with _locked(path) as mine:
            if not mine:
                return
            try:
                end = _end_of_whole_records(path)
            except WarcError as error:
                raise self._set_aside(path, error) from error
            if end == 0:  # not even the warcinfo record: nothing was ever acknowledged
                path.unlink()
                return
            with path.open("r+b") as file:
                file.truncate(end)
            path.rename(path.with_name(path.name.removesuffix(OPEN_SUFFIX)))
            sync_folder(self.directory)

    def _set_aside(self, path: Path, error: WarcError) -> WarcError:
        folder = self.directory / DAMAGED
        folder.mkdir(exist_ok=True)
        kept = folder / path.name
        path.rename(kept)
        return WarcError(f"{error}; kept as {kept}")


def _end_of_whole_records(path: Path) -> int:
    """Return how many bytes from the start are whole.

    Raises:
        WarcError: the damage is not at the end, so that cutting would lose records.
    """
    try:
        validate_segment(path)
    except CutShortError as error:
        return error.offset
    return path.stat().st_size


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
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
