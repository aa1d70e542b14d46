"""What we write, read by those who read everybody's archives.

`make test` puts the peers into .cache: the packages locked in tests/peers/uv.lock, and ReplayWeb.page by npm.
"""

import json
import os
import queue
import shutil
import subprocess
import threading
import time
import urllib.request
import zipfile
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from conftest import free_ports
from fastwarc.warc import ArchiveIterator

from pipelines.archive.packages import package_wacz
from pipelines.model import WarcLocation
from pipelines.stores.files import FileStore
from pipelines.warc import Exchange, Original, WarcWriter, read_record
from pipelines.warc.cdxj import index_segment
from pipelines.warc.content import decode_content

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".cache" / "peers" / "bin"
PLAYER = ROOT / ".cache" / "replaywebpage" / "package"
PLAYER_FILES = {"/ui.js": PLAYER / "ui.js", "/replay/sw.js": PLAYER / "sw.js"}
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NOW = datetime(2026, 11, 2, 9, 30, 0, 123456, UTC)
PATIENCE = 30.0

AWKWARD_URLS = (
    "http://www.Courier.example/A/../b?z=1&a=2",
    "https://courier.example:8443/",
    "https://münchen.example/ä b?q=ü",
    "http://courier.example/%7Ea//b/",
    "http://user@courier.example./?",
    "http://1.2/x;jsessionid=1?PHPSESSID=0123456789abcdef0123456789abcdef&b",
    "http://courier.example:port/",
    "dns:courier.example",
)
AWKWARD_RESPONSES = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Type: text/plain\r\n\r\nbody",
    b"HTTP/1.1 200 \xe9t\xe9\r\nContent-Type: text/\xe9\r\n\r\n",
    b"HTTP/1.1 302 Found\r\ncontent-type:\r\n\r\n",
    b"HTTP/1.0 404\r\n\r\n",
)


@pytest.fixture(scope="session")
def peer():
    """Run a command of the peers' environment; give its output."""

    def run(name, *arguments, cwd=None):
        done = subprocess.run(
            [tool(name), *map(str, arguments)], check=False, cwd=cwd, capture_output=True, timeout=PATIENCE
        )
        assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        return done.stdout

    return run


def tool(name):
    if not (PEERS / name).exists():
        pytest.skip(f"{name} is not installed; `make test` installs it where this Python can run it")
    return str(PEERS / name)


@pytest.fixture(scope="session")
def crawled(crawl_demo, tmp_path_factory):
    """The demonstration newspaper, crawled twice: the second time what has not changed becomes revisits."""
    folder = tmp_path_factory.mktemp("peers")
    crawl_demo(folder)
    return crawl_demo(folder)


@pytest.fixture(scope="session")
def segments(crawled):
    return sorted((crawled.folder / "archive" / "warc").rglob("*.warc.gz"))


@pytest.fixture(scope="session")
def wacz(crawled, tmp_path_factory):
    path = tmp_path_factory.mktemp("wacz") / "demo.wacz"
    documents = ((document["url"], document) for document in crawled.documents)
    store = FileStore(crawled.folder / "archive")
    with path.open("wb") as output:
        package_wacz(documents, store, output, information={"software": "newskeep"}, now=NOW)
    return path


@pytest.fixture
def awkward(tmp_path):
    """A segment of all that an index can stumble over."""
    with WarcWriter(tmp_path) as writer:
        for url in AWKWARD_URLS:
            for response in AWKWARD_RESPONSES:
                writer.write(exchange(url, response))
        writer.write_resource("http://courier.example/saved", "text/html; charset=utf-8", b"saved", NOW)
        location = writer.write(exchange("http://courier.example/again", AWKWARD_RESPONSES[0]))
        digest = "sha256:" + "0" * 64
        original = Original(
            url="http://courier.example/again", fetched_at=NOW, payload_digest=digest, location=location
        )
        unchanged = exchange("http://courier.example/again", b"HTTP/1.1 304 Not Modified\r\n\r\n", status=304)
        writer.write(unchanged, original)
    return next(tmp_path.glob("*.warc.gz"))


def exchange(url, response, **more):
    request = b"GET / HTTP/1.1\r\nHost: courier.example\r\n\r\n"
    payload = response.partition(b"\r\n\r\n")[2]
    return Exchange(
        url=url,
        fetched_at=NOW,
        request=request,
        response=response,
        payload=payload,
        metadata=(("source", "courier"),),
        **more,
    )


def test_warcio_finds_every_digest_right(peer, segments):
    assert len(segments) == 2
    peer("warcio", "check", *segments)


def test_fastwarc_reads_every_record_and_finds_its_digest_right(segments):
    verdicts = []
    for segment in segments:
        with segment.open("rb") as file:
            verdicts += [record.verify_block_digest() for record in ArchiveIterator(file, parse_http=False)]

    assert len(verdicts) > 150
    assert all(verdicts)


