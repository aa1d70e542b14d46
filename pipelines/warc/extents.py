"""How far a capture reaches: its record, and those written right after it that belong to it."""

from collections.abc import Iterator
from urllib.parse import urljoin

import attrs

from pipelines.errors import WarcError
from pipelines.stores.objects import content_of
from pipelines.warc.http1 import parse_response
from pipelines.warc.members import Member, members_from
from pipelines.warc.records import bare_uri
from pipelines.warc.streams import Warc

CAPTURES = {"response", "revisit", "resource"}
BELONGING = {"request", "metadata"}

Fields = dict[str, list[str]]


@attrs.frozen(kw_only=True)
class Extent:
    """The gzip members of one capture.

    Attributes:
        offset, length: of all of them, in bytes.
        records: how many they are.
        sha256: `sha256:<hex>` of their bytes as they lie in the file.
        record_id, warcinfo_id: without angle brackets; the latter None when the record names no warcinfo.
        url: `WARC-Target-URI`.
        source: as the metadata record tells; None when it does not.
        redirect: absolute URL that the answer leads on to; None when it is no redirect.
        repeats: id of the record that a revisit refers to; None when this is none, or it does not say.
    """

    offset: int
    length: int
    records: int
    sha256: str
    record_id: str
    warcinfo_id: str | None
    url: str
    source: str | None
    redirect: str | None
    repeats: str | None


@attrs.frozen(kw_only=True)
class _Member:
    """One record in one gzip member; the names of its fields are in lower case."""

    offset: int
    raw: bytes
    fields: Fields
    block: bytes

    def tells(self, name: str) -> str:
        """Return a field without angle brackets; empty when there is none."""
        return bare_uri(self.fields.get(name, [""])[0])

    def belongs_to(self, capture: "_Member") -> bool:
        """Whether the record names the capture as its own."""
        named = (*self.fields.get("warc-concurrent-to", ()), *self.fields.get("warc-refers-to", ()))
        return self.tells("warc-type") in BELONGING and capture.tells("warc-record-id") in map(bare_uri, named)


def extents_of(warc: Warc, offset: int = 0) -> Iterator[Extent]:
    """Yield the captures from a place on; records that belong to none are passed over.

    Raises:
        WarcError: the file is broken there, or has not one record a gzip member.
        StoreError: the store failed.
    """
    waiting: list[_Member] = []
    for member in _members(warc, offset):
        if waiting and member.belongs_to(waiting[0]):
            waiting.append(member)
            continue
        if waiting:
            yield _extent(waiting)
        waiting = [member] if member.tells("warc-type") in CAPTURES else []
    if waiting:
        yield _extent(waiting)


def read_lines(warc: Warc, offset: int) -> dict[str, str]:
    """Return the first of each line of the metadata record at a place; none when another record lies there.

    Raises:
        WarcError, StoreError: as `extents_of`.
    """
    member = next(_members(warc, offset), None)
    if member is None or member.tells("warc-type") != "metadata":
        return {}
    return {name: values[0] for name, values in _fields(member.block).items()}


def _members(warc: Warc, offset: int) -> Iterator[_Member]:
    for member in members_from(warc.name, warc.read, offset):
        yield _member(warc, member)


def _member(warc: Warc, member: Member) -> _Member:
    head, blank, rest = member.content.partition(b"\r\n\r\n")
    fields = _fields(head.partition(b"\r\n")[2])
    length = fields.get("content-length", [""])[0]
    if not head.startswith(b"WARC/") or not blank or not length.isdecimal() or rest[int(length) :] != b"\r\n\r\n":
        raise WarcError(f"{warc.name}: byte {member.offset} is not one record in a gzip member of its own")
    return _Member(offset=member.offset, raw=member.raw, fields=fields, block=rest[: int(length)])


def _extent(members: list[_Member]) -> Extent:
    capture, raw = members[0], b"".join(member.raw for member in members)
    told = [_fields(member.block) for member in members if member.tells("warc-type") == "metadata"]
    url = capture.tells("warc-target-uri")
    return Extent(
        offset=capture.offset,
        length=len(raw),
        records=len(members),
        sha256=content_of(raw).sha256,
        record_id=capture.tells("warc-record-id"),
        warcinfo_id=capture.tells("warc-warcinfo-id") or None,
        url=url,
        source=next((lines["source"][0] for lines in told if "source" in lines), None),
        redirect=_redirect(url, capture.block),
        repeats=capture.tells("warc-refers-to") or None,
    )


def _redirect(url: str, block: bytes) -> str | None:
    if not block.startswith(b"HTTP/"):
        return None
    try:
        answer = parse_response(block)
        targets = [value for name, value in answer.headers if name.lower() == "location"]
        return urljoin(url, targets[0]) if targets and 300 <= answer.status < 400 else None
    except ValueError:
        return None


def _fields(text: bytes) -> Fields:
    found: Fields = {}
    for line in text.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found
