"""Writing what went over the wire to WARC 1.1, in segments."""

import errno
import fcntl
import os
import re
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from pipelines.errors import WarcError
from pipelines.model import WarcLocation
from pipelines.stores.files import sync_folder
from pipelines.warc.exchange import Exchange, MetadataLines, Original, metadata_of, records_of, resource_of
from pipelines.warc.records import FIELDS, Record, gzip_record, warc_fields

OPEN_SUFFIX = ".open"


@attrs.define
class _Segment:
    """The file being written."""

    path: Path
    file: FileIO
    opened_at: datetime
    warcinfo_id: str
    size: int = 0
    synced: int = 0  # bytes that are on the disk


def now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


class WarcWriter:
    """Writes exchanges to segments in a folder; safe to call from several threads.

    A segment is `<name>.open` and locked (flock) while it grows, and gets its name when it is closed: by size, by
    age at the next write, or by `close`. Each exchange reaches the kernel before `write` returns, so that the
    death of the process loses nothing; `sync` and the closing of a segment wait for the disk.
    """

    def __init__(
        self,
        directory: Path,
        *,
        prefix: str = "newskeep",
        information: Mapping[str, str] | None = None,
        max_bytes: int = 10**9,
        max_age: float = 86400.0,
        clock: Callable[[], datetime] = now,
        on_close: Callable[[Path], None] | None = None,
    ) -> None:
        """Take the settings; the first segment is begun by the first write.

        Args:
            directory: the spool, made when missing.
            prefix: begins the segments' names.
            information: more lines for the warcinfo record (`operator`, `http-header-user-agent` ...).
            max_bytes: a segment that reaches this is closed.
            max_age: seconds after which a segment is closed.
            clock: tells the time.
            on_close: told the path of each closed segment, in the thread that closed it, with the lock held: it
                must only hand the path on.
        """
        self._directory = directory
        self._prefix = re.sub(r"[^A-Za-z0-9]+", "_", prefix)
        self._host = f"{host_name()}.{secrets.token_hex(4)}"
        self._information = dict(information or {})
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._clock = clock
        self._on_close = on_close
        self._serial = 0
        self._segment: _Segment | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, exchange: Exchange, original: Original | None = None) -> WarcLocation:
        """Write response, request and metadata, in this order; return where the first record will lie.

        Where the exchange only repeats `original`, that is a revisit record.

        Raises:
            WarcError: the disk is full or fails. What was written before stays whole.
        """
        response, request, metadata = records_of(exchange, original)
        return self._append((response, request, *metadata), response)

    def write_resource(
        self,
        url: str,
        media_type: str,
        body: bytes,
        fetched_at: datetime,
        *,
        metadata: MetadataLines = (),
    ) -> WarcLocation:
        """Write a page that did not come over HTTP (§6.4); return where its record will lie.

        Raises:
            WarcError: as `write`.
        """
        resource = resource_of(url, media_type, body, fetched_at)
        return self._append((resource, *metadata_of(url, fetched_at, metadata, resource)), resource)

    def sync(self) -> None:
        """Wait until all that was written is on the disk.

        Raises:
            WarcError: the disk fails.
        """
        with self._lock:
            segment = self._segment
            if segment is None or segment.synced == segment.size:  # closing has waited
                return
            try:
                os.fsync(segment.file.fileno())
            except OSError as error:
                raise WarcError(f"{segment.path}: cannot be flushed: {error.strerror or error}") from error
            segment.synced = segment.size

    def close(self) -> None:
        """Close the segment being written, if there is one; a later write begins another."""
        with self._lock:
            self._close()

    def _append(self, records: tuple[Record, ...], located: Record) -> WarcLocation:
        with self._lock:
            try:
                segment = self._due_segment()
                offset = length = 0
                members = []
                for record in records:
                    named = ("WARC-Warcinfo-ID", f"<{segment.warcinfo_id}>")
                    members.append(gzip_record(attrs.evolve(record, fields=(*record.fields, named))))
                    if record is located:
                        offset = segment.size + sum(map(len, members[:-1]))
                        length = len(members[-1])
                self._write(segment, b"".join(members))
                filename = segment.path.name.removesuffix(OPEN_SUFFIX)
                if segment.size >= self._max_bytes:
                    self._close()
            except OSError as error:
                full = error.errno in {errno.ENOSPC, errno.EDQUOT}
                problem = "the disk is full; make room and run again" if full else error.strerror or str(error)
                raise WarcError(f"{self._directory}: cannot record: {problem}") from error
        return WarcLocation(filename=filename, offset=offset, length=length, record_id=located.id)

    def _write(self, segment: _Segment, members: bytes) -> None:
        """Write all or nothing, so that the segment stays whole."""
        try:
            rest = memoryview(members)
            while rest:  # an unbuffered write may take only a part
                rest = rest[segment.file.write(rest) :]
        except OSError:
            segment.file.truncate(segment.size)
            segment.file.seek(segment.size)
            raise
        segment.size += len(members)

    def _due_segment(self) -> _Segment:
        if self._segment and (self._clock() - self._segment.opened_at).total_seconds() >= self._max_age:
            self._close()
        if self._segment is None:
            self._segment = self._open_segment()
        return self._segment

    def _open_segment(self) -> _Segment:
        opened_at = self._clock().astimezone(UTC)
        timestamp = f"{opened_at:%Y%m%d%H%M%S}{opened_at.microsecond // 1000:03d}"
        filename = f"{self._prefix}-{timestamp}-{self._serial:05d}-{self._host}.warc.gz"
        self._serial += 1
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / f"{filename}{OPEN_SUFFIX}"
        file = _create_locked(path)
        sync_folder(self._directory)  # else a power cut may take the name, and the records with it
        lines = {
            "software": "newskeep",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            **self._information,
        }
        information = Record(
            type="warcinfo",
            date=opened_at,
            content_type=FIELDS,
            block=warc_fields(lines),
            fields=(("WARC-Filename", filename),),
        )
        segment = _Segment(path=path, file=file, opened_at=opened_at, warcinfo_id=information.id)
        self._write(segment, gzip_record(information))
        return segment

    def _close(self) -> None:
        if self._segment is None:
            return
        segment, self._segment = self._segment, None
        with segment.file as file:
            os.fsync(file.fileno())
            path = segment.path.with_name(segment.path.name.removesuffix(OPEN_SUFFIX))
            segment.path.rename(path)
            sync_folder(self._directory)
            fcntl.flock(file, fcntl.LOCK_UN)  # closing is not enough while a child is being forked: it holds it, too
        if self._on_close:
            self._on_close(path)


def host_name() -> str:
    """Return this machine's name as the name of a file may hold it (WARC 1.1, annex C)."""
    return re.sub(r"[^A-Za-z0-9.]+", "_", socket.gethostname())


def _create_locked(path: Path) -> FileIO:
    """Return the new file, locked."""
    while True:
        file = path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return file
        file.close()  # between the two calls another process's recovery took the empty file for a dead one's
