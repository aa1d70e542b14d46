"""One exchange, and the WARC records that hold it."""

from datetime import datetime
from functools import cached_property

import attrs

from pipelines.model import WarcLocation
from pipelines.warc.records import FIELDS, Record, bare_uri, sha256_digest, warc_date, warc_fields, warc_uri

MetadataLines = tuple[tuple[str, str], ...]

HTTP_RESPONSE = "application/http;msgtype=response"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@attrs.frozen(kw_only=True)
class Exchange:
    """One HTTP exchange as it went over the wire.

    Attributes:
        url: absolute URL that answered.
        fetched_at: when the request began.
        request: the request as sent.
        response: status line, headers and body as received, with any transfer coding.
        payload: the body without transfer coding, with content coding.
        status: HTTP status code.
        ip_address: of the server; None when unknown (a proxy resolved the name).
        protocols: `http/1.1`, `h2`, `tls/1.3` ..., one `WARC-Protocol` each.
        truncated: `length`, `time` or `disconnect`; None when whole.
        metadata: named lines for the metadata record: the candidate's hints, notes of anything rebuilt.
    """

    url: str
    fetched_at: datetime
    request: bytes
    response: bytes
    payload: bytes
    status: int = 200
    ip_address: str | None = None
    protocols: tuple[str, ...] = ()
    cipher_suite: str | None = None
    truncated: str | None = None
    metadata: MetadataLines = ()

    @cached_property
    def payload_digest(self) -> str:
        """`sha256:<hex>` of the payload (`WARC-Payload-Digest`)."""
        return sha256_digest(self.payload)


@attrs.frozen(kw_only=True)
class Original:
    """The response record that holds the body which a URL gave last.

    Attributes:
        fetched_at: its `WARC-Date`.
        payload_digest: `sha256:<hex>`.
    """

    url: str
    fetched_at: datetime
    payload_digest: str
    location: WarcLocation


def place_of_original(filename: str | None, offset: str | None, record_id: str | None) -> WarcLocation | None:
    """Return where the body of a revisit lies, by its `WARC-Refers-To-*` fields, the length unknown (0).

    None when they do not tell.
    """
    if not (filename and offset and offset.isascii() and offset.isdigit()):
        return None
    return WarcLocation(filename=filename, offset=int(offset), length=0, record_id=bare_uri(record_id))


def repeats(exchange: Exchange, original: Original) -> bool:
    """Whether the exchange brought nothing but what `original` holds."""
    return _profile(exchange, original) is not None


def records_of(exchange: Exchange, original: Original | None = None) -> tuple[Record, Record, tuple[Record, ...]]:
    """Return response, request and, when there is something to tell, metadata, each naming the others.

    Where the URL gave the same body before, or answers that it has not changed, a revisit record that refers to
    `original` stands for the response (§6.7).
    """
    common = (("WARC-Target-URI", warc_uri(exchange.url)), ("WARC-IP-Address", exchange.ip_address))
    wire = (*(("WARC-Protocol", name) for name in exchange.protocols), ("WARC-Cipher-Suite", exchange.cipher_suite))
    request = Record(
        type="request",
        date=exchange.fetched_at,
        content_type="application/http;msgtype=request",
        block=exchange.request,
        fields=(*common, *wire),
    )
    profile = _profile(exchange, original) if original else None
    answer = _revisit(exchange, original, profile) if original and profile else _response(exchange)
    answer = attrs.evolve(answer, fields=(*common, *wire, *answer.fields))
    metadata = metadata_of(exchange.url, exchange.fetched_at, exchange.metadata, answer, request)
    return _linked(answer, request, *metadata), _linked(request, answer, *metadata), metadata


def resource_of(url: str, media_type: str, body: bytes, fetched_at: datetime) -> Record:
    """Return the resource record of a page that did not come over HTTP (§6.4)."""
    return Record(
        type="resource",
        date=fetched_at,
        content_type=media_type or "application/octet-stream",
        block=body,
        fields=(("WARC-Target-URI", warc_uri(url)), ("WARC-Payload-Digest", sha256_digest(body))),
    )


def metadata_of(url: str, date: datetime, lines: MetadataLines, *others: Record) -> tuple[Record, ...]:
    """Return the metadata record of a capture that the others belong to; none when there are no lines."""
    if not lines:
        return ()
    bare = Record(
        type="metadata",
        date=date,
        content_type=FIELDS,
        block=warc_fields(lines),
        fields=(("WARC-Target-URI", warc_uri(url)),),
    )
    return (_linked(bare, *others),)


def _response(exchange: Exchange) -> Record:
    return Record(
        type="response",
        date=exchange.fetched_at,
        content_type=HTTP_RESPONSE,
        block=exchange.response,
        fields=(
            ("WARC-Payload-Digest", exchange.payload_digest),
            ("WARC-Truncated", exchange.truncated),
        ),
    )


def _profile(exchange: Exchange, original: Original) -> str | None:
    """Return what makes the exchange a revisit of `original`; None when it is none."""
    if exchange.truncated:
        return None
    if exchange.status == 304:
        return NOT_MODIFIED
    same = bool(exchange.payload) and exchange.payload_digest == original.payload_digest
    return IDENTICAL_PAYLOAD if same and exchange.status == 200 else None


def _revisit(exchange: Exchange, original: Original, profile: str) -> Record:
    """Return a revisit record; its block keeps the headers alone, and says so when there was a body (§6.7.2).

    The standard names the original by id, URL and date; in which file it lies, it does not. The two fields that tell
    are those of Heritrix's libraries.
    """
    head, blank, _ = exchange.response.partition(b"\r\n\r\n")
    return Record(
        type="revisit",
        date=exchange.fetched_at,
        content_type=HTTP_RESPONSE,
        block=head + blank,
        fields=(
            ("WARC-Profile", profile),
            ("WARC-Payload-Digest", original.payload_digest),
            ("WARC-Truncated", "length" if profile == IDENTICAL_PAYLOAD else None),
            ("WARC-Refers-To", f"<{original.location.record_id}>"),
            ("WARC-Refers-To-Target-URI", warc_uri(original.url)),
            ("WARC-Refers-To-Date", warc_date(original.fetched_at)),
            ("WARC-Refers-To-Filename", original.location.filename),
            ("WARC-Refers-To-File-Offset", str(original.location.offset)),
        ),
    )


def _linked(record: Record, *others: Record) -> Record:
    """Return the record naming those of the same capture (§5.7)."""
    links = tuple(("WARC-Concurrent-To", f"<{other.id}>") for other in others)
    return attrs.evolve(record, fields=(*record.fields, *links))
