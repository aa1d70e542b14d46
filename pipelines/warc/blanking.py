"""A record in the place of others: exactly as long as they were, so that all that follows them stays where it is."""

import uuid
import zlib
from collections.abc import Iterator
from datetime import datetime

import attrs

from pipelines.errors import WarcError
from pipelines.warc.records import FIELDS, GZIP, Record, gzip_record, warc_fields

Lines = tuple[tuple[str, str], ...]

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip, deflate, no flags, no time, unknown system (RFC 1952 §2.3)
ENDS = len(HEAD) + 8  # with CRC and size at the end
STORED = 0xFFFF  # most bytes in a stored block, which has 5 more at its head (RFC 1951 §3.2.4)
ATTEMPTS = 4
PAD_LINE = 100
PAD_LEAST = len(b"padding: .\r\n")


def blank_member(
    length: int, lines: Lines, *, date: datetime, name: str, warcinfo_id: str | None, spare: str | None = None
) -> bytes:
    """Return a gzip member of `length` bytes that holds one `metadata` record with these lines, and padding.

    `metadata` is the type for what is told about the archive's content (WARC 1.1 §6.6); unlike `resource` and
    `conversion` it need not name the URL again. The member is stored, not deflated, so it can be read in a hex dump,
    and every length is reached by plain content: no reader meets an empty block or a header field that it may not know.
    The same arguments always give the same bytes.

    Args:
        length: in bytes.
        lines: `application/warc-fields`.
        date: `WARC-Date`.
        name: what the record id is made from; unique in the world.
        warcinfo_id: of the file, without angle brackets.
        spare: the line that is left out where there is no room.

    Raises:
        WarcError: not even the other lines have room.
    """
    shorter = tuple(line for line in lines if line[0] != spare)
    for chosen in (lines, shorter):
        record = Record(
            type="metadata",
            date=date,
            content_type=FIELDS,
            block=warc_fields(chosen),
            fields=(("WARC-Warcinfo-ID", f"<{warcinfo_id}>" if warcinfo_id else None),),
            id=uuid.uuid5(uuid.NAMESPACE_URL, name).urn,
        )
        for blocks, size in _shapes(length):
            content = _padded(record, size)
            if content is not None:
                return _stored(content, blocks)
    raise WarcError(f"{length} bytes have no room for a record that tells what stood there")


def _shapes(length: int) -> Iterator[tuple[int, int]]:
    """Yield how many stored blocks and how much content make a member of this length, fewest blocks first."""
    room = length - ENDS
    least = max(1, -(-room // (STORED + 5)))
    yield from ((blocks, room - 5 * blocks) for blocks in range(least, least + ATTEMPTS))


def _padded(record: Record, size: int) -> bytes | None:
    """Return the record with padding that makes it `size` bytes; None when no padding does.

    That is so where it has no room, and where one byte more of padding takes another digit of Content-Length.
    """
    padding = PAD_LEAST
    for _ in range(3):  # the first guess tells the size of all else, the second the digits of Content-Length
        content = _content(record, padding)
        if len(content) == size:
            return content
        padding += size - len(content)
        if padding < PAD_LEAST:
            return None
    return None


def _content(record: Record, padding: int) -> bytes:
    full = max(0, padding // PAD_LINE - 1)
    lines = [b"padding: %s\r\n" % (b"." * (PAD_LINE - 11))] * full
    last = b"padding: %s\r\n" % (b"." * (padding - full * PAD_LINE - 11))
    block = record.block + b"".join((*lines, last))
    return zlib.decompress(gzip_record(attrs.evolve(record, block=block)), GZIP)


def _stored(content: bytes, blocks: int) -> bytes:
    """Return the content as a gzip member of so many stored blocks."""
    step = -(-len(content) // blocks)
    parts = [HEAD]
    for number in range(blocks):
        part = content[number * step : (number + 1) * step]
        last = number == blocks - 1
        parts += [bytes([last]), len(part).to_bytes(2, "little"), (len(part) ^ 0xFFFF).to_bytes(2, "little"), part]
    end = (zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return b"".join((*parts, *(number.to_bytes(4, "little") for number in end)))
