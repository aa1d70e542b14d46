"""Chosen captures in a WARC of their own: the gzip members of their records, copied byte for byte."""

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

import attrs

from pipelines.errors import MissingObjectError, WarcError
from pipelines.model import WarcLocation
from pipelines.stores.objects import ObjectStore
from pipelines.warc.cdxj import Fields, index_members, parse_fields
from pipelines.warc.exchange import place_of_original
from pipelines.warc.members import Member, members_from
from pipelines.warc.naming import segment_key
from pipelines.warc.records import FIELDS, GZIP, Record, bare_uri, gzip_record, warc_fields
from pipelines.warc.sorting import DiskSet
from pipelines.warc.streams import StoredWarc

READ_AHEAD = 1 << 16  # request and metadata take some 2 KB
BELONGING = {"request", "metadata"}


class Sink(Protocol):
    """Where bytes go."""

    def write(self, body: bytes, /) -> object:
        """Take all of it."""


@attrs.frozen
class RawMember:
    """A record as a segment holds it.

    Attributes:
        raw: its gzip member.
        content: what that holds, inflated.
    """

    raw: bytes
    content: bytes

    @property
    def fields(self) -> Fields:
        """The named fields of the record."""
        return parse_fields(self.content.partition(b"\r\n\r\n")[0])


class SelectedWarc:
    """A WARC that takes captures from the archive; each comes once, a revisit with its original before it.

    The copied records keep the `WARC-Warcinfo-ID` of the segment they came from, whose warcinfo record comes with them
    (WARC 1.1 §5.14 provides for files that are combined so). `size` is how many bytes were written.
    """

    def __init__(
        self,
        store: ObjectStore,
        output: Sink,
        *,
        taken: DiskSet,
        index: DiskSet | None = None,
        filename: str | None = None,
        information: Mapping[str, str],
        now: datetime,
    ) -> None:
        """Begin the WARC with a warcinfo record.

        Args:
            store: the archive.
            output: takes the WARC.
            taken: remembers the captures, empty at first.
            index: takes the lines of the WARC's CDXJ.
            filename: what the WARC is called; None when it has no name.
            information: more lines for the warcinfo record.
            now: the time, aware.
        """
        self._store = store
        self._output = output
        self._taken = taken
        self._index = index
        self._filename = filename or ""
        self.size = 0
        self._write(_information(filename, information, now))

    def add(self, location: WarcLocation) -> None:
        """Copy the records of the capture at `location`, unless they are here already.

        Raises:
            WarcError: the segment is missing, or holds something else at that place.
            StoreError: the store failed.
        """
        if not self._taken.add(location.record_id.encode()):
            return
        members = read_capture(self._store, location)
        original = original_of(members[0], location)
        if original and self._taken.add(original.record_id.encode()):
            self._introduce(original.filename)
            self._copy(read_capture(self._store, original))
        self._introduce(location.filename)
        self._copy(members)

    def _introduce(self, filename: str) -> None:
        """Copy a segment's warcinfo record before its first capture: who crawled, with what, by which rules."""
        if not self._taken.add(f"warcinfo of {filename}".encode()):
            return
        segment = StoredWarc(self._store, segment_key(filename))
        first = next(members_from(segment.name, segment.read), None)
        if first is not None and parse_fields(first.content.partition(b"\r\n\r\n")[0]).get("warc-type") == "warcinfo":
            self._write(first.raw)

    def _copy(self, members: tuple[RawMember, ...]) -> None:
        placed = []
        for member in members:
            placed.append(Member(self.size, member.raw, member.content))
            self._write(member.raw)
        if self._index is not None:
            self._index.update(found.line for found in index_members(placed, self._filename))

    def _write(self, body: bytes) -> None:
        self._output.write(body)
        self.size += len(body)


def read_capture(store: ObjectStore, location: WarcLocation) -> tuple[RawMember, ...]:
    """Return the record at `location`, and after it the request and metadata records of the same capture.

    Raises:
        WarcError: the segment is missing, or has no whole record there, or another one.
        StoreError: the store failed.
    """
    key = segment_key(location.filename)
    where = f"{store.url}/{key}"
    try:
        first, *others = _members_of_capture(store, key, location)
    except MissingObjectError as error:
        raise WarcError(f"{where}: not in the archive; if it waits in the spool, the next crawl uploads it") from error
    except zlib.error as error:
        raise WarcError(f"{where}: damaged at or after byte {location.offset}: {error}") from error
    except ValueError as error:
        raise WarcError(f"{where}: the record at byte {location.offset} is cut short") from error
    if bare_uri(first.fields.get("warc-record-id", "")) != location.record_id:
        raise WarcError(f"{where}: byte {location.offset} is not the record {location.record_id}")
    return first, *others


def original_of(member: RawMember, location: WarcLocation) -> WarcLocation | None:
    """Return where the record lies that holds a revisit's body; None when `member` is no revisit.

    Raises:
        WarcError: it is one and does not tell.
    """
    fields = member.fields
    if fields.get("warc-type") != "revisit":
        return None
    place = place_of_original(
        fields.get("warc-refers-to-filename"), fields.get("warc-refers-to-file-offset"), fields.get("warc-refers-to")
    )
    if place is None:
        raise WarcError(f"{location.filename}: the revisit at byte {location.offset} does not tell where its body lies")
    return place


def _members_of_capture(store: ObjectStore, key: str, location: WarcLocation) -> Iterator[RawMember]:
    """Yield the member at `location` and those after it that belong to it, and read little more than them.

    Raises:
        ValueError: the segment ends within a member, or before the first.
    """
    position, step, waiting, found = location.offset, location.length + READ_AHEAD, b"", False
    while True:
        inflater, raw, content = zlib.decompressobj(GZIP), bytearray(), bytearray()
        while not inflater.eof:
            if not waiting:
                waiting = store.get(key, start=position, length=step)
                position, step = position + len(waiting), max(READ_AHEAD, 2 * len(raw))
            if not waiting and (raw or not found):
                raise ValueError("cut short")
            if not waiting:
                return
            content += inflater.decompress(waiting)
            raw += waiting[: len(waiting) - len(inflater.unused_data)]
            waiting = inflater.unused_data
            if found and not _may_belong(content, location):
                return
        yield RawMember(bytes(raw), bytes(content))
        found = True


def _may_belong(content: bytearray, location: WarcLocation) -> bool:
    """Whether the record that begins with `content` is of the capture at `location`, as far as one can see."""
    head, blank, _ = content.partition(b"\r\n\r\n")
    if not blank:
        return True
    fields = parse_fields(bytes(head))
    named = fields.get("warc-concurrent-to", "").split()
    return fields.get("warc-type") in BELONGING and f"<{location.record_id}>" in named


def _information(filename: str | None, information: Mapping[str, str], now: datetime) -> bytes:
    lines = {
        "software": "newskeep",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": "not told",
        "robots": "as the warcinfo records of the segments tell",
        "http-header-user-agent": "as the warcinfo records of the segments tell",
        "description": "captures chosen from an archive; WARC-Warcinfo-ID names the segment that each was written to",
        **information,
    }
    fields = (("WARC-Filename", filename),)
    return gzip_record(Record(type="warcinfo", date=now, content_type=FIELDS, block=warc_fields(lines), fields=fields))
