"""The demonstration newspaper's server, asked as a crawl asks it."""

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from crawler.demo import DemoServer, Visit, read_site
from pipelines.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
HOME = "http://harbour-gazette.example/"
ARTICLE = HOME + "2026/03/18/swing-bridge-reopens/"


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture
def client(demo: DemoServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=5)
    yield connection
    connection.close()


def fetch(client, target, method="GET", **headers):
    """Return response and body; header names are written with underscores."""
    client.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = client.getresponse()
    return response, response.read()


def test_an_absolute_request_line_names_the_host(client):
    response, body = fetch(client, HOME)

    assert response.status == 200
    assert b"The Harbour Gazette" in body


def test_a_host_header_names_the_host(client):
    response, body = fetch(client, "/", Host="grenzblatt.example:8080")

    assert response.status == 200
    assert "La Frontalière".encode() in body


@pytest.mark.parametrize("target", ["http://elsewhere.example/", "http://127.0.0.1/", "/"])
def test_any_other_host_is_not_found(client, target):
    assert fetch(client, target)[0].status == 404


def test_a_request_for_no_url_is_a_bad_request(demo):
    with socket.create_connection(("127.0.0.1", demo.port), timeout=5) as client:
        client.sendall(b"GET http://[/ HTTP/1.1\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 400"


def test_nothing_is_tunnelled(client):
    assert fetch(client, "harbour-gazette.example:443", method="CONNECT")[0].status == 501


@pytest.mark.parametrize("path", ["2025/12/01/advent-calendar/", "/elsewhere.example"])
def test_an_unknown_page_is_not_found(client, path):
    assert fetch(client, HOME + path)[0].status == 404


def test_one_connection_carries_many_requests(client):
    fetch(client, HOME)
    connection = client.sock
    fetch(client, ARTICLE)

    assert connection is not None
    assert client.sock is connection


def test_the_entity_tag_revalidates_a_page(client):
    etag = fetch(client, ARTICLE)[0].headers["ETag"]
    response, body = fetch(client, ARTICLE, If_None_Match=f'"other", {etag}')

    assert (response.status, body) == (304, b"")
    assert response.headers["ETag"] == etag


def test_the_date_revalidates_a_page(client):
    modified = fetch(client, ARTICLE)[0].headers["Last-Modified"]

    assert fetch(client, ARTICLE, If_Modified_Since=modified)[0].status == 304


@pytest.mark.parametrize(
    "headers",
    [
        {"If_None_Match": '"other"', "If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
        {"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 -0000"},
    ],
    ids=["the tag outranks the date", "older", "not a date", "a date without a zone"],
)
def test_a_page_is_sent_whole_when_the_client_has_another(client, headers):
    assert fetch(client, ARTICLE, **headers)[0].status == 200


def test_a_client_that_accepts_gzip_gets_the_same_page_compressed(client):
    _, plain = fetch(client, ARTICLE)
    response, packed = fetch(client, ARTICLE, Accept_Encoding="br, gzip;q=0.5")

    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", "gzip; q=0.000"])
def test_a_client_that_refuses_gzip_gets_the_page_plain(client, accepted):
    assert "Content-Encoding" not in fetch(client, ARTICLE, Accept_Encoding=accepted)[0].headers


def test_head_sends_the_length_without_the_page(client):
    _, page = fetch(client, ARTICLE)
    response, body = fetch(client, ARTICLE, method="HEAD")

    assert body == b""
    assert response.headers["Content-Length"] == str(len(page))


def test_a_short_link_redirects_to_the_article(client):
    response, _ = fetch(client, HOME + "?p=1042&utm_source=home")

    assert (response.status, response.headers["Location"]) == (301, ARTICLE)


def test_a_tracking_parameter_changes_nothing(client):
    assert fetch(client, ARTICLE + "?utm_source=rss")[1] == fetch(client, ARTICLE)[1]


def test_a_parameter_that_tells_pages_apart_counts(client):
    assert fetch(client, ARTICLE + "?print=1")[1] != fetch(client, ARTICLE)[1]
    assert fetch(client, "http://meridian-desk.example/dispatches/?page=9")[0].status == 404


def test_the_clock_in_the_answers_is_real(client):
    age = datetime.now(UTC) - parsedate_to_datetime(fetch(client, HOME)[0].headers["Date"])

    assert abs(age.total_seconds()) < 60


def test_each_request_is_noted_with_its_answer(demo, client):
    fetch(client, ARTICLE)
    fetch(client, "/", Host="elsewhere.example")

    assert demo.visits == [
        Visit(method="GET", url=ARTICLE, status=200),
        Visit(method="GET", url="http://elsewhere.example/", status=404),
    ]


def test_leaving_the_context_ends_open_connections():
    with DemoServer() as server:
        kept = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        kept.sendall(b"HEAD / HTTP/1.1\r\nHost: grenzblatt.example\r\n\r\n")
        start = kept.recv(12)
    with kept:
        while kept.recv(4096):  # ends only when the server has hung up
            pass

    assert start == b"HTTP/1.1 200"


def test_a_url_in_a_query_is_not_taken_for_the_host(client):
    assert fetch(client, "/?from=http://elsewhere.example/", Host="grenzblatt.example")[0].status == 200


def manifest(folder: Path, text: str) -> Path:
    (folder / "a.example").mkdir()
    (folder / "a.example" / "x").write_text("x")
    (folder / "site.toml").write_text(f"modified = 2026-03-20T18:00:00Z\n[[host]]\nname = 'a.example'\n{text}")
    return folder


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[host.page]]\nfile = 'index.html'", "lacks the key 'path'"),
        ("[[host.page]]\npath = '/'\nfile = 'none.html'", "none.html"),
        ("[[host.page]]\npath = '/'\nfile = 'x'\ncolour = 'red'", "unknown key 'colour'"),
        ("[[host.page]]\npath = '/'\nfile = 'x'\ncharset = 'klingon'", "klingon"),
        ("[[host.page", "Expected"),
    ],
)
def test_a_wrong_manifest_is_named_with_its_fault(tmp_path, text, problem):
    with pytest.raises(SettingsError, match=problem) as caught:
        read_site(manifest(tmp_path, text))

    assert "site.toml" in str(caught.value)


def test_the_module_serves_until_told_to_stop():
    command = [sys.executable, "-m", "crawler.demo", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}) as process:
        assert process.stdout is not None
        client = http.client.HTTPConnection("127.0.0.1", json.loads(process.stdout.readline())["port"], timeout=5)
        status = fetch(client, HOME)[0].status
        client.close()
        process.send_signal(signal.SIGTERM)

    assert (status, process.returncode) == (200, 0)


def test_a_taken_port_is_one_line_and_exit_status_one(demo):
    command = [sys.executable, "-m", "crawler.demo", "--port", str(demo.port)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)

    assert process.returncode == 1
    assert process.stderr.startswith("demo: ")
    assert len(process.stderr.splitlines()) == 1
