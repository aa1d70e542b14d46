"""A segment against the manifest and the standard; several at once when there is much to read."""

import hashlib
import multiprocessing
import os
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice

import attrs

from pipelines.errors import MissingObjectError
from pipelines.stores import Content, ObjectStore, StoredObject, open_store
from pipelines.warc.lint import lint_warc
from pipelines.warc.records import GZIP
from pipelines.warc.streams import StoredWarc

# Below this a process that imports all we need costs more than it saves: 1.5 s, in which one core reads about 50 MB.
MANY_BYTES = 100 * 2**20
READ_SIZE = 1 << 20
SHOWN = 20  # findings of one segment; a broken writer repeats itself in every record


@attrs.frozen(kw_only=True)
class SegmentReport:
    """What was found in a segment.

    Attributes:
        content: None when it has gone.
        records: how many could be read.
        findings: one line for each error, the first `SHOWN` of them.
        errors: how many there are.
    """

    key: str
    content: Content | None
    records: int = 0
    findings: tuple[str, ...] = ()
    errors: int = 0


def check_segments(store: ObjectStore, segments: Iterable[StoredObject]) -> Iterator[SegmentReport]:
    """Yield a report on each segment, in order, on all cores when they are large.

    Raises:
        StoreError: the store failed.
    """
    waiting, size, some = iter(segments), 0, []
    for segment in waiting:
        some.append(segment)
        size += segment.size
        if size > MANY_BYTES:
            break
    if size <= MANY_BYTES or (os.cpu_count() or 1) == 1:
        yield from (check_segment(store, segment.key) for segment in chain(some, waiting))
        return
    workers = os.cpu_count() or 1
    keys = (segment.key for segment in chain(some, waiting))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _open, (store.url,)) as pool:
        while batch := list(islice(keys, 4 * workers)):
            yield from pool.map(_check, batch)


def check_segment(store: ObjectStore, key: str) -> SegmentReport:
    """Read a segment twice, for its digest and for the standard's rules; StoreError when the store fails."""
    warc = StoredWarc(store, key)
    try:
        content, records = _read_through(warc)
        errors = [
            f"byte {finding.offset}: {finding.message} ({finding.rule}, {finding.section})"
            for finding in lint_warc(warc)
            if finding.severity == "error"
        ]
    except MissingObjectError:
        return SegmentReport(key=key, content=None)
    return SegmentReport(key=key, content=content, records=records, findings=tuple(errors[:SHOWN]), errors=len(errors))


def _read_through(warc: StoredWarc) -> tuple[Content, int]:
    """Return the content, and the number of gzip members, which are records, up to the first that is broken."""
    digest, size, members = hashlib.sha256(), 0, MemberCount()
    with warc.open() as stream:
        while body := stream.read(READ_SIZE):
            digest.update(body)
            size += len(body)
            members.feed(body)
    return Content(size, f"sha256:{digest.hexdigest()}"), members.count


class MemberCount:
    """Counts the gzip members of what it is fed with; what is broken, and where, is for the linter to say."""

    def __init__(self) -> None:
        self.count = 0
        self._is_broken = False
        self._inflater = zlib.decompressobj(GZIP)

    def feed(self, body: bytes) -> None:
        """Take the next bytes."""
        try:
            while body and not self._is_broken:
                self._inflater.decompress(body)
                body = self._inflater.unused_data
                if self._inflater.eof:
                    self.count += 1
                    self._inflater = zlib.decompressobj(GZIP)
        except zlib.error:
            self._is_broken = True


_stores: list[ObjectStore] = []  # of a worker process, which opens its own


def _open(url: str) -> None:
    _stores.append(open_store(url))


def _check(key: str) -> SegmentReport:
    return check_segment(_stores[0], key)
