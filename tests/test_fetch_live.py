import asyncio
import gzip
import ssl
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.settings import Settings

from pipelines.model import Source
from pipelines.warc import iter_captures

ODD = (
    b"HTTP/1.1 200 Quite OK\r\nX-odd-Case: one\r\nx-ODD-case: two\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n6\r\n<p>wir\r\n9;ext=1\r\ned</p><p>\r\n4\r\n</p>\r\n0\r\nTrailer: x\r\n\r\n"
)
PACKED = gzip.compress(b"<html><p>packed</p></html>")
ZIPPED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (
    len(PACKED),
    PACKED,
)
CUT = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>only half"
LARGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000


class OneSpider(Spider):
    name = "one"

    def __init__(self, url, seen, headers=None):
        super().__init__()
        self.url, self.seen, self.extra = url, seen, headers or {}

    async def start(self):
        yield Request(
            self.url,
            headers=self.extra,
            meta={"source": "one"},
            callback=self.keep,
            errback=self.fail,
            dont_filter=True,
        )

    def keep(self, response):
        self.seen.append(response)

    def fail(self, failure):
        self.seen.append(failure.value)


@asynccontextmanager
async def serve(answer: bytes, *, hang: bool = False, tls: ssl.SSLContext | None = None):
    """Give the port of a server that sends `answer`, byte for byte, to whatever is asked; and what was asked."""
    asked, writers = [], []

    async def reply(reader, writer):
        writers.append(writer)
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        if not hang:
            writer.close()

    async with await asyncio.start_server(reply, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1], asked
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def settings(tmp_path: Path, **changed) -> Settings:
    return Settings(
        {
            "TWISTED_REACTOR_ENABLED": False,
            "DOWNLOAD_HANDLERS": {"http": "crawler.fetch.LiveHandler", "https": "crawler.fetch.LiveHandler"},
            "EXTENSIONS": {"crawler.fetch.Recorder": 0, "crawler.fetch.Uploads": 1},
            "CATALOG_URL": f"sqlite:///{tmp_path / 'catalog.sqlite'}",
            "SPOOL_MAX_BYTES": 10**9,
            "SPOOL_MIN_FREE": 0,
            "SPOOL_PATIENCE": 0,
            "UPLOAD_GRACE": 0,
            "ARCHIVE_URL": f"file:{tmp_path / 'archive'}",
            "SPOOL_DIR": str(tmp_path / "spool"),
            "ALLOWED_NETWORKS": "127.0.0.0/8",
            "SOFTWARE": "newskeep/test",
            "CONTACT": "desk@newskeep.example",
            "WARC_MAX_BYTES": 10**9,
            "WARC_MAX_AGE": 3600,
            "COMPRESSION_ENABLED": False,
            "COOKIES_ENABLED": False,
            "DOWNLOAD_VERIFY_CERTIFICATES": True,
            "DOWNLOAD_MAXSIZE": 3000,
            "DOWNLOAD_TIMEOUT": 1,
            "RETRY_ENABLED": False,
            "LOG_ENABLED": False,
            **changed,
        }
    )


async def crawl(tmp_path: Path, url: str, headers=None, **changed):
    runner = AsyncCrawlerRunner(settings(tmp_path, **changed))
    seen = []
    await runner.crawl(runner.create_crawler(OneSpider), url, seen, headers)
    return seen[0]


def fetch(tmp_path: Path, answer: bytes, *, hang: bool = False, headers=None, **changed):
    """Return what came back, what the server was asked and what was recorded."""

    async def run():
        async with serve(answer, hang=hang) as (port, asked):
            return await crawl(tmp_path, f"http://127.0.0.1:{port}/a?b=c", headers, **changed), b"".join(asked)

    result, asked = asyncio.run(run())
    archive = tmp_path / "archive"
    return result, asked, list(iter_captures(archive)) if archive.exists() else []


def blocks(tmp_path: Path, kind: bytes) -> bytes:
    """Return the blocks of the archive's records of a type, one after the other."""
    text = b"".join(gzip.decompress(path.read_bytes()) for path in (tmp_path / "archive").rglob("*.warc.gz"))
    records = text.split(b"WARC/1.1\r\n")[1:]
    return b"".join(
        record.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
        for record in records
        if b"WARC-Type: " + kind in record
    )


