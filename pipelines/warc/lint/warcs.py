"""The check of a WARC file, in one pass."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO, Protocol

import attrs

from pipelines.warc.lint.body import check_body, check_identified_type, check_payload_digest
from pipelines.warc.lint.captures import Captures, check_revisit, is_identical
from pipelines.warc.lint.digests import parse_digest
from pipelines.warc.lint.fields import check_fields
from pipelines.warc.lint.findings import Finding, Notes
from pipelines.warc.lint.header import Header
from pipelines.warc.lint.http import Message, parse_message
from pipelines.warc.lint.information import check_name, check_warc_fields, check_warcinfo
from pipelines.warc.lint.message import check_request, check_response, method_of, status_of
from pipelines.warc.lint.records import Block, RawRecord, iter_records
from pipelines.warc.lint.tape import Tape, pieces_of

BODILESS = {204, 304}


class Readable(Protocol):
    """A file to be checked: a `Warc`, or anything else with a name that can be opened."""

    @property
    def name(self) -> str:
        """Path or URL, as findings show it."""
        ...

    def open(self) -> IO[bytes]:
        """Return it as a stream."""
        ...


@attrs.frozen(kw_only=True)
class Place:
    """Where a record lies.

    Attributes:
        length: in the file, in bytes; that of the gzip member when it is compressed.
    """

    offset: int
    length: int
    type: str
    url: str


def lint_warc(
    warc: Readable,
    *,
    on_read: Callable[[bytes], object] | None = None,
    on_record: Callable[[Place], object] | None = None,
) -> Iterator[Finding]:
    """Yield what breaks the rules in a WARC file, in the order of the records; what only its end shows comes last.

    The file is read once, front to back, to its end, without seeking. Memory holds a block (64 MiB of it; more lies in
    a temporary file) and some 0.5 KB for each record.

    Args:
        warc: the file.
        on_read: told each part of the file as it lies there, so that a digest of the whole costs no second reading.
        on_record: told each record.

    Raises:
        WarcError: the file is missing or cannot be read.
        StoreError: the store failed.
    """
    notes = Notes(warc.name)
    with closing(warc.open()) as stream:
        tape = Tape(pieces_of(stream, notes, on_read))
        name = warc.name.replace("!", "/").rpartition("/")[2]
        check_name(name, notes, packed=tape.packed)
        captures = Captures(notes)
        for record in iter_records(tape, notes):
            _check_record(record, name, captures, notes)
            if on_record:
                length = tape.end - record.offset
                on_record(Place(offset=record.offset, length=length, type=record.header.type, url=record.header.url))
            yield from notes.drain()
        captures.finish()
        yield from notes.drain()


def _check_record(record: RawRecord, name: str, captures: Captures, notes: Notes) -> None:
    header = record.header
    check_fields(record, notes)
    captures.add(header, record.offset)
    message = parse_message(record.block) if _is_http(header) and record.block else None
    if header.type == "revisit":
        check_revisit(header, record.offset, status_of(message) if message else 0, notes)
    if not record.whole:
        return
    _check_block_digest(header, record.block, record.offset, notes)
    if header.type == "warcinfo":
        check_warcinfo(record, name, notes)
    check_warc_fields(record, notes)
    if message:
        _check_message(header, message, record.offset, captures, notes)
    elif _is_http(header) and record.block:
        notes.add("http-head", record.offset, "the block does not begin with an HTTP header that a blank line ends")
    elif header.type in {"resource", "response", "conversion"} and "warc-segment-number" not in header:
        _check_plain_payload(header, record.block, record.offset, notes)


def _is_http(header: Header) -> bool:
    kind = header.get("content-type").lower().replace(" ", "")
    return header.type in {"request", "response", "revisit"} and kind.startswith("application/http")


def _check_block_digest(header: Header, block: Block, offset: int, notes: Notes) -> None:
    digest = parse_digest(header.get("warc-block-digest"))
    if isinstance(digest, str):
        return
    with memoryview(block) as view:
        if not digest.matches((view,)):
            notes.add("block-digest", offset, f"the block of {len(block)} bytes does not match its digest")


def _check_plain_payload(header: Header, block: Block, offset: int, notes: Notes) -> None:
    """Check the payload digest of a record whose payload is its block (§6.4)."""
    digest = parse_digest(header.get("warc-payload-digest"))
    if isinstance(digest, str):
        return
    with memoryview(block) as view:
        if not digest.matches((view,)):
            notes.add("payload-digest", offset, f"the payload of {len(block)} bytes does not match its digest")


def _check_message(header: Header, message: Message, offset: int, captures: Captures, notes: Notes) -> None:
    if header.type == "request":
        check_request(header, message, offset, notes)
        if method_of(message) == "HEAD":
            captures.head_request(header)
    else:
        check_response(header, message, offset, notes)
    if header.type == "revisit":
        _check_truncated(header, message, offset, notes)
        return
    if "warc-segment-number" in header:
        return  # the rest lies in other records
    missing = check_body(header, message, offset, notes)
    check_payload_digest(header, message, offset, notes)
    check_identified_type(header, message, offset, notes)
    if not missing or "warc-truncated" in header or status_of(message) in BODILESS or 0 < status_of(message) < 200:
        return
    if message.size:
        notes.add("truncated-undeclared", offset, f"{missing}, and no WARC-Truncated says why")
    else:
        captures.body_missing(header, offset, missing)


def _check_truncated(header: Header, message: Message, offset: int, notes: Notes) -> None:
    if is_identical(header) and not message.size and header.get("warc-truncated") != "length":
        notes.add("revisit-truncated", offset, "the body is left out, but WARC-Truncated: length is missing")
