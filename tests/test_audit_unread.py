"""Pages that a crawl recorded and died before it read them: the next one reads them without asking again."""

import pytest

from crawler.demo import FOLDER
from pipelines.stages import ReadStage
from tests.damage import flip

ARTICLES = len((FOLDER / "truth.jsonl").read_text(encoding="utf-8").splitlines())


@pytest.fixture
def unread(crawl_demo, tmp_path, monkeypatch):
    """What a crawl leaves whose pages were recorded, and none was read."""

    async def read_nothing(_stage, _page):
        raise AssertionError  # an item that fails so stays pending, as one does that a crash interrupts

    with monkeypatch.context() as patch:
        patch.setattr(ReadStage, "process_item", read_nothing)
        patch.setattr("crawler.fetch.uploads.Uploads._attempt", lambda _uploads: 0.0)
        crawl_demo(tmp_path)
    return tmp_path


def test_the_next_crawl_reads_them_from_the_spool_and_asks_for_none_again(unread, crawl_demo):
    crawled = crawl_demo(unread)

    urls = {document["url"] for document in crawled.documents}
    assert len(urls) == len(crawled.documents) == ARTICLES
    assert crawled.stats["frontier/unread"] == ARTICLES
    assert [visit.url for visit in crawled.visits if visit.url in urls] == []


def test_what_is_read_so_is_what_the_crawl_would_have_read(unread, crawl_demo, tmp_path_factory):
    late = {document["url"]: document for document in crawl_demo(unread).documents}
    soon = {document["url"]: document for document in crawl_demo(tmp_path_factory.mktemp("whole")).documents}

    for document in (*late.values(), *soon.values()):
        del document["newskeep"]["capture"]
    assert late == soon


def test_a_damaged_segment_gives_what_stands_before_the_damage(unread, crawl_demo):
    (segment,) = (unread / "spool").glob("*.warc.gz")
    segment.write_bytes(flip(segment.read_bytes(), 2 / 3))
    crawled = crawl_demo(unread)

    assert 0 < crawled.stats["frontier/unread"] < ARTICLES
    assert crawled.stats["warc/failed/damaged"] == 1
