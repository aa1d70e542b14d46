"""One broken sample for each rule of `scrapy warclint` on WARCs, and sound files that break none."""

import base64
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter as WarcioWriter

from pipelines.errors import WarcError
from pipelines.warc import Exchange, WarcWriter
from pipelines.warc.lint import RULES, Severity, lint_warc
from pipelines.warc.streams import FileWarc

NAME = "newskeep-20261102093000000-00000-host.0a1b2c3d.warc.gz"
URL = "https://courier.example/a?b=1"
DATE = "2026-11-02T09:30:00.123456Z"
BODY = b"<p>The bridge is open again.</p>"
CODED = gzip.compress(BODY, mtime=0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(BODY)
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
REQUEST = b"GET /a?b=1 HTTP/1.1\r\nHost: courier.example\r\n\r\n"
INFORMATION = {
    "operator": "https://newskeep.example/tests",
    "software": "newskeep",
    "robots": "obey (RFC 9309)",
    "http-header-user-agent": "newskeep",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def uri(number: int) -> str:
    return f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>"


def sha1(body: bytes) -> str:
    return f"sha1:{base64.b32encode(hashlib.sha1(body).digest()).decode()}"


@attrs.frozen
class Sample:
    """A record to be written, right unless it is changed."""

    fields: dict[str, str | None]
    block: bytes
    version: str = "WARC/1.1"
    lines: tuple[bytes, ...] = ()
    length: int | None = None
    end: bytes = b"\r\n\r\n"

    def having(self, **changes: str | None) -> "Sample":
        """The same with other fields, named with _ for -; None takes one away."""
        named = {name.replace("_", "-"): value for name, value in changes.items()}
        return attrs.evolve(self, fields={**self.fields, **named})

    def holding(self, block: bytes, payload: bytes | None = None) -> "Sample":
        """The same with another block, and with digests that fit it."""
        found = attrs.evolve(self, block=block)
        return found if payload is None else found.having(WARC_Payload_Digest=sha1(payload))

    def plain(self) -> bytes:
        fields = {"WARC-Block-Digest": sha1(self.block), **self.fields}
        length = len(self.block) if self.length is None else self.length
        fields.setdefault("Content-Length", str(length))
        lines = [
            self.version.encode(),
            *(f"{k}: {v}".encode() for k, v in fields.items() if v is not None),
            *self.lines,
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.block + self.end


def sample(kind: str, number: int, block: bytes, **fields: str | None) -> Sample:
    common = {"WARC-Type": kind, "WARC-Record-ID": uri(number), "WARC-Date": DATE}
    if kind != "warcinfo":
        common |= {"WARC-Target-URI": URL, "WARC-Warcinfo-ID": uri(0)}
    return Sample(common, block).having(**fields)


INFO = sample(
    "warcinfo",
    0,
    "".join(f"{name}: {value}\r\n" for name, value in INFORMATION.items()).encode(),
    Content_Type="application/warc-fields",
    WARC_Filename=NAME,
)
RESPONSE = sample("response", 1, HEAD + BODY, Content_Type="application/http;msgtype=response").having(
    WARC_Payload_Digest=sha1(BODY), WARC_IP_Address="192.0.2.7"
)
ASK = sample("request", 2, REQUEST, Content_Type="application/http;msgtype=request", WARC_Concurrent_To=uri(1))
NOTE = sample("metadata", 3, b"channel: feed\r\n", Content_Type="application/warc-fields", WARC_Concurrent_To=uri(1))
RESOURCE = sample("resource", 4, BODY, Content_Type="text/html", WARC_Payload_Digest=sha1(BODY))
REVISIT = sample(
    "revisit",
    5,
    HEAD,
    Content_Type="application/http;msgtype=response",
    WARC_Profile=IDENTICAL,
    WARC_Payload_Digest=sha1(BODY),
    WARC_Truncated="length",
    WARC_Refers_To=uri(1),
    WARC_Refers_To_Target_URI=URL,
    WARC_Refers_To_Date=DATE,
)
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
CONTINUATION = sample(
    "continuation", 6, b"rest", WARC_Segment_Number="2", WARC_Segment_Origin_ID=uri(1), WARC_Segment_Total_Length="99"
)
SOUND = (INFO, RESPONSE, ASK, NOTE, RESOURCE, REVISIT)


def pack(*samples: Sample | bytes) -> bytes:
    """One gzip member a sample; bytes stand as they are."""
    return b"".join(one if isinstance(one, bytes) else gzip.compress(one.plain(), mtime=0) for one in samples)


@pytest.fixture
def lint(tmp_path: Path) -> Callable[..., list[tuple[str, int]]]:
    """Check a file of these bytes; give rule and offset of each finding."""

    def check(body: bytes, name: str = NAME, **options):
        path = tmp_path / name
        path.write_bytes(body)
        return [(finding.rule, finding.offset) for finding in lint_warc(FileWarc(path), **options)]

    return check


def headers(status: bytes, *lines: bytes) -> bytes:
    return b"\r\n".join((status, *lines)) + b"\r\n\r\n"


def answer(*lines: bytes, body: bytes, payload: bytes | None = None, status: bytes = b"HTTP/1.1 200 OK") -> Sample:
    block = headers(status, b"Content-Type: text/html", *lines) + body
    return RESPONSE.holding(block, body if payload is None else payload)


def asking(first: bytes, *lines: bytes) -> Sample:
    return ASK.holding(headers(first, *lines))


HOST = b"Host: courier.example"
LENGTH = b"Content-Length: %d" % len(BODY)
GZIP = b"Content-Encoding: gzip"

# Each sample breaks its rule, and no other, in the record after warcinfo.
BROKEN = [
    ("version", attrs.evolve(RESPONSE, version="WARC/0.18")),
    ("header-line-break", RESPONSE.plain().replace(b"\r\nWARC-Date", b"\nWARC-Date", 1)),
    ("header-line", attrs.evolve(RESPONSE, lines=(b"no field",))),
    ("header-line", attrs.evolve(RESPONSE, lines=(b"X Y: name with a space",))),
    ("header-folded", attrs.evolve(RESPONSE, lines=(b"X-Note: one", b" two"))),
    ("header-control", attrs.evolve(RESPONSE, lines=(b"X-Note: one\x07",))),
    ("header-control", attrs.evolve(RESPONSE, lines=(b"X-Note: one\rtwo",))),
    ("header-utf8", attrs.evolve(RESPONSE, lines=(b"X-Note: caf\xe9",))),
    ("header-end", b"WARC/1.1\r\nWARC-Type: response"),
    ("record-cut", attrs.evolve(RESPONSE, length=10**6)),
    ("record-end", attrs.evolve(RESPONSE, length=20)),
    ("record-end", attrs.evolve(RESPONSE, end=b"\r\n")),
    ("record-garbage", attrs.evolve(RESPONSE, end=b"\r\n\r\nmore")),
    ("field-missing", RESPONSE.having(WARC_Record_ID=None)),
    ("field-missing", RESPONSE.having(WARC_Date=None)),
    ("field-missing", RESPONSE.having(WARC_Target_URI=None, Content_Type="text/plain").holding(BODY)),
    ("field-missing", REVISIT.having(WARC_Profile=None, WARC_Refers_To=uri(9))),
    ("field-missing", CONTINUATION.having(WARC_Segment_Origin_ID=None)),
    ("field-forbidden", RESPONSE.having(WARC_Refers_To=uri(0))),
    ("field-forbidden", RESPONSE.having(WARC_Filename=NAME)),
    ("field-forbidden", RESPONSE.having(WARC_Refers_To_Date=DATE)),
    ("field-forbidden", NOTE.having(WARC_Payload_Digest=sha1(BODY), WARC_Concurrent_To=None)),
    ("field-forbidden", CONTINUATION.having(WARC_IP_Address="192.0.2.7")),
    ("field-repeated", attrs.evolve(RESPONSE, lines=(b"warc-date: " + DATE.encode(),))),
    ("record-id", RESPONSE.having(WARC_Record_ID="urn:uuid:1")),
    ("record-id-repeated", RESPONSE.having(WARC_Record_ID=uri(0))),
    ("content-length", RESPONSE.having(Content_Length="twelve")),
    ("date", RESPONSE.having(WARC_Date="20261102093000")),
    ("date", RESPONSE.having(WARC_Date="2026-13-02T09:30:00Z")),
    ("date", RESPONSE.having(WARC_Date="2026-11-02T09:30:00.1234567890Z")),
    ("date", RESPONSE.having(WARC_Date="2026-11-02T09:30:00+01:00")),
    ("date", attrs.evolve(RESPONSE, version="WARC/1.0")),
    ("type-unknown", RESOURCE.having(WARC_Type="screenshot")),
    ("content-type-missing", RESOURCE.having(Content_Type=None)),
    ("content-type", RESOURCE.having(Content_Type="html")),
    ("media-type", RESPONSE.having(Content_Type="text/html", WARC_Payload_Digest=None)),
    ("reference", RESPONSE.having(WARC_Concurrent_To="urn:uuid:00000000-0000-4000-8000-000000000000", WARC_Date=DATE)),
    ("digest-syntax", RESPONSE.having(WARC_Block_Digest="sha1:ABC")),
    ("digest-syntax", RESPONSE.having(WARC_Block_Digest="A" * 32)),
    ("digest-unknown", RESPONSE.having(WARC_Block_Digest="crc32:abcdef01")),
    ("block-digest", RESPONSE.having(WARC_Block_Digest=sha1(b"another"))),
    ("payload-digest", RESPONSE.having(WARC_Payload_Digest=sha1(b"another"))),
    ("payload-digest", RESOURCE.having(WARC_Payload_Digest=sha1(b"another"))),
    ("payload-digest-chunked", RESPONSE.holding(CHUNKED_HEAD + CHUNKS, CHUNKS)),
    ("payload-digest-decoded", answer(GZIP, body=CODED, payload=BODY)),
    ("payload-digest-block", RESPONSE.having(WARC_Payload_Digest=sha1(HEAD + BODY))),
    ("ip-address", RESPONSE.having(WARC_IP_Address="courier.example")),
    ("target-uri", RESOURCE.having(WARC_Target_URI="/a")),
    ("target-uri", RESOURCE.having(WARC_Target_URI="https://courier.example/a b")),
    ("target-uri-bracketed", RESPONSE.having(WARC_Target_URI=f"<{URL}>")),
    ("target-uri-unescaped", RESOURCE.having(WARC_Target_URI="https://courier.example/ü")),
    ("truncated-unknown", RESPONSE.having(WARC_Truncated="tired")),
    ("truncated-undeclared", RESPONSE.holding(HEAD + BODY[:9], BODY[:9])),
    ("truncated-undeclared", RESPONSE.holding(HEAD, b"")),
    ("truncated-undeclared", RESPONSE.holding(CHUNKED_HEAD + CHUNKS[:9], BODY[:5])),
    (
        "identified-type-copied",
        answer(LENGTH, body=BODY)
        .holding(headers(b"HTTP/1.1 200 OK", b"Content-Type: text/html; charset=utf-8", LENGTH) + BODY, BODY)
        .having(WARC_Identified_Payload_Type="text/html; charset=utf-8"),
    ),
    ("identified-type-copied", answer(body=b"%PDF-1.7").having(WARC_Identified_Payload_Type="text/html")),
    ("segment", CONTINUATION.having(WARC_Segment_Number="1")),
    ("segment", RESPONSE.having(WARC_Segment_Number="2")),
    ("segment", CONTINUATION.having(WARC_Segment_Total_Length="many")),
    ("warcinfo-id-missing", RESPONSE.having(WARC_Warcinfo_ID=None)),
    ("warcinfo-id-unresolved", RESPONSE.having(WARC_Warcinfo_ID=uri(9))),
    ("warc-fields", NOTE.having(WARC_Concurrent_To=None).holding(b"channel: feed\n")),
    ("warc-fields", NOTE.having(WARC_Concurrent_To=None).holding(b'{"channel": "feed"\r\n')),
    ("concurrent-unresolved", RESPONSE.having(WARC_Concurrent_To=uri(9))),
    ("refers-to-unresolved", NOTE.having(WARC_Concurrent_To=None, WARC_Refers_To=uri(9))),
    ("revisit-profile", REVISIT.having(WARC_Profile="https://courier.example/profile")),
    ("revisit-digest", REVISIT.having(WARC_Payload_Digest=None)),
    ("revisit-refers-to", REVISIT.having(WARC_Refers_To_Date=None)),
    ("revisit-truncated", REVISIT.having(WARC_Truncated=None)),
    ("revisit-status", REVISIT.having(WARC_Profile=NOT_MODIFIED, WARC_Truncated=None)),
    ("http-head", RESPONSE.holding(BODY, BODY).having(WARC_Payload_Digest=None)),
    ("http-head", RESPONSE.holding(b"HTTP/1.1 200 OK\r\n").having(WARC_Payload_Digest=None)),
    ("http-status-line", answer(LENGTH, body=BODY, status=b"HTTP/2 200")),
    ("http-header-line", answer(LENGTH, b"no header", body=BODY)),
    ("http-header-line", RESPONSE.holding(HEAD.replace(b"OK\r\n", b"OK\n") + BODY)),
    ("http-header-case", RESPONSE.holding(headers(b"HTTP/1.1 200 OK", b"a: 1", b"b: 2", b"c: 3") + BODY, BODY)),
    ("http-header-collapsed", answer(b"Set-Cookie: a=1; Path=/, b=2; Path=/", LENGTH, body=BODY)),
    (
        "http-version-forged",
        answer(b"Transfer-Encoding: chunked", body=CHUNKS, payload=BODY, status=b"HTTP/1.0 200 OK"),
    ),
    ("http-version-forged", answer(b'Alt-Svc: h3=":443"', body=BODY, status=b"HTTP/1.0 200 OK")),
    ("http-version-forged", answer(body=BODY, status=b"HTTP/1.0 200 OK").having(WARC_Protocol="http/1.1")),
    ("http-version-forged", answer(body=BODY).having(WARC_Protocol="http/1.0")),
    ("http-request-line", asking(b"GET /a?b=1", HOST).having(WARC_Concurrent_To=None)),
    ("http-request-target", asking(b"GET /other?b=1 HTTP/1.1", HOST).having(WARC_Concurrent_To=None)),
    ("http-request-target", asking(b"GET /a?b=2 HTTP/1.1", HOST).having(WARC_Concurrent_To=None)),
    ("http-request-query-lost", asking(b"GET /a HTTP/1.1", HOST).having(WARC_Concurrent_To=None)),
    ("http-request-host", asking(b"GET /a?b=1 HTTP/1.1", b"Host: other.example").having(WARC_Concurrent_To=None)),
    ("http-request-host", asking(b"GET /a?b=1 HTTP/1.1", b"Accept: */*").having(WARC_Concurrent_To=None)),
    ("http-content-length", answer(LENGTH, body=BODY + b"more")),
    ("http-chunks-removed", RESPONSE.holding(CHUNKED_HEAD + BODY)),
    ("http-chunks-undeclared", answer(body=CHUNKS, payload=BODY)),
    ("http-coding-removed", answer(GZIP, body=BODY)),
    ("http-coding-removed", answer(GZIP, b"Content-Length: 9", body=BODY)),
    ("http-coding-removed", answer(b"Content-Encoding: br", body=BODY)),
    ("http-coding-removed", answer(b"Content-Encoding: deflate", body=BODY)),
    ("http-coding-removed", answer(b"Content-Encoding: zstd", body=BODY)),
    ("http-coding-absent", answer(GZIP, LENGTH, body=BODY)),
    ("http-coding-undeclared", answer(body=CODED)),
    ("gzip-many-records", gzip.compress(RESPONSE.plain() + RESOURCE.plain(), mtime=0)),
    (
        "gzip-split-record",
        gzip.compress(RESPONSE.plain()[:-20], mtime=0) + gzip.compress(RESPONSE.plain()[-20:], mtime=0),
    ),
    ("gzip-empty", gzip.compress(b"", mtime=0)),
    ("gzip-damaged", gzip.compress(RESPONSE.plain(), mtime=0)[:-8] + b"\0" * 8),
    ("gzip-cut", gzip.compress(RESPONSE.plain(), mtime=0)[:-20]),
    ("gzip-garbage", b"garbage"),
]


@pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(BROKEN)])
def test_a_broken_record_breaks_its_rule_and_no_other(lint, rule, broken):
    begin = pack(INFO)
    if isinstance(broken, bytes) and broken.startswith(b"WARC/"):
        broken = gzip.compress(broken, mtime=0)

    assert lint(begin + pack(broken)) == [(rule, len(begin))]


CAPTURE = pack(INFO, RESPONSE)
PAIRS = [
    ("concurrent-date", ASK.having(WARC_Date="2026-11-02T09:30:01Z")),
    ("concurrent-uri", RESOURCE.having(WARC_Target_URI="https://courier.example/b", WARC_Concurrent_To=uri(1))),
    ("revisit-original", REVISIT.having(WARC_Payload_Digest=sha1(b"another"))),
    ("revisit-original", REVISIT.having(WARC_Refers_To_Date="2026-11-01T00:00:00Z")),
    ("revisit-original", REVISIT.having(WARC_Refers_To_Target_URI="https://courier.example/b")),
]


@pytest.mark.parametrize(("rule", "broken"), PAIRS, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(PAIRS)])
def test_a_record_at_odds_with_an_earlier_one_breaks_its_rule_and_no_other(lint, rule, broken):
    assert lint(CAPTURE + pack(broken)) == [(rule, len(CAPTURE))]


