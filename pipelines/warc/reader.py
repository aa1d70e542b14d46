"""Reading WARCs back, ours and other people's."""

import io
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import IO

import attrs
from fastwarc.warc import ArchiveIterator, WarcRecord

from pipelines.errors import WarcError
from pipelines.model import WarcLocation
from pipelines.stores.objects import ObjectStore
from pipelines.warc.exchange import place_of_original
from pipelines.warc.http1 import HeaderPairs, HttpResponse, parse_response, standard_reason
from pipelines.warc.members import members_from
from pipelines.warc.naming import segment_key
from pipelines.warc.records import GZIP, bare_uri, sha256_digest
from pipelines.warc.streams import StoredWarc, Warc, find_warcs

CAPTURES = {"response", "revisit", "resource"}


@attrs.frozen(kw_only=True)
class Recorded:
    """A capture read from a WARC.

    Attributes:
        type: `response`, `revisit` or `resource` (`WARC-Type`).
        url: `WARC-Target-URI`, without angle brackets.
        headers: in order, repeated ones included; a resource has only its Content-Type.
        body: without transfer coding, with content coding; empty in a revisit.
        payload_digest: `sha256:<hex>` of `body`; in a revisit, the digest as recorded, in its own notation.
        location: where the record lies; of use only when each record is a gzip member, or none is compressed.
        original: the record whose body a revisit repeats, its length unknown (0); None when that is not told.
        metadata: the lines of the capture's metadata record; values of a repeated name are joined by a line break.
    """

    type: str
    url: str
    fetched_at: datetime
    status: int
    reason: str
    headers: HeaderPairs
    body: bytes
    payload_digest: str
    truncated: str | None
    ip_address: str | None
    location: WarcLocation
    original: WarcLocation | None = None
    metadata: Mapping[str, str] = MappingProxyType({})


def iter_captures(url_or_path: str | Path, store: ObjectStore | None = None) -> Iterator[Recorded]:
    """Yield the captures of a WARC, or of every WARC in a folder, in the order they were written.

    Response records of other protocols (`dns:`) are passed over: they hold no page.

    Args:
        url_or_path: a path, a `file:` URL or `s3://bucket/key`, of a file or a folder; with `store`, a key in it.
        store: where the key is to be found.

    Raises:
        WarcError: it is missing or broken; the captures before the broken record have been given by then.
        StoreError: the store failed.
    """
    for warc in find_warcs(str(url_or_path), store):
        yield from captures_of(warc)


def captures_of(warc: Warc) -> Iterator[Recorded]:
    """Yield the captures of one WARC; raise as `iter_captures`."""
    with warc.open() as stream:
        yield from _captures(warc.name, stream)


def read_record(store: ObjectStore, location: WarcLocation) -> Recorded:
    """Return one capture from the archive, by asking for its bytes alone; a revisit with the body of its original.

    Raises:
        StoreError: the segment is missing (still in the spool, perhaps) or cannot be read.
        WarcError: there is no whole record at that place, or another one.
    """
    recorded = read_at(StoredWarc(store, segment_key(location.filename)), location)
    if recorded.type != "revisit":
        return recorded
    if recorded.original is None:
        raise WarcError(f"{location.filename}: the revisit at byte {location.offset} does not tell where its body lies")
    return _filled(recorded, read_at(StoredWarc(store, segment_key(recorded.original.filename)), recorded.original))


def read_at(warc: Warc, location: WarcLocation) -> Recorded:
    """Return the capture at a place in a WARC, without the metadata that another record holds.

    Raises:
        StoreError, WarcError: as `read_record`.
    """
    member = warc.read(location.offset, location.length) if location.length else _read_member(warc, location.offset)
    recorded = next(_captures(warc.name, io.BytesIO(member)), None)
    if recorded is None or recorded.location.record_id != location.record_id:
        raise WarcError(f"{warc.name}: byte {location.offset} is not the record {location.record_id}")
    return attrs.evolve(recorded, location=attrs.evolve(location, length=len(member)))


def _read_member(warc: Warc, offset: int) -> bytes:
    """Return the gzip member at a place, which ends where its deflate stream does."""
    member = next(members_from(warc.name, warc.read, offset), None)
    if member is None:
        raise WarcError(f"{warc.name}: ends before byte {offset}")
    return member.raw


def _filled(revisit: Recorded, original: Recorded) -> Recorded:
    """Return the revisit with the body that it repeats; what a 304 does not tell again, the original tells (§6.7.3)."""
    told = original if revisit.status == 304 else revisit
    return attrs.evolve(
        revisit,
        status=told.status,
        reason=told.reason,
        headers=told.headers,
        body=original.body,
        payload_digest=original.payload_digest,
    )


def _captures(name: str, stream: IO[bytes]) -> Iterator[Recorded]:
    """Yield each capture once the record after it is known: with its length and the metadata that follows it."""
    waiting: Recorded | None = None
    try:
        for offset, record, block in _records(name, stream):
            if waiting and not waiting.location.length:
                waiting = _with_length(waiting, offset)
            if _type(record) in CAPTURES:
                if waiting:
                    yield waiting
                waiting = _recorded(name, offset, record, block)
            elif waiting and _type(record) == "metadata" and _names(record, waiting):
                waiting = attrs.evolve(waiting, metadata=_metadata(block))
    except WarcError:
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting if waiting.location.length else _with_length(waiting, stream.tell())


