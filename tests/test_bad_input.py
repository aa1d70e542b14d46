"""What is wrong before a crawl starts, or breaks while it runs, is one line; nothing is lost by it."""

import errno
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.demo import FOLDER
from crawler.preflight import check_crawl
from pipelines.archive import Catalog, Spool, open_catalog
from pipelines.errors import CatalogError, NewskeepError, StoreError
from pipelines.stores import open_store
from pipelines.warc import WarcWriter

SCRAPY = Path(sysconfig.get_path("scripts")) / "scrapy"
ARTICLES = 15  # of the demonstration newspaper
NOTHING: dict[str, str] = {}


@pytest.fixture
def settings(tmp_path):
    settings = Settings()
    settings.setmodule("crawler.settings", "project")
    settings.setdict(
        {
            "ARCHIVE_URL": f"file:{tmp_path / 'archive'}",
            "CATALOG_URL": f"sqlite:///{tmp_path / 'catalog.sqlite'}",
            "SPOOL_DIR": str(tmp_path / "spool"),
            "SEEDS_DIR": str(FOLDER / "seeds"),
            "CONTACT": "https://newskeep.example/tests",
        },
        "cmdline",
    )
    return settings


def test_what_is_well_passes(settings):
    check_crawl(settings, {"source": "grenzblatt", "limit": "5", "since": "2026-01-31"})