def test_the_index_of_each_segment_is_the_one_that_cdxj_indexer_makes(peer, segments):
    for segment in segments:
        ours = segment.with_name(segment.name.replace(".warc.gz", ".cdxj")).read_bytes()
        assert ours.splitlines() == sorted(peer("cdxj-indexer", segment).splitlines())


def test_an_index_of_awkward_captures_is_the_one_that_cdxj_indexer_makes(peer, awkward):
    ours = [found.line.rstrip(b"\n") for found in index_segment(awkward)]

    assert len(ours) == len(AWKWARD_URLS) * len(AWKWARD_RESPONSES) + 3
    assert ours == sorted(peer("cdxj-indexer", awkward).splitlines())


def test_the_wacz_is_valid(peer, wacz):
    assert b"is valid" in peer("wacz", "validate", "-f", wacz)


def test_warcio_finds_every_digest_of_the_wacz_right(peer, wacz, tmp_path):
    with zipfile.ZipFile(wacz) as package:
        (name,) = (name for name in package.namelist() if name.startswith("archive/"))
        package.extract(name, tmp_path)
    peer("warcio", "check", tmp_path / name)


@pytest.fixture(scope="session")
def pywb(peer, wacz, tmp_path_factory):
    """pywb on loopback with the WACZ as its collection `demo`; gives its address."""
    folder = tmp_path_factory.mktemp("pywb")
    peer("wb-manager", "init", "demo", cwd=folder)
    peer("wb-manager", "add", "demo", "--unpack-wacz", wacz, cwd=folder)
    (port,) = free_ports(1)
    with (folder / "log").open("wb") as log:
        command = [tool("wayback"), "-b", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/", server, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def wait_for_answer(url, server, log):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fetch(url)
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"pywb did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        else:
            return


def fetch(url):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url, timeout=PATIENCE) as answer:
        return answer.read()


def test_pywb_serves_every_article_byte_for_byte(pywb, crawled):
    store = FileStore(crawled.folder / "archive")
    served, recorded = {}, {}
    for document in crawled.documents:
        capture = document["newskeep"]["capture"]
        place = capture["warc"]
        location = WarcLocation(
            filename=place["filename"], offset=place["offset"], length=place["length"], record_id=place["recordId"]
        )
        recorded[capture["url"]] = read_record(store, location)
        served[capture["url"]] = fetch(f"{pywb}/demo/id_/{capture['url']}")

    assert len(served) == 15
    assert served == {url: decoded(page) for url, page in recorded.items()}


def decoded(recorded):
    codings = next((value for name, value in recorded.headers if name.lower() == "content-encoding"), "")
    return decode_content(recorded.body, codings, 10**7)[0]


class PlayerHandler(BaseHTTPRequestHandler):
    """Serves the player, its page and the WACZ, by ranges as WACZ asks, and takes what the page reports."""

    def __init__(self, *arguments, files, seen):
        self.files, self.seen = files, seen
        super().__init__(*arguments)

    def do_GET(self):
        path = self.files.get(urlsplit(self.path).path)
        if path is None:
            self.send_error(404)
            return
        body = path.read_bytes()
        start, _, end = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        first, last = (int(start), int(end or len(body) - 1)) if start else (len(body) - int(end), len(body) - 1)
        part = body[first : last + 1]
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(body)}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(part)

    do_HEAD = do_GET  # noqa: N815 - as http.server calls it

    def do_POST(self):
        self.seen.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


TYPES = {".html": "text/html", ".js": "text/javascript", ".wacz": "application/wacz"}


@pytest.fixture
def player(wacz):
    """A server of ReplayWeb.page and the WACZ; gives its address and the queue of what was reported."""
    if not all(path.exists() for path in PLAYER_FILES.values()):
        pytest.skip("ReplayWeb.page is not installed; `make test` fetches it where npm is")
    if BROWSER is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    seen = queue.Queue()
    files = {**PLAYER_FILES, "/": Path(__file__).parent / "peers" / "replay.html", "/demo.wacz": wacz}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(PlayerHandler, files=files, seen=seen))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_replayweb_page_shows_an_article(player, crawled, tmp_path):
    address, seen = player
    document = crawled.documents[0]
    capture = document["newskeep"]["capture"]
    moment = datetime.fromisoformat(capture["fetchedAt"])
    wanted = {"source": f"{address}/demo.wacz", "url": capture["url"], "ts": f"{moment:%Y%m%d%H%M%S}"}
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--no-proxy-server",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--remote-debugging-port=0",  # keeps the headless browser open
        f"{address}/?{urlencode(wanted)}",
    ]
    with (tmp_path / "log").open("wb") as log:
        browser = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"HOME": str(tmp_path)})
    try:
        headlines = seen.get(timeout=PATIENCE)
    except queue.Empty:
        pytest.fail(f"no headline was shown: {(tmp_path / 'log').read_text(errors='replace')[-2000:]}")
    finally:
        browser.kill()
        browser.wait()

    assert document["headline"] in [" ".join(headline.split()) for headline in headlines]
