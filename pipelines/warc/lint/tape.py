"""The plain bytes of a WARC from front to back, with the places where gzip members begin."""

import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO

import attrs

from pipelines.warc.lint.findings import Notes
from pipelines.warc.records import GZIP

MAGIC = b"\x1f\x8b\x08"
RECORD = b"WARC/"
STEP = 1 << 16  # large enough to be quick, small enough to be copied for each little member that it ends in
PLAIN_STEP = 1 << 20


@attrs.frozen
class Piece:
    """Some plain bytes.

    Attributes:
        offset: of the gzip member they come from; of themselves in a plain file.
        starts: whether a gzip member, or the plain file, begins with them.
        packed: whether they were compressed.
        end: where in the file the compressed bytes end that they come from.
        broken: whether the member ends here because it is damaged or cut short.
    """

    data: bytes
    offset: int
    starts: bool = False
    packed: bool = True
    end: int = 0
    broken: bool = False


def pieces_of(stream: IO[bytes], notes: Notes, on_read: Callable[[bytes], object] | None = None) -> Iterator[Piece]:
    """Yield the plain bytes of a WARC, which is read to its end without seeking; note what is wrong with its gzip.

    `on_read` is told each part of the file as it lies there.
    """

    def read() -> bytes:
        data = stream.read(STEP)
        if on_read:
            on_read(data)
        return data

    first = read()
    if first.startswith(MAGIC):
        yield from _Gzip(read, first, notes).pieces()
        return
    offset, data = 0, first
    while data:
        yield Piece(data, offset, starts=offset == 0, packed=False)
        offset += len(data)
        data = read()


class _Gzip:
    """Inflates members; after damage it goes on with the next member that holds a record."""

    def __init__(self, read: Callable[[], bytes], first: bytes, notes: Notes) -> None:
        self._read = read
        self._waiting = first
        self._offset = 0
        self._notes = notes

    def pieces(self) -> Iterator[Piece]:
        while self._waiting:
            if self._begins_member():
                yield from self._member()
            else:
                self._skip_garbage()

    def _begins_member(self) -> bool:
        if len(self._waiting) < len(MAGIC):
            self._waiting += self._read()
        return self._waiting.startswith(MAGIC)

    def _member(self) -> Iterator[Piece]:
        offset, starts, inflater = self._offset, True, zlib.decompressobj(GZIP)
        while not inflater.eof:
            given = self._waiting
            try:
                data = inflater.decompress(given, PLAIN_STEP)
            except zlib.error as error:
                self._notes.add("gzip-damaged", offset, f"this gzip member is damaged: {error}")
                yield Piece(b"", offset, starts=starts, broken=True)
                self._advance(1)
                self._seek_record()
                return
            if not (given or data or inflater.eof):
                self._notes.add("gzip-cut", offset, "the file ends within this gzip member")
                yield Piece(b"", offset, starts=starts, broken=True)
                return
            self._advance(len(given) - len(inflater.unconsumed_tail) - len(inflater.unused_data))
            if data or inflater.eof:
                yield Piece(data, offset, starts=starts, end=self._offset)
                starts = False

    def _advance(self, count: int) -> None:
        self._offset += count
        self._waiting = self._waiting[count:] or self._read()

    def _skip_garbage(self) -> None:
        begin = self._offset
        self._seek_record()
        self._notes.add("gzip-garbage", begin, f"{self._offset - begin} bytes that are no gzip member")

    def _seek_record(self) -> None:
        """Go to the next gzip member that begins with a record."""
        while self._waiting:
            found = self._waiting.find(MAGIC)
            if found < 0:  # the magic may lie across two reads
                keep = min(len(MAGIC) - 1, len(self._waiting))
                more = self._read()
                self._offset += len(self._waiting) - (keep if more else 0)
                self._waiting = self._waiting[-keep:] + more if more else b""
                continue
            self._offset += found
            self._waiting = self._waiting[found:]
            if len(self._waiting) < STEP // 4:
                self._waiting += self._read()
            if _holds_record(self._waiting):
                return
            self._advance(1)


def _holds_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(GZIP).decompress(data[: STEP // 4], len(RECORD)) == RECORD
    except zlib.error:
        return False


class Tape:
    """The plain bytes, read front to back; what a reading method gives never goes beyond the gzip member being read.

    Attributes:
        packed: whether the file is compressed.
        starts: whether nothing of the member has been read yet.
        broken: whether this member ends before its time, damaged or cut short.
    """

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._next = next(pieces, None)
        self._buffer = b""
        self._at = self._base = self._end = 0
        self.packed = self._next is not None and self._next.packed
        self.starts = self.broken = False
        self.next_member()

    @property
    def offset(self) -> int:
        """Where the gzip member begins in the file; in a plain file, where the next byte lies."""
        return self._base if self.packed else self._base + self._at

    @property
    def end(self) -> int:
        """Where the gzip member ends in the file, when all of it is read; in a plain file, where the next byte lies."""
        self.peek(1)
        return self._end if self.packed else self.offset

    def next_member(self) -> bool:
        """Go to the next member, whatever is left of this one; False when there is none."""
        while self._next is not None and not self._next.starts:
            self._fill()
        if self._next is None:
            self._drop()
            return False
        self._buffer, self._at, self._base, self._end = self._next.data, 0, self._next.offset, self._next.end
        self.starts, self.broken = True, self._next.broken
        self._next = next(self._pieces, None)
        return True

    def goes_on(self) -> bool:
        """Whether the next member begins within a record."""
        return self._next is not None and bool(self._next.data) and not self._next.data.startswith(RECORD)

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end of the member; they stay to be read."""
        while len(self._buffer) - self._at < size and self._fill():
            pass
        return self._buffer[self._at : self._at + size]

    def take(self, size: int) -> bytes:
        """Read at most `size` bytes, at least one; none at the end of the member."""
        data = self.peek(1) and self._buffer[self._at : self._at + size]
        self._advance(len(data))
        return data

    def take_until(self, mark: re.Pattern[bytes], limit: int) -> bytes | None:
        """Read up to and with `mark`; None, and nothing is read, when it is not within `limit` bytes of the member."""
        while (found := mark.search(self._buffer, self._at)) is None:
            if len(self._buffer) - self._at > limit or not self._fill():
                return None
        return self.take(found.end() - self._at)

    def skip_to(self, mark: re.Pattern[bytes], margin: int) -> int:
        """Go to `mark`, which is at most `margin` bytes long, or to the end of the member; return how far that was."""
        skipped = 0
        while True:
            found = mark.search(self._buffer, self._at)
            more = found is not None or (self._next is not None and not self._next.starts)
            goal = found.start() if found else max(self._at, len(self._buffer) - (margin if more else 0))
            skipped += goal - self._at
            self._advance(goal - self._at)
            if found or not self._fill():
                return skipped

    def _fill(self) -> bool:
        """Add the next piece of this member; False when there is none."""
        if self._next is None or self._next.starts:
            return False
        self._drop()
        self._buffer += self._next.data
        self._end = self._next.end
        self.broken = self.broken or self._next.broken
        self._next = next(self._pieces, None)
        return True

    def _advance(self, count: int) -> None:
        self._at += count
        self.starts = self.starts and not count

    def _drop(self) -> None:
        """Forget what has been read."""
        if not self.packed:
            self._base += self._at
        self._buffer, self._at = self._buffer[self._at :], 0
