"""What came back for a request, and how it is told to the WARC and to the pages above."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime

import attrs
from scrapy import Request
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from crawler.fetch.wire import WireLog
from pipelines.model import Candidate, Capture, WarcLocation
from pipelines.warc import Exchange
from pipelines.warc.content import ContentCodingError, decode_content, read_content_type

# Request headers whose values open doors; the record keeps the name and says that the value is withheld.
SECRET_HEADER = re.compile(rb"^((?:Proxy-)?Authorization|Cookie):[^\r\n]*", re.IGNORECASE | re.MULTILINE)


@attrs.define(kw_only=True)
class Answer:
    """What came back, as far as it came.

    Attributes:
        status: 0 until a status line has come.
        headers: in order, in the case sent.
        payload: the entity body, transfer coding undone, content coding kept.
        truncated: `length`, `time` or `disconnect` (WARC 1.1 §5.13); None when whole.
        verified: whether an HTTPS server had to prove who it is.
    """

    fetched_at: datetime
    log: WireLog = attrs.field(factory=WireLog)
    status: int = 0
    version: str = ""
    headers: list[tuple[bytes, bytes]] = attrs.field(factory=list)
    payload: bytearray = attrs.field(factory=bytearray)
    truncated: str | None = None
    verified: bool = True

    def header(self, name: bytes) -> str | None:
        """Return the last value of a header, or None."""
        values = [value for key, value in self.headers if key.lower() == name]
        return values[-1].decode("latin-1") if values else None

    def decode(self, limit: int) -> bytes:
        """Return the payload with its content coding undone; mark the answer truncated where that was cut or broke."""
        codings = b",".join(value for key, value in self.headers if key.lower() == b"content-encoding")
        try:
            body, cut = decode_content(bytes(self.payload), codings.decode("latin-1"), limit)
        except ContentCodingError as error:
            body, cut = error.decoded, False
            self.truncated = self.truncated or "disconnect"
        if cut:
            self.truncated = self.truncated or "length"
        return body


def to_exchange(request: Request, answer: Answer) -> Exchange:
    """Return the exchange as the WARC should hold it: the bytes of the wire, secrets withheld."""
    sent, withheld = SECRET_HEADER.subn(rb"\1: withheld", bytes(answer.log.sent))
    return Exchange(
        url=request.url,
        fetched_at=answer.fetched_at,
        request=sent,
        response=bytes(answer.log.received),
        payload=bytes(answer.payload),
        status=answer.status,
        ip_address=answer.log.ip_address,
        protocols=_protocols(answer),
        cipher_suite=answer.log.tls[1] if answer.log.tls else None,
        truncated=answer.truncated,
        metadata=tuple(_metadata(request, answer, withheld=withheld)),
    )


def to_capture(request: Request, answer: Answer, location: WarcLocation | None) -> Capture:
    """Return the capture of a recorded exchange."""
    media_type, charset = read_content_type(answer.header(b"content-type"))
    asked = request.meta.get("first_url") or request.meta.get("redirect_urls", [None])[0]
    return Capture(
        source=request.meta["source"],
        url=request.url,
        fetched_at=answer.fetched_at,
        status=answer.status,
        media_type=media_type,
        charset=charset,
        payload_digest=f"sha256:{hashlib.sha256(answer.payload).hexdigest()}",
        etag=answer.header(b"etag"),
        last_modified=answer.header(b"last-modified"),
        truncated=answer.truncated,
        requested_url=asked if asked != request.url else None,
        location=location,
    )


def to_response(request: Request, answer: Answer, body: bytes) -> Response:
    """Return the response that Scrapy sees, with `body` in place of the coded payload."""
    headers = Headers([(name, value) for name, value in answer.headers if name.lower() != b"content-encoding"])
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body[:5000])
    flags = [f"truncated:{answer.truncated}"] if answer.truncated else []
    return kind(url=request.url, status=answer.status, headers=headers, body=body, flags=flags, protocol=answer.version)


def _protocols(answer: Answer) -> tuple[str, ...]:
    tls = answer.log.tls[0].lower().replace("tlsv", "tls/") if answer.log.tls else None
    return (answer.version.lower(), tls) if tls else (answer.version.lower(),)


def _metadata(request: Request, answer: Answer, *, withheld: int) -> Iterator[tuple[str, str]]:
    """Yield the fields of the metadata record: how the URL was found, and what was changed in the records."""
    yield "source", request.meta["source"]
    candidate: Candidate | None = request.meta.get("candidate")
    if candidate is not None:
        yield "via", candidate.found_on
        yield "channel", candidate.channel
        yield from _hints(candidate, request.url)
    if request.meta.get("proxy"):
        yield "note", "fetched through a proxy; the server's address is not known"
    if answer.log.tls and not answer.verified:
        yield "note", "the server's certificate was not verified"
    if withheld:
        yield "note", "the values of secret request headers are withheld"


def _hints(candidate: Candidate, url: str) -> Iterator[tuple[str, str]]:
    """Yield all that was known of the URL before it was asked for, so that the WARC alone tells it."""
    if candidate.url != url:
        yield "hint-url", candidate.url
    for name in ("title", "language", "publication"):
        if value := getattr(candidate, name):
            yield f"hint-{name}", value
    for name in ("published", "modified"):
        if moment := getattr(candidate, name):
            yield f"hint-{name}", moment.isoformat()
    for name, values in (("author", candidate.authors), ("keyword", candidate.keywords)):
        for value in values:
            yield f"hint-{name}", value
