"""Whole crawls of the demonstration newspaper: over real HTTP, then again from the WARC."""

import json
from pathlib import Path

import pytest

from crawler.demo import FOLDER
from pipelines.archive import validate_document
from pipelines.stores import open_store
from pipelines.warc import iter_captures

TRUTH = [json.loads(line) for line in (FOLDER / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def crawled(crawl_demo, tmp_path_factory):
    return crawl_demo(tmp_path_factory.mktemp("crawl"))


def test_every_article_is_archived_once_and_nothing_else_is(crawled):
    assert sorted(document["url"] for document in crawled.documents) == sorted(row["url"] for row in TRUTH)


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: row["url"].partition("//")[2])
class TestArticle:
    @pytest.fixture
    def document(self, crawled, row):
        return next(document for document in crawled.documents if document["url"] == row["url"])

    def test_its_text_is_whole(self, document, row):
        body = flat(document["articleBody"])
        assert [paragraph for paragraph in row["paragraphs"] if flat(paragraph) not in body] == []

    def test_its_text_is_clean(self, document, row):
        blocks = {flat(block) for block in document["articleBody"].split("\n\n")}
        furniture = row["furniture"] + row["credit_lines"] + row["captions"]
        assert [line for line in furniture if flat(line) in blocks] == []

    def test_its_headline_and_authors_are_right(self, document, row):
        assert document["headline"] == row["headline"]
        assert [author["name"] for author in document["author"]] == row["authors"]

    def test_its_date_is_right(self, document, row):
        assert document["datePublished"].startswith(row["published"][:10])
        assert row["published"] in {document["datePublished"], document["datePublished"][:10]}

    def test_its_credits_are_with_its_images(self, document, row):
        found = [image.get("creditText") for image in document["image"]]
        assert [credit for credit in row["credits"] if credit not in found] == []

    def test_its_captions_are_with_its_images(self, document, row):
        found = [image.get("caption") for image in document["image"]]
        assert [caption for caption in row["captions"] if caption not in found] == []

    def test_its_document_fits_the_schema(self, document, row):
        validate_document(document)

    def test_its_record_is_in_the_archive(self, crawled, document, row):
        place = document["newskeep"]["capture"]["warc"]
        recorded = next(recorded for recorded in crawled.captures if recorded.location.record_id == place["recordId"])
        assert recorded.location.offset == place["offset"]
        assert recorded.payload_digest == document["newskeep"]["capture"]["payloadDigest"]


def test_what_robots_txt_forbids_is_not_asked_for(crawled):
    assert [visit.url for visit in crawled.visits if "/private" in visit.url] == []


def test_nothing_is_asked_for_twice(crawled):
    asked = [visit.url for visit in crawled.visits]
    assert len(asked) == len(set(asked))


def test_every_exchange_is_recorded(crawled):
    assert len(crawled.captures) == len(crawled.visits)


def test_no_article_costs_more_than_two_requests(crawled):
    assert len(crawled.visits) <= 60


def test_a_second_crawl_asks_for_no_article_again(crawl_demo, crawled):
    again = crawl_demo(crawled.folder)

    assert again.stats.get("archive/stored", 0) == 0
    articles = {row["url"] for row in TRUTH}
    assert [visit.url for visit in again.visits if visit.url in articles] == []


def test_a_page_that_a_second_crawl_finds_unchanged_is_not_kept_twice(crawl_demo, tmp_path):
    crawl_demo(tmp_path)
    again = crawl_demo(tmp_path)

    kept = {capture.location.record_id: capture for capture in again.captures}
    repeated = [capture for capture in again.captures if capture.type == "revisit"]
    assert len(repeated) == again.stats["warc/revisits"] > 0
    assert {capture.payload_digest for capture in repeated} == {
        kept[capture.original.record_id].payload_digest for capture in repeated
    }
    assert {capture.url for capture in repeated} == {kept[capture.original.record_id].url for capture in repeated}


def test_a_replay_of_the_crawl_gives_the_same_documents(crawl_demo, crawled, tmp_path):
    replayed = crawl_demo(tmp_path, replay=crawled.folder / "archive" / "warc")

    assert replayed.visits == []
    assert [without_place(document) for document in replayed.documents] == [
        without_place(document) for document in crawled.documents
    ]


def without_place(document):
    """Return a document without what tells how its page was come upon."""
    ours = {name: value for name, value in document["newskeep"].items() if name != "candidate"}
    return {**document, "newskeep": ours}


def test_a_lost_catalog_is_made_again_from_the_archive(crawled, tmp_path):
    from pipelines.archive import open_catalog  # noqa: PLC0415

    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    rebuilt = catalog.rebuild(open_store(f"file:{crawled.folder / 'archive'}"))

    assert rebuilt.revisions == len(TRUTH)
    assert {row.url for row in catalog.revisions()} == {row["url"] for row in TRUTH}
    catalog.close()


def test_the_archive_reads_without_a_catalog(crawled):
    documents = [json.loads(path.read_bytes()) for path in Path(crawled.folder, "archive/documents").rglob("*.json")]

    assert len(documents) == len(TRUTH)
    assert len(list(iter_captures(Path(crawled.folder, "archive/warc")))) >= len(crawled.captures)
