"""Crawls whose store fails: they go on into the spool, pause when that is full, and lose nothing."""

from datetime import UTC, datetime

import pytest
from scrapy.core.engine import ExecutionEngine

from crawler.commands.crawl import exit_code
from crawler.demo import FOLDER
from crawler.fetch import uploads
from pipelines.archive import Spool, open_catalog
from pipelines.archive.manifests import Entry, archive_state, write_part
from pipelines.audit.takedown import take_down
from pipelines.errors import StoreError
from pipelines.stores import FileStore, content_of

ARTICLES = len((FOLDER / "truth.jsonl").read_text(encoding="utf-8").splitlines())


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(uploads, "LOOK", 0.05)


@pytest.fixture
def store_down(monkeypatch):
    """Let every store refuse to take anything, until `up` is called."""

    class Down:
        def __init__(self):
            self.patch = pytest.MonkeyPatch()
            for name in ("put", "put_file"):
                self.patch.setattr(FileStore, name, self.refuse)

        def refuse(self, *_args, **_kwargs):
            raise StoreError("the store is down", retryable=True)

        def up(self, *_):
            self.patch.undo()

    down = Down()
    yield down
    down.up()


def articles_asked(crawled) -> int:
    urls = {document["url"] for document in crawled.documents}
    return sum(visit.url in urls for visit in crawled.visits)


def test_a_crawl_whose_store_is_down_keeps_all_in_the_spool_for_the_next_one(crawl_demo, tmp_path, store_down):
    broken = crawl_demo(tmp_path)
    store_down.up()
    mended = crawl_demo(tmp_path)

    assert broken.stats["finish_reason"] == "finished"
    assert broken.stats["upload/waiting"] == ARTICLES + 1
    assert exit_code(broken.stats) == 1
    assert broken.documents == []
    assert len(mended.documents) == ARTICLES
    assert articles_asked(mended) == 0
    assert exit_code(mended.stats) == 0
    assert Spool(tmp_path / "spool").count() == 0


def test_an_article_taken_down_does_not_come_back_with_a_catalog_begun_anew(crawl_demo, tmp_path):
    story = crawl_demo(tmp_path).documents[0]["newskeep"]["articleId"]
    catalog, now = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}"), datetime(2026, 11, 24, tzinfo=UTC)
    take_down(FileStore(tmp_path / "archive"), catalog, story, reason="asked", now=now)
    catalog.close()
    (tmp_path / "catalog.sqlite").unlink()
    crawled = crawl_demo(tmp_path)

    assert len(crawled.documents) == ARTICLES - 1
    assert story not in {document["newskeep"]["articleId"] for document in crawled.documents}


def test_rubbish_in_the_spool_is_set_aside_and_told_and_stops_nothing(crawl_demo, tmp_path):
    spool = Spool(tmp_path / "spool")
    for number, body in enumerate((b"", b'{"newskeep": {"capture": {}}}')):
        spool.add_document(f"../{number}", body)
    (spool.directory / "notes.warc.gz").write_bytes(b"notes")
    crawled = crawl_demo(tmp_path)

    assert len(crawled.documents) == ARTICLES
    assert crawled.stats["warc/failed/damaged"] == 3
    assert exit_code(crawled.stats) == 1
    assert spool.count() == 0


def test_a_store_that_comes_back_during_the_crawl_takes_everything(crawl_demo, tmp_path, store_down, monkeypatch):
    monkeypatch.setattr(uploads.Uploads, "_finish", after(store_down.up, uploads.Uploads._finish))
    crawled = crawl_demo(tmp_path, WARC_MAX_BYTES=20_000)

    assert crawled.stats["upload/retries/StoreError"] >= 1
    assert "upload/waiting" not in crawled.stats
    assert len(crawled.documents) == ARTICLES
    assert exit_code(crawled.stats) == 0


