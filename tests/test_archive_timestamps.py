"""Time stamps, against a little authority on loopback that `openssl ts` answers for."""

import hashlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.asn1 import decode_der

from pipelines.archive.cms import TST_INFO, TimeStampReply
from pipelines.archive.timestamps import check_stamp, request_stamp
from pipelines.errors import TimestampError

DIGEST = hashlib.sha256(b"root").digest()
CONFIGURATION = """
[tsa]
default_tsa = main
[main]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500
tsa_name = yes
ess_cert_id_alg = sha256
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = A time stamp authority
[extensions]
extendedKeyUsage = critical,{usage}
"""
KEYS = {
    "rsa": ("rsa:2048",),
    "ec": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
}

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl, which plays the authority, is not there")


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def make_authority(folder: Path, key: str = "rsa", usage: str = "timeStamping") -> Callable[[bytes], bytes]:
    """Return a function from request to reply."""
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder, usage=usage))
    made = ("-newkey", *KEYS[key], "-nodes", "-keyout", folder / "tsa.key", "-out", folder / "tsa.pem")
    openssl("req", "-x509", *made, "-days", "2", "-config", folder / "tsa.cnf")

    def reply(request: bytes) -> bytes:
        (folder / "request").write_bytes(request)
        files = ("-queryfile", folder / "request", "-out", folder / "reply")
        openssl("ts", "-reply", "-config", folder / "tsa.cnf", *files)
        return (folder / "reply").read_bytes()

    return reply


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Callable[[bytes], bytes]:
    return make_authority(folder)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Answer requests on loopback by a function; give the URL."""
    servers: list[ThreadingHTTPServer] = []
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def start(answer: Callable[[bytes], bytes], status: int = 200) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/timestamp-query"
                body = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        servers[-1].daemon_threads = False  # so that closing waits for them
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def reply(folder: Path, authority: Callable[[bytes], bytes]) -> bytes:
    """A stamp of DIGEST."""
    openssl("ts", "-query", "-digest", DIGEST.hex(), "-sha256", "-cert", "-out", folder / "query")
    return authority((folder / "query").read_bytes())


def test_a_stamp_tells_the_time_of_the_authority(serve, authority):
    stamp = request_stamp(serve(authority), DIGEST)
    assert abs(check_stamp(stamp, DIGEST) - datetime.now(UTC)) < timedelta(minutes=1)


def test_openssl_verifies_a_stamp_against_the_authority(serve, authority, folder, tmp_path):
    (tmp_path / "root.tsr").write_bytes(request_stamp(serve(authority), DIGEST))
    openssl("ts", "-verify", "-digest", DIGEST.hex(), "-in", tmp_path / "root.tsr", "-CAfile", folder / "tsa.pem")


def test_a_stamp_may_be_signed_with_an_elliptic_key(serve, tmp_path):
    stamp = request_stamp(serve(make_authority(tmp_path, "ec")), DIGEST)
    assert check_stamp(stamp, DIGEST)


def test_the_stamp_of_another_digest_is_refused(reply):
    with pytest.raises(TimestampError, match="another digest"):
        check_stamp(reply, hashlib.sha256(b"other").digest())


def test_a_reply_to_another_request_is_refused(serve, reply):
    with pytest.raises(TimestampError, match="nonce"):
        request_stamp(serve(lambda _: reply), DIGEST)


def test_a_changed_time_is_found(reply):
    at = reply.index(b"\x18\x0f" + b"20")  # GeneralizedTime of 15 characters
    forged = reply[: at + 5] + bytes([reply[at + 5] ^ 1]) + reply[at + 6 :]
    with pytest.raises(TimestampError):
        check_stamp(forged, DIGEST)


def test_a_changed_signature_is_found(reply):
    forged = reply[:-1] + bytes([reply[-1] ^ 1])
    with pytest.raises(TimestampError, match="signature is wrong"):
        check_stamp(forged, DIGEST)


def test_a_certificate_for_other_things_is_refused(reply, tmp_path):
    """Signed by `openssl cms`: `openssl ts` itself keeps to the rule."""
    make_authority(tmp_path, usage="serverAuth")
    (tmp_path / "info").write_bytes(decode_der(TimeStampReply, reply).token.content.content.content)
    signer = ("-signer", tmp_path / "tsa.pem", "-inkey", tmp_path / "tsa.key", "-md", "sha256", "-nosmimecap")
    kind = ("-binary", "-nodetach", "-econtent_type", TST_INFO.dotted_string, "-outform", "DER")
    openssl("cms", "-sign", *signer, *kind, "-in", tmp_path / "info", "-out", tmp_path / "token")
    body = b"\x30\x03\x02\x01\x00" + (tmp_path / "token").read_bytes()

    with pytest.raises(TimestampError, match="not meant for time stamping"):
        check_stamp(b"\x30\x82" + len(body).to_bytes(2, "big") + body, DIGEST)


@pytest.mark.parametrize("reply", [b"", b"<html>", b"\x30\x80", bytes(100)])
def test_what_is_no_stamp_is_refused(reply):
    with pytest.raises(TimestampError, match="not a time stamp"):
        check_stamp(reply, DIGEST)


def test_no_cut_stamp_passes_or_raises_otherwise(reply):
    for end in range(0, len(reply), 7):
        with pytest.raises(TimestampError):
            check_stamp(reply[:end], DIGEST)


def test_no_flipped_bit_raises_otherwise(reply):
    for place in range(0, len(reply), 3):
        forged = bytearray(reply)
        forged[place] ^= 4
        try:
            found = check_stamp(bytes(forged), DIGEST)
        except TimestampError:
            continue
        assert found == check_stamp(reply, DIGEST)  # what is not signed says nothing about the time


def test_a_refusal_is_told_in_the_words_of_the_authority(serve, authority):
    with pytest.raises(TimestampError, match="refused") as caught:
        request_stamp(serve(lambda _: authority(b"no request")), DIGEST)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "tsa.example", "file:///etc/passwd", "ftp://tsa.example/"])
def test_a_url_of_another_kind_is_refused(url):
    with pytest.raises(TimestampError, match="no http: or https: URL"):
        request_stamp(url, DIGEST)


def test_an_authority_that_fails_is_named_in_one_line(serve):
    url = serve(lambda _: b"", status=503)
    with pytest.raises(TimestampError, match="503") as caught:
        request_stamp(url, DIGEST)
    assert str(caught.value).startswith(url)
    assert "\n" not in str(caught.value)


def test_an_authority_that_is_not_there_is_named_in_one_line():
    with pytest.raises(TimestampError, match=r"127\.0\.0\.1:9/"):
        request_stamp("http://127.0.0.1:9/", DIGEST)


def test_an_authority_that_is_silent_is_given_up(serve):
    done = threading.Event()
    url = serve(lambda _: bytes(done.wait(30)))
    with pytest.raises(TimestampError, match="timed out"):
        request_stamp(url, DIGEST, timeout=0.2)
    done.set()