FILES = [
    ("file-empty", b"", "empty-20261102093000-0-host.warc"),
    ("not-a-warc", b"<html>no WARC</html>", "page-20261102093000-0-host.warc"),
    ("not-a-warc", gzip.compress(b"<html>no WARC</html>"), NAME),
    ("file-suffix", pack(INFO.having(WARC_Filename=None)), "crawl-20261102093000-0-host.warc"),
    ("file-name", pack(INFO.having(WARC_Filename=None)), "crawl.warc.gz"),
    ("warcinfo-first", pack(RESOURCE.having(WARC_Warcinfo_ID=None)), NAME),
    ("warcinfo-fields", pack(INFO.holding(b"software: newskeep\r\n")), NAME),
    ("warcinfo-filename", pack(INFO.having(WARC_Filename="another.warc.gz")), NAME),
]


@pytest.mark.parametrize(("rule", "body", "name"), FILES, ids=[f"{n}-{row[0]}" for n, row in enumerate(FILES)])
def test_a_broken_file_breaks_its_rule_and_no_other(lint, rule, body, name):
    assert lint(body, name) == [(rule, 0)]


def test_every_rule_on_warcs_has_its_broken_sample():
    tried = {row[0] for row in (*BROKEN, *PAIRS, *FILES)}

    assert tried == {rule for rule in RULES if not rule.startswith(("wacz-", "cdxj-"))}


