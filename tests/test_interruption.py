"""Crawls that are interrupted or killed, as whole processes: nothing is lost, nothing stays behind."""

import os
import signal
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import attrs
import pytest

from crawler.demo import FOLDER
from pipelines.archive import Spool, read_documents
from pipelines.stores import open_store
from pipelines.warc.members import validate_segment

SCRAPY = Path(sysconfig.get_path("scripts")) / "scrapy"
ARTICLES = 15  # of the demonstration newspaper
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@attrs.frozen
class Crawls:
    """Crawls of the demonstration newspaper into one folder, one after the other."""

    folder: Path

    def start(self) -> "subprocess.Popen[bytes]":
        own = {
            "NEWSKEEP_ARCHIVE_URL": f"file:{self.folder / 'archive'}",
            "NEWSKEEP_CATALOG_URL": f"sqlite:///{self.folder / 'catalog.sqlite'}",
            "NEWSKEEP_SPOOL_DIR": str(self.folder / "spool"),
        }
        with (self.folder / "output").open("wb") as output:
            return subprocess.Popen(
                [sys.executable, SCRAPY, "demo"],
                cwd=FOLDER.parent.parent,
                env={**os.environ, **own},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def start_and_wait(self, documents: int) -> "subprocess.Popen[bytes]":
        """Start a crawl and return when that many documents are safe, in the spool or in the archive."""
        crawl, deadline = self.start(), time.monotonic() + 60
        while len(self.documents()) < documents and crawl.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return crawl

    def finish(self) -> int:
        return self.start().wait(timeout=60)

    def documents(self) -> list[Path]:
        archived = (self.folder / "archive" / "documents").rglob("*.json")
        return [*archived, *(self.folder / "spool" / "documents").glob("documents*.json")]

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()

    def assert_whole(self) -> None:
        """Every article is archived once, every segment is whole, nothing waits in the spool."""
        store = open_store(f"file:{self.folder / 'archive'}")
        keys = (found.key for found in store.list("documents/"))
        urls = Counter(document["url"] for _, document in read_documents(store, keys))
        assert len(urls) == ARTICLES
        assert set(urls.values()) == {1}
        assert Spool(self.folder / "spool").count() == 0
        segments = list((self.folder / "archive" / "warc").rglob("*.warc.gz"))
        assert all(validate_segment(segment) for segment in segments)


@pytest.fixture
def crawls(tmp_path):
    return Crawls(tmp_path)


def members_of(session: int) -> list[int]:
    """Return the processes of a session that still run; a crawl's workers are in the session of the crawl."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(ValueError, OSError):
            state, _, _, sid = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(sid) == session and state != "Z":
                found.append(int(process.name))
    return found


def assert_gone(session: int, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while members_of(session) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert members_of(session) == []


def test_ctrl_c_once_finishes_what_is_in_flight(crawls):
    crawl = crawls.start_and_wait(documents=1)
    os.killpg(crawl.pid, signal.SIGINT)  # a terminal tells the whole group

    assert crawl.wait(timeout=30) == 130
    assert "shutdown: the next crawl goes on from here" in " ".join(crawls.output.split())
    assert "Traceback" not in crawls.output
    assert Spool(crawls.folder / "spool").count() == 0
    assert_gone(crawl.pid)
    assert crawls.finish() == 0
    crawls.assert_whole()


@pytest.mark.parametrize("pause", [0.0, 0.1])
def test_ctrl_c_twice_stops_at_once(crawls, pause):
    crawl = crawls.start_and_wait(documents=1)
    os.killpg(crawl.pid, signal.SIGINT)
    time.sleep(pause)
    with suppress(ProcessLookupError):
        os.killpg(crawl.pid, signal.SIGINT)
    began = time.monotonic()

    assert crawl.wait(timeout=30) == 130
    assert time.monotonic() - began < 2.5
    assert "Traceback" not in crawls.output
    assert_gone(crawl.pid)
    assert crawls.finish() == 0
    crawls.assert_whole()


def test_ctrl_c_before_the_first_page_is_no_traceback(crawls):
    crawl, deadline = crawls.start(), time.monotonic() + 30
    while "Spider opened" not in crawls.output and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(crawl.pid, signal.SIGINT)

    assert crawl.wait(timeout=30) == 130
    assert "Traceback" not in crawls.output
    assert_gone(crawl.pid)


def test_a_killed_crawl_leaves_no_process_and_the_next_one_loses_nothing(crawls):
    for documents in (0, 1, 6):
        crawl = crawls.start_and_wait(documents)
        crawl.kill()
        crawl.wait()
        assert_gone(crawl.pid)

    assert crawls.finish() == 0
    crawls.assert_whole()
