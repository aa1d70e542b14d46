"""The records of a file, cut at the right places."""

import mmap
import re
import tempfile
from collections.abc import Iterator

import attrs

from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.header import Header, parse_header
from pipelines.warc.lint.tape import RECORD, Tape

HEADER_LIMIT = 1 << 20
HEADER_END = re.compile(rb"\n\r?\n")
NEXT_RECORD = re.compile(rb"WARC/\d\.\d\r?\n")
MARGIN = 12  # bytes that NEXT_RECORD takes, at most
SEPARATOR = b"\r\n\r\n"
HELD = 64 * 2**20  # a larger block lies in a temporary file, so that memory stays bounded

Block = bytes | mmap.mmap


@attrs.frozen(kw_only=True)
class RawRecord:
    """A record as it lies in the file.

    Attributes:
        offset: of the record, or of the gzip member that it begins in.
        whole: whether the block is all that Content-Length promises and the record ends as it should.
    """

    offset: int
    header: Header
    block: Block
    whole: bool


def iter_records(tape: Tape, notes: Notes) -> Iterator[RawRecord]:
    """Yield the records of a file; note what is wrong with how they are packed and where they end."""
    if not tape.peek(1) and not tape.broken and not tape.goes_on():
        notes.add("file-empty", 0, "the file holds no record")
        return
    found, crowded = False, -1
    while True:
        if not tape.peek(1):
            if tape.starts and not tape.broken:
                notes.add("gzip-empty", tape.offset, "this gzip member holds nothing")
            if not tape.next_member():
                return
            continue
        if tape.peek(len(RECORD)) != RECORD:
            _skip_garbage(tape, notes, found=found)
            continue
        if tape.packed and not tape.starts and crowded != tape.offset:
            crowded = tape.offset
            notes.add("gzip-many-records", crowded, "this gzip member holds more than one record")
        record = _read_record(tape, notes)
        if record:
            found = True
            yield record


def _skip_garbage(tape: Tape, notes: Notes, *, found: bool) -> None:
    begins, offset = tape.peek(40), tape.offset
    skipped = tape.skip_to(NEXT_RECORD, MARGIN)
    if tape.broken:
        return  # what is left of a damaged member
    rule = "record-garbage" if found or offset else "not-a-warc"
    notes.add(rule, offset, f"{skipped} bytes that are no WARC record: {shown(begins)}")


def _read_record(tape: Tape, notes: Notes) -> RawRecord | None:
    offset = tape.offset
    raw = tape.take_until(HEADER_END, HEADER_LIMIT)
    if raw is None:
        tape.take(len(RECORD))
        tape.skip_to(NEXT_RECORD, MARGIN)
        if not tape.broken:
            notes.add("header-end", offset, "no blank line ends the header")
        return None
    header = parse_header(raw, offset, notes)
    length = header.get("content-length")
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        tape.skip_to(NEXT_RECORD, MARGIN)
        return RawRecord(offset=offset, header=header, block=b"", whole=False)
    block, split = _read_block(tape, int(length))
    if split:
        notes.add("gzip-split-record", offset, "this record goes on in the next gzip member")
    whole = _check_end(tape, offset, len(block), int(length), notes)
    return RawRecord(offset=offset, header=header, block=block, whole=whole)


def _read_block(tape: Tape, length: int) -> tuple[Block, bool]:
    """Return the block, shorter when it is cut, and whether it goes on over gzip members."""
    parts: list[bytes] = []
    size, split, file = 0, False, None
    while size < length:
        data = tape.take(length - size)
        if not data:
            if tape.broken or not tape.goes_on():
                break
            tape.next_member()
            split = True
            continue
        parts.append(data)
        size += len(data)
        if size > HELD and file is None:
            file = tempfile.TemporaryFile()  # noqa: SIM115 - the mapping outlives it
        if file:
            file.writelines(parts)
            parts.clear()
    if not file:
        return b"".join(parts), split
    with file:
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), split


def _check_end(tape: Tape, offset: int, size: int, length: int, notes: Notes) -> bool:
    """Read what separates records; say whether all is there."""
    if size < length:
        if not tape.broken:
            notes.add("record-cut", offset, f"the block has {size} bytes, Content-Length says {length}")
        return False
    after = tape.peek(len(SEPARATOR))
    if after == SEPARATOR:
        tape.take(len(SEPARATOR))
        return True
    skipped = tape.skip_to(NEXT_RECORD, MARGIN)
    if not tape.broken:
        told = f"{skipped} bytes, of which the first are {after!r}, instead of two line breaks" if after else "nothing"
        notes.add("record-end", offset, f"after the {length} bytes of the block comes {told}")
    return False