def test_a_sound_file_has_no_finding(lint):
    assert lint(pack(*SOUND)) == []


def test_a_sound_file_that_is_not_compressed_has_no_finding(lint):
    info = INFO.having(WARC_Filename="crawl-20261102093000-0-host.warc")

    assert lint(b"".join(one.plain() for one in (info, *SOUND[1:])), "crawl-20261102093000-0-host.warc") == []


SOUND_RECORDS = {
    "chunked": RESPONSE.holding(CHUNKED_HEAD + CHUNKS, BODY),
    "chunks cut short, and said so": RESPONSE.holding(CHUNKED_HEAD + CHUNKS[:9], BODY[:5]).having(
        WARC_Truncated="disconnect"
    ),
    "body cut short, and said so": RESPONSE.holding(HEAD + BODY[:9], BODY[:9]).having(WARC_Truncated="length"),
    "coded": answer(GZIP, b"Content-Length: %d" % len(CODED), body=CODED),
    "coded, with raw deflate": answer(b"Content-Encoding: deflate", body=zlib.compress(BODY, wbits=-15)),
    "coded, with zlib's deflate": answer(b"Content-Encoding: deflate", body=zlib.compress(BODY)),
    "gzip file": answer(body=CODED).having(WARC_Target_URI="https://courier.example/sitemap.html.gz"),
    "not modified": RESPONSE.holding(UNCHANGED, b""),
    "revisit of a 304": REVISIT.holding(UNCHANGED).having(WARC_Profile=NOT_MODIFIED, WARC_Truncated=None),
    "revisit without block": REVISIT.holding(b"").having(Content_Type=None),
    "h2 in lower case": RESPONSE.holding(headers(b"HTTP/1.1 200 OK", b"a: 1", b"b: 2", b"c: 3") + BODY, BODY).having(
        WARC_Protocol="h2"
    ),
    "cookie with a date": answer(b"Set-Cookie: a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", LENGTH, body=BODY),
    "digests in hex": RESPONSE.having(WARC_Payload_Digest=f"md5:{hashlib.md5(BODY).hexdigest()}"),
    "digest in base64": RESPONSE.having(
        WARC_Payload_Digest=f"sha-256:{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}"
    ),
    "request to a proxy": asking(b"GET https://courier.example/a?b=1 HTTP/1.1", HOST).having(WARC_Concurrent_To=None),
    "request with escapes": asking(b"GET /%61?b=1 HTTP/1.1", b"Host: COURIER.example:443").having(
        WARC_Concurrent_To=None
    ),
    "a day as date": RESPONSE.having(WARC_Date="2026-11-02"),
    "a year as date": RESPONSE.having(WARC_Date="2026"),
    "nanoseconds": RESPONSE.having(WARC_Date="2026-11-02T09:30:00.123456789Z"),
    "WARC 1.0": attrs.evolve(RESPONSE, version="WARC/1.0").having(
        WARC_Date="2026-11-02T09:30:00Z", WARC_Target_URI=f"<{URL}>"
    ),
    "a name server's answer": RESPONSE.holding(b"20261102093000\n192.0.2.7\n", b"20261102093000\n192.0.2.7\n").having(
        WARC_Target_URI="dns:courier.example", Content_Type="text/dns"
    ),
    "continuation": CONTINUATION,
    "member padded by an extra field": b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x04\0Kp\0\0"
    + gzip.compress(RESPONSE.plain())[10:],
}


