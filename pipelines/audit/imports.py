"""WARCs that others wrote, taken into the archive: a document must be rebuildable from the archive alone.

A file whose records are gzip members of their own is taken byte for byte. Any other (uncompressed, compressed as a
whole, of a draft of the standard) is packed anew, record by record, so that each can be read by itself: the named
fields and blocks stay as they are.
"""

import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fastwarc.warc import ArchiveIterator, WarcRecord

from pipelines.errors import WarcError
from pipelines.stores import ObjectStore, content_of_file, stored_size
from pipelines.stores.files import sync_folder
from pipelines.warc import Warc, captures_of, segment_key
from pipelines.warc.members import validate_segment
from pipelines.warc.records import GZIP
from pipelines.warc.streams import SUFFIXES, WACZ, FileWarc, StoredWarc

PREFIX = "imported-"
UNFINISHED = ".importing"
MAX_STEM = 80


def own_segment(store: ObjectStore, warc: Warc) -> StoredWarc | None:
    """Return the segment of the archive that `warc` is, or is a copy of; None when it is foreign."""
    name = warc.name.rpartition("/")[2]
    try:
        key = segment_key(name)
    except WarcError:
        return None
    size = stored_size(store, key)
    theirs = warc.path.stat().st_size if isinstance(warc, FileWarc) and warc.path.exists() else None
    theirs = stored_size(warc.store, warc.key) if isinstance(warc, StoredWarc) else theirs
    return StoredWarc(store, key) if size is not None and size == theirs else None


def is_imported(name: str) -> bool:
    """Whether a segment, by its name or address, was written by others."""
    return name.rpartition("/")[2].startswith(PREFIX)


@contextmanager
def local_files(warc: Warc, spool: Path) -> Iterator[Iterator[Path]]:
    """Give the WARC as files on this machine, one after the other: a WACZ holds several, and a stored one is fetched.

    Raises:
        WarcError, StoreError: it cannot be read.
    """
    spool.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=UNFINISHED, dir=spool) as name:
        yield _local_files(warc, Path(name))


def _local_files(warc: Warc, folder: Path) -> Iterator[Path]:
    if warc.name.endswith(WACZ):
        yield from _unpacked(warc, folder)
    elif isinstance(warc, FileWarc):
        yield warc.path
    else:
        with warc.open() as stream, (copy := folder / warc.name.rpartition("/")[2]).open("wb") as file:
            shutil.copyfileobj(stream, file)
        yield copy


def _unpacked(warc: Warc, folder: Path) -> Iterator[Path]:
    """Yield each WARC of a WACZ (`archive/` in WACZ 1.1.1 §5.2.1); it is gone when the next is asked for."""
    try:
        with warc.open() as stream, zipfile.ZipFile(stream) as package:
            names = [name for name in package.namelist() if name.startswith("archive/") and name.endswith(SUFFIXES)]
            if not names:
                raise WarcError(f"{warc.name}: no WARC in archive/, so it is no WACZ")
            for name in sorted(names):
                path = folder / name.rpartition("/")[2]
                with package.open(name) as member, path.open("wb") as file:
                    shutil.copyfileobj(member, file)
                yield path
                path.unlink()
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise WarcError(f"{warc.name}: not a whole WACZ: {error}") from error


def import_warc(path: Path, spool: Path, store: ObjectStore) -> Warc:
    """Return the foreign WARC as a segment of the archive: in the store if it was imported before, else in the spool.

    Its name follows from its content, so that the same file is imported once, whatever it is called.

    Raises:
        WarcError: it is damaged, holds no capture, or the disk is full.
        StoreError: the store failed.
    """
    name = _segment_name(path)
    known = _imported(name, spool, store)
    if known is not None:
        return known
    segment, unfinished = spool / name, spool / f"{name}{UNFINISHED}"
    try:
        spool.mkdir(parents=True, exist_ok=True)
        if _is_segment(path):
            shutil.copyfile(path, unfinished)
        else:
            _pack(path, unfinished)
            validate_segment(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(segment)
        sync_folder(spool)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WarcError(f"{path}: cannot be imported into {spool}: {reason}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return FileWarc(segment)


def _imported(name: str, spool: Path, store: ObjectStore) -> Warc | None:
    """Return the segment that an earlier import made of the same bytes, under whatever name they had then."""
    beginning, _, end = name.rpartition("-")
    digest = end.partition(".")[2]
    for found in store.list(segment_key(name).removesuffix(end)):
        if found.key.endswith(f".{digest}"):
            return StoredWarc(store, found.key)
    return next((FileWarc(found) for found in spool.glob(f"{beginning}-*.{digest}")), None)


def _segment_name(path: Path) -> str:
    """Return a segment's name with the time of the first capture, the file's own name and the digest of its content."""
    first = next(captures_of(FileWarc(path)), None)
    if first is None:
        raise WarcError(f"{path}: holds no capture of a page")
    stem = re.sub(r"[^A-Za-z0-9]+", "_", path.name.removesuffix(".gz").removesuffix(".warc")).strip("_")[:MAX_STEM]
    digest = content_of_file(path).sha256.partition(":")[2][:16]
    milliseconds = first.fetched_at.microsecond // 1000
    return f"{PREFIX}{first.fetched_at:%Y%m%d%H%M%S}{milliseconds:03d}-00000-{stem}.{digest}.warc.gz"


def _is_segment(path: Path) -> bool:
    try:
        validate_segment(path)
    except WarcError:
        return False
    return True


def _pack(path: Path, target: Path) -> None:
    """Write each record as a gzip member of its own."""
    with path.open("rb") as stream, target.open("wb") as file:
        for record in ArchiveIterator(stream, parse_http=False):
            block = record.reader.read()
            packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
            file.write(packer.compress(_head(record)) + packer.compress(block + b"\r\n\r\n") + packer.flush())


def _head(record: WarcRecord) -> bytes:
    """Return version and named fields; drafts (0.17, 0.18) became WARC 1.0 without a change in how records are read."""
    version = record.headers.status_line or ""
    lines = [version if version.startswith("WARC/1.") else "WARC/1.0"]
    lines.extend(f"{name}: {value}" for name, value in record.headers)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("utf-8", "surrogateescape")