def _records(name: str, stream: IO[bytes]) -> Iterator[tuple[int, WarcRecord, bytes]]:
    """Yield offset, record and block.

    Raises:
        WarcError: with the offset up to which all was well.
    """
    offset, found = 0, False
    try:
        for record in ArchiveIterator(stream, parse_http=False):
            offset, found = record.stream_pos, True
            block = record.reader.read()
            if (record.headers.get("Content-Length") or "").strip() != str(len(block)):
                raise WarcError(f"{name}: the record at byte {offset} is cut short")
            yield offset, record, block
        if not found or not _ends_whole(stream, offset):
            raise WarcError(f"{name}: cut short after byte {offset}" if found else f"{name}: empty, not a WARC")
    except (OSError, ValueError) as error:
        raise WarcError(f"{name}: broken at or after byte {offset}: {error}") from error


def _ends_whole(stream: IO[bytes], offset: int) -> bool:
    """Whether the file ends with the gzip member at `offset`; FastWARC does not mind one that is cut short."""
    stream.seek(offset)
    body = stream.read(1 << 20)
    if body[:2] != b"\x1f\x8b":
        stream.seek(0, io.SEEK_END)
        return True
    inflater = zlib.decompressobj(GZIP)
    while body and not inflater.eof:
        inflater.decompress(body)
        body = inflater.unused_data or stream.read(1 << 20)
    return inflater.eof and not body


def _recorded(name: str, offset: int, record: WarcRecord, block: bytes) -> Recorded | None:
    headers = record.headers
    kind = _type(record)
    if kind != "resource" and not record.is_http:
        return None
    try:
        response = _resource(headers.get("Content-Type"), block) if kind == "resource" else parse_response(block)
        fetched_at = _moment(headers.get("WARC-Date") or "")
    except ValueError as error:
        raise WarcError(f"{name}: the record at byte {offset} is broken: {error}") from error
    body = b"" if kind == "revisit" else _message_body(response, headers.get("WARC-Payload-Digest"))
    return Recorded(
        type=kind,
        url=bare_uri(headers.get("WARC-Target-URI")),
        fetched_at=fetched_at,
        status=response.status,
        reason=response.reason or standard_reason(response.status),
        headers=response.headers,
        body=body,
        payload_digest=(headers.get("WARC-Payload-Digest") or "") if kind == "revisit" else sha256_digest(body),
        truncated=headers.get("WARC-Truncated"),
        ip_address=headers.get("WARC-IP-Address"),
        location=WarcLocation(
            filename=Path(name).name, offset=offset, length=0, record_id=bare_uri(headers.get("WARC-Record-ID"))
        ),
        original=place_of_original(
            headers.get("WARC-Refers-To-Filename"),
            headers.get("WARC-Refers-To-File-Offset"),
            headers.get("WARC-Refers-To"),
        ),
    )


def _message_body(response: HttpResponse, digest: str | None) -> bytes:
    """Return the body without what a server sent beyond its Content-Length: no part of the message (RFC 9112 §6.3).

    Other writers leave the length of a body whose coding they undid; so the recorded payload digest has to agree.
    """
    length = next((value for name, value in reversed(response.headers) if name.lower() == "content-length"), "")
    if length.isascii() and length.isdigit() and int(length) < len(response.body):
        body = response.body[: int(length)]
        return body if sha256_digest(body) == digest else response.body
    return response.body


def _resource(media_type: str | None, body: bytes) -> HttpResponse:
    headers = (("Content-Type", media_type),) if media_type else ()
    return HttpResponse(200, standard_reason(200), headers, body)


def _type(record: WarcRecord) -> str:
    return (record.headers.get("WARC-Type") or "").lower()


def _with_length(recorded: Recorded, end: int) -> Recorded:
    length = max(0, end - recorded.location.offset)
    return attrs.evolve(recorded, location=attrs.evolve(recorded.location, length=length))


def _names(metadata: WarcRecord, recorded: Recorded) -> bool:
    """Whether the metadata record says that it belongs to the capture."""
    named = (*metadata.headers.get_multiple("WARC-Concurrent-To"), metadata.headers.get("WARC-Refers-To"))
    return recorded.location.record_id in map(bare_uri, named)


def _metadata(block: bytes) -> Mapping[str, str]:
    lines: dict[str, str] = {}
    for line in block.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            lines[name.strip()] = "\n".join(filter(None, (lines.get(name.strip()), value.strip())))
    return MappingProxyType(lines)


def _moment(date: str) -> datetime:
    """Return a WARC-Date, which may be no more than a year (WARC 1.1 §5.4)."""
    padded = date + "0001-01-01"[len(date) :] if len(date) < 10 else date
    moment = datetime.fromisoformat(padded)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