@pytest.mark.parametrize("record", SOUND_RECORDS.values(), ids=SOUND_RECORDS)
def test_a_sound_record_has_no_finding(lint, record):
    assert lint(pack(INFO, record)) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_answer_to_a_head_request_needs_no_body(lint, order):
    pair = (RESPONSE.holding(HEAD, b""), asking(b"HEAD /a?b=1 HTTP/1.1", HOST))

    assert lint(pack(INFO, *(pair[n] for n in order))) == []


def test_what_our_writer_writes_has_no_finding(tmp_path):
    exchange = Exchange(
        url=URL,
        fetched_at=datetime(2026, 11, 2, 9, 30, 0, 123456, UTC),
        request=REQUEST,
        response=CHUNKED_HEAD + CHUNKS,
        payload=BODY,
        ip_address="192.0.2.7",
        protocols=("http/1.1", "tls/1.3"),
        cipher_suite="TLS_AES_128_GCM_SHA256",
        metadata=(("channel", "feed"), ("title", "Bridge reopens")),
    )
    with WarcWriter(tmp_path, information=INFORMATION) as writer:
        writer.write(exchange)
        writer.write(attrs.evolve(exchange, response=HEAD + BODY))
        writer.write(attrs.evolve(exchange, response=HEAD + BODY[:5], payload=BODY[:5], truncated="disconnect"))
        writer.write_resource("file:///page.html", "text/html", BODY, exchange.fetched_at, metadata=(("a", "b"),))
    (path,) = tmp_path.iterdir()

    assert list(lint_warc(FileWarc(path))) == []


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # warcio leaves its own open
def test_what_warcio_writes_has_no_error(tmp_path):
    path = tmp_path / NAME
    with path.open("wb") as file:
        writer = WarcioWriter(file, gzip=True, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record(NAME, INFORMATION))
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(URL, "response", payload=io.BytesIO(BODY), http_headers=http))

    assert [finding for finding in lint_warc(FileWarc(path)) if finding.severity == Severity.ERROR] == []