def test_the_warc_holds_every_byte_of_the_wire(tmp_path):
    response, asked, _ = fetch(tmp_path, ODD)

    assert response.body == b"<p>wired</p><p></p>"
    assert blocks(tmp_path, b"response") == ODD
    assert blocks(tmp_path, b"request") == asked
    assert asked.startswith(b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")


def test_a_capture_tells_where_its_record_lies(tmp_path):
    response, _, [recorded] = fetch(tmp_path, ZIPPED)
    capture = response.meta["capture"]

    assert response.text == "<html><p>packed</p></html>"
    assert "Content-Encoding" not in response.headers
    assert (recorded.location, recorded.body) == (capture.location, PACKED)
    assert recorded.payload_digest == capture.payload_digest
    assert recorded.fetched_at == capture.fetched_at
    assert recorded.ip_address == "127.0.0.1"


def test_a_body_cut_short_is_recorded_as_such_and_handed_to_nobody(tmp_path):
    error, _, [recorded] = fetch(tmp_path, CUT)

    assert type(error).__name__ == "ResponseDataLossError"
    assert (recorded.truncated, recorded.body) == ("disconnect", b"<p>only half")


def test_a_body_over_the_limit_is_cut_and_marked(tmp_path):
    response, _, [recorded] = fetch(tmp_path, LARGE, hang=True)

    assert response.meta["capture"].truncated == "length"
    assert recorded.truncated == "length"
    assert 3000 <= len(recorded.body) <= 5000


def test_a_server_that_hangs_is_left_at_the_deadline(tmp_path):
    error, _, [recorded] = fetch(tmp_path, CUT, hang=True)

    assert type(error).__name__ == "DownloadTimeoutError"
    assert recorded.truncated == "time"


def test_a_truncated_gzip_body_is_marked(tmp_path):
    response, _, [recorded] = fetch(tmp_path, ZIPPED.replace(b"Content-Length: %d" % len(PACKED), b"X: y")[:-9])

    assert response.meta["capture"].truncated == "disconnect"
    assert recorded.truncated == "disconnect"


def test_secrets_of_the_request_stay_out_of_the_warc(tmp_path):
    _, asked, [recorded] = fetch(tmp_path, ZIPPED, headers={"Authorization": "Bearer canary", "Cookie": "id=canary"})

    assert asked.count(b"canary") == 2
    assert b"canary" not in blocks(tmp_path, b"request")
    assert recorded.metadata["note"] == "the values of secret request headers are withheld"


def test_a_private_address_is_refused_before_anything_is_sent(tmp_path):
    error, asked, recorded = fetch(tmp_path, ZIPPED, ALLOWED_NETWORKS="")

    assert "refusing to connect to 127.0.0.1" in str(error)
    assert (asked, recorded) == (b"", [])


def test_a_proxy_does_not_open_the_way_to_private_addresses(tmp_path, monkeypatch):
    async def run():
        async with serve(ZIPPED) as (port, asked):
            monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
            monkeypatch.setenv("no_proxy", "")
            return await crawl(tmp_path, "http://169.254.169.254/latest", ALLOWED_NETWORKS=""), asked

    error, asked = asyncio.run(run())

    assert type(error).__name__ == "ForbiddenAddressError"
    assert asked == []


def test_a_proxy_is_asked_for_names_and_its_password_is_not_recorded(tmp_path, monkeypatch):
    async def run():
        async with serve(ZIPPED) as (port, asked):
            monkeypatch.setenv("http_proxy", f"http://user:canary@127.0.0.1:{port}")
            monkeypatch.setenv("no_proxy", "")
            return await crawl(tmp_path, "http://harbour.example/story", ALLOWED_NETWORKS=""), b"".join(asked)

    response, asked = asyncio.run(run())

    assert response.status == 200
    assert asked.startswith(b"GET http://harbour.example/story HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpjYW5hcnk=" in asked
    assert b"dXNlcjpjYW5hcnk" not in blocks(tmp_path, b"request")
    assert b"harbour.example/story" in blocks(tmp_path, b"request")


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\nx"])
def test_what_is_not_http_is_a_named_failure(tmp_path, answer):
    error, *_ = fetch(tmp_path, answer)

    assert type(error).__name__ == "DownloadFailedError"


@pytest.fixture
def tls(tmp_path) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def fetch_secure(tmp_path, tls, monkeypatch, **seed):
    monkeypatch.setattr(
        OneSpider, "sources", {"one": Source(id="one", name="One", home_page="https://x/", **seed)}, raising=False
    )

    async def run():
        async with serve(ZIPPED, tls=tls) as (port, _):
            return await crawl(tmp_path, f"https://127.0.0.1:{port}/")

    return asyncio.run(run())


def test_a_server_that_cannot_prove_who_it_is_is_refused(tmp_path, tls, monkeypatch):
    failure = fetch_secure(tmp_path, tls, monkeypatch)

    assert isinstance(failure, DownloadConnectionRefusedError)
    assert "certificate" in str(failure)


def test_a_seed_may_take_it_all_the_same_and_the_record_says_so(tmp_path, tls, monkeypatch):
    response = fetch_secure(tmp_path, tls, monkeypatch, verify_certificates=False)

    assert response.text == "<html><p>packed</p></html>"
    assert b"note: the server's certificate was not verified" in blocks(tmp_path, b"metadata")