def test_a_full_spool_pauses_the_crawl_until_there_is_room(crawl_demo, tmp_path, store_down, monkeypatch, caplog):
    unpaused = []
    monkeypatch.setattr(ExecutionEngine, "unpause", after(lambda: unpaused.append(True), ExecutionEngine.unpause))
    monkeypatch.setattr(ExecutionEngine, "pause", after(store_down.up, ExecutionEngine.pause))
    crawled = crawl_demo(tmp_path, SPOOL_MAX_BYTES=30_000, DOWNLOAD_DELAY=0.2)

    assert crawled.stats["spool/paused_seconds"] > 0
    assert unpaused
    assert "fetching pauses" in caplog.text
    assert len(crawled.documents) == ARTICLES


def test_a_spool_that_stays_full_ends_the_crawl_and_the_next_one_goes_on(crawl_demo, tmp_path, store_down):
    broken = crawl_demo(tmp_path, SPOOL_MAX_BYTES=30_000, SPOOL_PATIENCE=0.2, DOWNLOAD_DELAY=0.2)
    store_down.up()
    mended = crawl_demo(tmp_path)

    assert broken.stats["finish_reason"] == "the spool is full"
    assert exit_code(broken.stats) == 1
    assert len(mended.documents) == ARTICLES


def test_a_disk_without_room_pauses_the_crawl(crawl_demo, tmp_path):
    crawled = crawl_demo(tmp_path, SPOOL_MIN_FREE=10**18, SPOOL_PATIENCE=0.1, DOWNLOAD_DELAY=0.2)

    assert crawled.stats["finish_reason"] == "the spool is full"


def test_after_any_crawl_every_object_has_its_line_and_nothing_waits(crawl_demo, tmp_path):
    crawled = crawl_demo(tmp_path, WARC_MAX_BYTES=20_000)
    store = FileStore(tmp_path / "archive")

    objects = {found.key: found.size for found in store.list() if not found.key.startswith("manifests/")}
    assert {key: entry.size for key, entry in archive_state(store).items()} == objects
    assert crawled.stats["upload/sent"] == len([key for key in objects if key.endswith((".json", ".warc.gz"))])


def test_a_manifest_that_cannot_be_sealed_holds_nothing_up_and_is_told(crawl_demo, tmp_path, caplog):
    FileStore(tmp_path / "archive").put("manifests/2026/01/02/000000000-00000000.jsonl", b"no manifest\n")
    crawled = crawl_demo(tmp_path)

    assert len(crawled.documents) == ARTICLES
    assert "upload/waiting" not in crawled.stats
    assert crawled.stats["archive/failed/ManifestError"] == 1
    assert exit_code(crawled.stats) == 1
    assert "000000000-00000000.jsonl" in caplog.text


def test_a_fault_of_ours_in_an_upload_is_told_and_loses_nothing(crawl_demo, tmp_path, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.archive.uploader.content_of", lambda _body: 1 / 0)
        broken = crawl_demo(tmp_path)

    assert broken.stats["archive/failed/ZeroDivisionError"] >= 1
    assert broken.stats["upload/waiting"] == ARTICLES + 1
    assert exit_code(broken.stats) == 1
    assert "nothing is uploaded" in caplog.text
    assert len(crawl_demo(tmp_path).documents) == ARTICLES


def test_an_authority_that_gives_no_time_stamp_keeps_no_day_from_being_sealed(crawl_demo, tmp_path):
    store, past = FileStore(tmp_path / "archive"), datetime(2026, 1, 2, tzinfo=UTC)
    store.put("cdxj/a", b"a")
    content = content_of(b"a")
    write_part(store, [Entry(key="cdxj/a", size=content.size, sha256=content.sha256, at=past)], now=past)
    crawled = crawl_demo(tmp_path, TIMESTAMP_URL="http://127.0.0.1:1/")

    assert [found.key for found in store.list("manifests/2026/01/02/root")] == ["manifests/2026/01/02/root.json"]
    assert crawled.stats["upload/unstamped"] == 1
    assert exit_code(crawled.stats) == 0


def after(first, then):
    def call(*args, **kwargs):
        first()
        return then(*args, **kwargs)

    return call