def test_what_fastwarc_writes_has_no_error(tmp_path):
    written = io.BytesIO()
    stream = GzipWriter(written)
    for record in FastIterator(io.BytesIO(pack(*SOUND)), parse_http=False):
        record.write(stream)
        stream.finish()
    path = tmp_path / NAME
    path.write_bytes(written.getvalue())

    assert [finding for finding in lint_warc(FileWarc(path)) if finding.severity == Severity.ERROR] == []


def test_records_after_damage_are_checked(lint):
    damaged = bytearray(pack(RESOURCE))
    damaged[30:40] = b"\xff" * 10
    begin = pack(INFO)
    found = lint(begin + bytes(damaged) + pack(RESPONSE.having(WARC_Date="yesterday")))

    assert found == [("gzip-damaged", len(begin)), ("date", len(begin) + len(damaged))]


def test_records_after_garbage_in_a_plain_file_are_checked(lint):
    name = "crawl-20261102093000-0-host.warc"
    info = INFO.having(WARC_Filename=name).plain()

    assert lint(info + b"xyz" + RESPONSE.having(WARC_Date="yesterday").plain(), name) == [
        ("record-garbage", len(info)),
        ("date", len(info) + 3),
    ]


def test_the_whole_file_in_one_member_is_told_once(lint):
    assert lint(gzip.compress(b"".join(one.plain() for one in SOUND))) == [("gzip-many-records", 0)]


