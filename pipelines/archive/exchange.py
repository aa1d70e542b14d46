"""One exchange, and the WARC records that hold it."""

from datetime import datetime

import attrs

from pipelines.archive.records import FIELDS, Record, sha256_digest, warc_fields, warc_uri

MetadataLines = tuple[tuple[str, str], ...]


@attrs.frozen(kw_only=True)
class Exchange:
    """One HTTP exchange as it went over the wire.

    Attributes:
        url: absolute URL that answered.
        fetched_at: when the request began.
        request: the request as sent.
        response: status line, headers and body as received, with any transfer coding.
        payload: the body without transfer coding, with content coding.
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
    ip_address: str | None = None
    protocols: tuple[str, ...] = ()
    cipher_suite: str | None = None
    truncated: str | None = None
    metadata: MetadataLines = ()


def records_of(exchange: Exchange) -> tuple[Record, Record, tuple[Record, ...]]:
    """Return request, response and, when there is something to tell, metadata, each naming the others."""
    common = (("WARC-Target-URI", warc_uri(exchange.url)), ("WARC-IP-Address", exchange.ip_address))
    wire = (*(("WARC-Protocol", name) for name in exchange.protocols), ("WARC-Cipher-Suite", exchange.cipher_suite))
    request = Record(
        type="request",
        date=exchange.fetched_at,
        content_type="application/http;msgtype=request",
        block=exchange.request,
        fields=(*common, *wire),
    )
    response = Record(
        type="response",
        date=exchange.fetched_at,
        content_type="application/http;msgtype=response",
        block=exchange.response,
        fields=(
            *common,
            *wire,
            ("WARC-Payload-Digest", sha256_digest(exchange.payload)),
            ("WARC-Truncated", exchange.truncated),
        ),
    )
    metadata = metadata_of(exchange.url, exchange.fetched_at, exchange.metadata, request, response)
    return _linked(request, response, *metadata), _linked(response, request, *metadata), metadata


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


def _linked(record: Record, *others: Record) -> Record:
    """Return the record naming those of the same capture (§5.7)."""
    links = tuple(("WARC-Concurrent-To", f"<{other.id}>") for other in others)
    return attrs.evolve(record, fields=(*record.fields, *links))
