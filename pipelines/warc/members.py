"""Proving a segment: every gzip member whole, every length and block digest right."""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from pipelines.errors import WarcError
from pipelines.warc.records import GZIP

READ_SIZE = 1 << 18
Read = Callable[[int, int], bytes]
DIGESTS = {"sha256": 64, "sha1": 40, "md5": 32}


@attrs.frozen
class Member:
    """A gzip member of a segment.

    Attributes:
        offset: where it begins in the file.
        raw: its bytes as they lie there.
        content: what it holds, inflated.
    """

    offset: int
    raw: bytes
    content: bytes

    @property
    def length(self) -> int:
        """How long it is in the file, in bytes."""
        return len(self.raw)


class BrokenRecordError(WarcError):
    """A record is not whole or not what it claims; all before it is well.

    Attributes:
        offset: where its gzip member begins.
    """

    def __init__(self, name: str, offset: int, problem: str) -> None:
        super().__init__(f"{name}: the record at byte {offset} {problem}")
        self.offset = offset


class CutShortError(BrokenRecordError):
    """The file ends within a gzip member, as after a crash."""

    def __init__(self, name: str, offset: int) -> None:
        super().__init__(name, offset, "is cut short")


def validate_segment(path: Path) -> int:
    """Return how many whole records the segment holds, one a gzip member.

    Raises:
        CutShortError: the file ends within a member.
        BrokenRecordError: a member is damaged, is not one whole record, or does not match its block digest. (The
            payload digest follows from the block; how to undo a server's odd transfer coding is no sign of damage.)
    """
    count = 0
    for member in iter_members(path):
        problem = _problem(member.content)
        if problem:
            raise BrokenRecordError(str(path), member.offset, problem)
        count += 1
    return count


def iter_members(path: Path) -> Iterator[Member]:
    """Yield the gzip members in order.

    Raises:
        CutShortError, BrokenRecordError: the file ends within a member, or one is damaged.
        WarcError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield from members_from(str(path), lambda _, length: file.read(length))
    except OSError as error:
        raise WarcError(f"{path}: cannot be read: {error.strerror or error}") from error


def members_from(name: str, read: Read, offset: int = 0) -> Iterator[Member]:
    """Yield the gzip members of the file `name` from `offset` on.

    `read(position, length)` returns the file's bytes from a position on, fewer at the end; positions come in order.

    Raises:
        CutShortError, BrokenRecordError: the file ends within a member, or one is damaged.
    """
    waiting = read(offset, READ_SIZE)
    while waiting:
        inflater, raw, content = zlib.decompressobj(GZIP), bytearray(), bytearray()
        while not inflater.eof:
            if not waiting:
                raise CutShortError(name, offset)
            try:
                content += inflater.decompress(waiting)
            except zlib.error as error:
                raise BrokenRecordError(name, offset, f"is damaged: {error}") from error
            raw += waiting[: len(waiting) - len(inflater.unused_data)]
            waiting = inflater.unused_data or read(offset + len(raw), READ_SIZE)
        yield Member(offset, bytes(raw), bytes(content))
        offset += len(raw)


def _problem(content: bytes) -> str | None:
    """Say what is wrong with the record; None when nothing is."""
    head, blank, rest = content.partition(b"\r\n\r\n")
    if not blank or not head.startswith(b"WARC/1."):
        return "is no WARC record"
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    }
    length = fields.get("content-length", "")
    if not length.isdigit() or rest[int(length) :] != b"\r\n\r\n":
        return "does not have the length it claims"
    block = rest[: int(length)]
    return None if _matches(fields.get("warc-block-digest"), block) else "does not match its block digest"


def _matches(digest: str | None, body: bytes) -> bool:
    """Whether a hex digest is right; one in another notation is not ours to judge."""
    algorithm, _, value = (digest or "").partition(":")
    if DIGESTS.get(algorithm) != len(value):
        return True
    return hashlib.new(algorithm, body, usedforsecurity=False).hexdigest() == value.lower()