def test_a_block_beyond_memory_is_checked_all_the_same(lint, monkeypatch):
    monkeypatch.setattr("pipelines.warc.lint.records.HELD", 16)

    assert lint(pack(*SOUND)) == []
    assert lint(pack(INFO, RESPONSE.having(WARC_Payload_Digest=sha1(b"another")))) == [
        ("payload-digest", len(pack(INFO)))
    ]


def test_one_pass_tells_the_bytes_and_the_records(lint):
    parts, places = [], []
    body = pack(*SOUND)
    lint(body, on_read=parts.append, on_record=places.append)
    lengths = [len(pack(one)) for one in SOUND]

    assert b"".join(parts) == body
    assert [place.length for place in places] == lengths
    assert [place.offset for place in places] == [sum(lengths[:n]) for n in range(len(lengths))]
    assert [place.type for place in places] == ["warcinfo", "response", "request", "metadata", "resource", "revisit"]


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(WarcError, match=r"no\.warc: cannot be read"):
        list(lint_warc(FileWarc(tmp_path / "no.warc")))


@attrs.frozen
class Memory:
    """Bytes as a file."""

    body: bytes
    name: str = NAME

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.body)


PLAIN = b"".join(one.plain() for one in SOUND)


@given(st.data())
def test_no_damage_raises_and_every_byte_is_read(data):
    body = bytearray(data.draw(st.sampled_from([PLAIN, pack(*SOUND)])))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    read = []

    for finding in lint_warc(Memory(bytes(body)), on_read=read.append):
        assert finding.rule in RULES
        assert 0 <= finding.offset <= len(body)
    assert b"".join(read) == bytes(body)


@given(st.binary())
def test_arbitrary_bytes_are_never_clean(body):
    assert list(lint_warc(Memory(body)))