@pytest.mark.parametrize(
    ("changed", "arguments", "named"),
    [
        (NOTHING, {"source": "nobody"}, "'nobody' is not a known source"),
        (NOTHING, {"sorce": "grenzblatt"}, "did you mean source"),
        (NOTHING, {"limit": "many"}, "limit"),
        (NOTHING, {"limit": "0"}, "limit"),
        (NOTHING, {"since": "yesterday"}, "since"),
        ({"CONTACT": ""}, NOTHING, "CONTACT"),
        ({"CONTACT": "me"}, NOTHING, "CONTACT"),
        ({"SEEDS_DIR": ""}, NOTHING, "SEEDS_DIR"),
        ({"SEEDS_DIR": "/nowhere"}, NOTHING, "SEEDS_DIR"),
        ({"ARCHIVE_URL": "archive"}, NOTHING, "ARCHIVE_URL"),
        ({"ARCHIVE_URL": "file:/dev/null/archive"}, NOTHING, "/dev/null/archive"),
        ({"CATALOG_URL": "catalog.sqlite"}, NOTHING, "CATALOG_URL"),
        ({"CATALOG_URL": "sqlite:////nowhere/catalog.sqlite"}, NOTHING, "/nowhere/catalog.sqlite"),
        ({"SPOOL_DIR": "/dev/null/spool"}, NOTHING, "SPOOL_DIR"),
        ({"ALLOWED_NETWORKS": "home"}, NOTHING, "ALLOWED_NETWORKS"),
        ({"PROGRESS": "loud"}, NOTHING, "PROGRESS"),
        ({"DOWNLOAD_DELAY": "slow"}, NOTHING, "DOWNLOAD_DELAY"),
        ({"MAX_ARTICLES": "0"}, NOTHING, "MAX_ARTICLES"),
        ({"EXTRACTION_WORKERS": "-1"}, NOTHING, "EXTRACTION_WORKERS"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_in_one_line_before_the_crawl(settings, changed, arguments, named):
    settings.setdict(changed, "cmdline")

    with pytest.raises(NewskeepError) as caught:
        check_crawl(settings, arguments)

    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(settings, tmp_path):
    (tmp_path / "catalog.sqlite").write_text("These are not the tables you are looking for.")

    with pytest.raises(CatalogError, match="not an SQLite database"):
        check_crawl(settings, {})


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        (("crawl", "nws"), 1, "nws: no such spider"),
        (("crawl", "news", "-s", f"REPLAY_WARC={__file__}"), 1, f"{__file__}: broken"),
        (("crawl", "news", "-s", "LOG_LEVEL=LOUD"), 2, "LOG_LEVEL"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_crawl_that_cannot_start_ends_with_one_line_and_no_traceback(tmp_path, changed, status, named):
    done = run(tmp_path, *changed)

    assert done.returncode == status
    assert named in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_proxy_that_leads_nowhere_is_named_and_nothing_is_settled(tmp_path):
    done = run(tmp_path, "crawl", "news", http_proxy="http://127.0.0.1:1")

    assert done.returncode == 1
    assert "robots.txt cannot be reached" in done.stderr
    assert "http://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


def run(folder: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    own = {
        "NEWSKEEP_ARCHIVE_URL": f"file:{folder / 'archive'}",
        "NEWSKEEP_CATALOG_URL": f"sqlite:///{folder / 'catalog.sqlite'}",
        "NEWSKEEP_SPOOL_DIR": str(folder / "spool"),
        "NEWSKEEP_SEEDS_DIR": str(FOLDER / "seeds"),
        "NEWSKEEP_CONTACT": "https://newskeep.example/tests",
        "no_proxy": "",
    }
    return subprocess.run(
        [sys.executable, SCRAPY, *command],
        check=False,
        cwd=FOLDER.parent.parent,
        env={**os.environ, **own, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def states(folder: Path) -> set[str]:
    """Return what became of the URLs that a crawl knows."""
    catalog = open_catalog(f"sqlite:///{folder / 'catalog.sqlite'}")
    found = {state for counts in catalog.counts().values() for state in counts}
    catalog.close()
    return found - {"articles", "revisions"}


class FailsAfter:
    """Stands in for a method that works `times` times and then raises."""

    def __init__(self, method, times, error):
        self.method, self.times, self.error = method, times, error

    def __get__(self, owner, _):
        def call(*args, **kwargs):
            self.times -= 1
            if self.times < 0:
                raise self.error
            return self.method(owner, *args, **kwargs)

        return call


@pytest.mark.parametrize(
    ("owner", "method", "times", "error", "counted"),
    [
        (WarcWriter, "_write", 20, OSError(errno.ENOSPC, "No space left on device"), "record/failed/WarcError"),
        (Catalog, "note_candidates", 3, CatalogError("database is locked"), "archive/failed/CatalogError"),
        (Catalog, "latest_revision", 4, CatalogError("disk I/O error"), "archive/failed/CatalogError"),
    ],
    ids=["spool full", "catalog lost to the spider", "catalog lost to the stages"],
)
def test_an_archive_that_fails_ends_the_crawl_and_the_next_one_loses_nothing(
    crawl_demo, tmp_path, monkeypatch, caplog, owner, method, times, error, counted
):
    with monkeypatch.context() as patch:
        patch.setattr(owner, method, FailsAfter(getattr(owner, method), times, error))
        broken = crawl_demo(tmp_path)

    assert broken.stats["finish_reason"] == "the archive failed"
    assert broken.stats[counted] >= 1
    assert len(broken.documents) < ARTICLES
    assert states(tmp_path) <= {"done", "pending", "skipped"}
    assert [record for record in caplog.records if record.exc_info] == []
    assert len(crawl_demo(tmp_path).documents) == ARTICLES


def test_hosts_that_cannot_be_reached_are_counted_and_their_articles_wait(crawl_demo, tmp_path, monkeypatch):
    crawl_demo(tmp_path, MAX_ARTICLES=1)
    before = waiting(tmp_path)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    from tests.conftest import run_crawl  # noqa: PLC0415 - beside the fixture that calls it

    stats = run_crawl(tmp_path, SEEDS_DIR=str(FOLDER / "seeds"))

    assert stats["robots/unreachable"] == 3
    assert before > 0
    assert waiting(tmp_path) == before


def waiting(folder: Path) -> int:
    catalog = open_catalog(f"sqlite:///{folder / 'catalog.sqlite'}")
    found = sum(counts.get("pending", 0) for counts in catalog.counts().values())
    catalog.close()
    return found


def test_an_interrupted_listing_is_read_to_its_end_by_the_next_crawl(crawl_demo, tmp_path, monkeypatch):
    async def dies_first(*_):
        pass

    with monkeypatch.context() as patch:
        patch.setattr("crawler.frontier.Frontier.finish", dies_first)
        first = crawl_demo(tmp_path, MAX_LISTING_PAGES=1)

    assert len(first.documents) < ARTICLES
    assert len(crawl_demo(tmp_path).documents) == ARTICLES


@pytest.mark.parametrize(
    ("environment", "url", "named"),
    [
        ({}, "s3://no-such-bucket-here/archive", "no such bucket"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, None, "wrong credentials"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, None, "wrong credentials"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, None, "no answer from http://127.0.0.1:1"),
    ],
    ids=["bucket", "secret", "key", "endpoint"],
)
def test_an_s3_archive_out_of_reach_is_named_before_the_crawl(settings, s3_url, monkeypatch, environment, url, named):
    settings.set("ARCHIVE_URL", url or s3_url, "cmdline")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(StoreError, match=named):
        check_crawl(settings, {})


def test_an_s3_archive_takes_a_whole_crawl(tmp_path, s3_url):
    done = run(tmp_path, "demo", NEWSKEEP_ARCHIVE_URL=s3_url)

    store = open_store(s3_url)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert len(list(store.list("documents/"))) == ARTICLES
    assert len([found for found in store.list("warc/") if found.key.endswith(".warc.gz")]) == 1
    assert Spool(tmp_path / "spool").count() == 0
