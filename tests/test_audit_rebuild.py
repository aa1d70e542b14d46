import gzip
import json
import shutil

import attrs
import pytest

from pipelines.archive import location_of, revision_key, to_document, to_json
from pipelines.audit.pages import read_capture
from pipelines.audit.rebuild import Outcome, rebuild_documents
from pipelines.dedupe import article_id, content_fingerprint
from pipelines.model import Page, Revision
from pipelines.stores import FileStore
from pipelines.warc import Exchange, Original, WarcWriter, read_record, segment_key
from pipelines.warc.records import sha256_digest
from pipelines.workers import ExtractionPool, present_versions, read_article


@pytest.fixture(scope="module")
def crawled(crawl_demo, tmp_path_factory):
    return crawl_demo(tmp_path_factory.mktemp("crawl"))


@pytest.fixture(scope="module")
def pool():
    with ExtractionPool(workers=2) as pool:
        yield pool


@pytest.fixture
def store(crawled, tmp_path):
    """A copy of the fresh archive, to be damaged."""
    shutil.copytree(crawled.folder / "archive", tmp_path / "copy")
    return FileStore(tmp_path / "copy")


@pytest.fixture
def key(store):
    return next(found.key for found in store.list("documents/harbour-gazette/"))


@pytest.fixture
def rebuilt_after(store, key, pool):
    """Change a document as told and rebuild it."""

    def rebuild(change):
        document = json.loads(store.get(key))
        store.replace(key, change(document) or to_json(document))
        (rebuilding,) = rebuild_documents(store, [key], pool=pool)
        return rebuilding

    return rebuild


def test_every_document_of_a_fresh_archive_is_made_again_byte_for_byte(crawled, pool):
    store = FileStore(crawled.folder / "archive")
    keys = [found.key for found in store.list("documents/")]

    rebuilt = list(rebuild_documents(store, keys, pool=pool))

    assert [found.key for found in rebuilt] == keys
    assert {found.outcome for found in rebuilt} == {Outcome.SAME}


def test_a_changed_word_is_found_by_its_field(rebuilt_after):
    found = rebuilt_after(lambda document: document.update(articleBody="Another text."))

    assert (found.outcome, found.fields) == (Outcome.DIFFERS, ("articleBody",))


@pytest.mark.parametrize(
    ("name", "value"),
    [("charset", "koi8-r"), ("fetchedAt", "2026-01-01T00:00:00+00:00"), ("payloadDigest", f"sha256:{'0' * 64}")],
)
def test_a_claim_that_its_record_does_not_make_is_found(rebuilt_after, name, value):
    found = rebuilt_after(lambda document: document["newskeep"]["capture"].update({name: value}))

    assert found.outcome is Outcome.DIFFERS
    assert f"newskeep.capture.{name}" in found.fields


def test_a_document_written_in_another_way_is_not_the_same(rebuilt_after):
    found = rebuilt_after(lambda document: json.dumps(document).encode())

    assert (found.outcome, found.fields) == (Outcome.DIFFERS, ("bytes",))


def test_other_versions_are_told_and_the_rest_is_compared(rebuilt_after):
    def made_by_another(document):
        document["newskeep"]["versions"]["trafilatura"] = "1.0"
        del document["newskeep"]["versions"]["lxml"]

    found = rebuilt_after(made_by_another)

    assert found.outcome is Outcome.OTHER_VERSIONS_SAME
    assert found.versions == {
        "lxml": (None, present_versions()["lxml"]),
        "trafilatura": ("1.0", present_versions()["trafilatura"]),
    }


def test_a_difference_that_other_versions_made_is_told_apart(rebuilt_after):
    def made_by_another(document):
        document["newskeep"]["versions"]["rules"] = "sha256:0"
        document["headline"] = "Another"

    found = rebuilt_after(made_by_another)

    assert (found.outcome, found.fields) == (Outcome.OTHER_VERSIONS_DIFFER, ("headline",))


def test_a_record_of_something_else_makes_another_document(crawled, rebuilt_after):
    moved = next(recorded for recorded in crawled.captures if recorded.url.endswith("?p=1031"))
    place = moved.location
    names = {"filename": place.filename, "offset": place.offset, "length": place.length, "recordId": place.record_id}

    found = rebuilt_after(lambda document: document["newskeep"]["capture"].update(warc=names))

    assert found.outcome is Outcome.DIFFERS
    assert "articleBody" in found.fields


def test_a_missing_record_is_named(store, rebuilt_after, key):
    filename = json.loads(store.get(key))["newskeep"]["capture"]["warc"]["filename"]
    store.delete(segment_key(filename))

    found = rebuilt_after(lambda document: None)

    assert found.outcome is Outcome.UNREADABLE
    assert filename in found.problem


@pytest.mark.parametrize("body", [b"{", b"{}", b"[]"])
def test_a_damaged_document_is_unreadable_and_the_others_are_rebuilt(store, key, pool, body):
    store.replace(key, body)
    keys = [found.key for found in store.list("documents/harbour-gazette/")]

    outcomes = [found.outcome for found in rebuild_documents(store, keys, pool=pool)]

    assert outcomes == [Outcome.UNREADABLE, *[Outcome.SAME] * (len(keys) - 1)]


def test_a_document_read_from_a_revisit_is_made_again_from_the_body_it_repeats(crawled, store, pool, tmp_path):
    document = next(document for document in crawled.documents if document["newskeep"]["source"] == "harbour-gazette")
    recorded = read_record(store, location_of(document))
    exchange = Exchange(
        url=recorded.url,
        fetched_at=recorded.fetched_at,
        request=b"GET / HTTP/1.1\r\n\r\n",
        response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + recorded.body,
        payload=recorded.body,
    )
    with WarcWriter(tmp_path / "spool") as writer:
        original = Original(
            url=exchange.url,
            fetched_at=exchange.fetched_at,
            payload_digest=sha256_digest(exchange.payload),
            location=writer.write(exchange),
        )
        place = writer.write(exchange, original)
    store.put_file(segment_key(place.filename), tmp_path / "spool" / place.filename)
    repeated = read_record(store, place)
    capture, payload = read_capture(repeated, source="harbour-gazette", limit=10**6)
    revision = _revision_of(capture, payload)
    store.put(revision_key(revision), to_json(to_document(revision)))

    (found,) = rebuild_documents(store, [revision_key(revision)], pool=pool)

    assert repeated.type == "revisit"
    assert found.outcome is Outcome.SAME


def _revision_of(capture, payload):
    article = read_article(Page(capture=capture, payload=payload))
    return Revision(
        article_id=article_id(article),
        article=article,
        capture=capture,
        fingerprint=content_fingerprint(article),
        versions=present_versions(),
    )


def test_a_body_whose_coding_was_undone_but_not_its_header_is_read_as_it_stands(crawled):
    recorded = attrs.evolve(
        crawled.captures[0], headers=(("Content-Encoding", "gzip"),), body=b"<p>plain</p>", truncated=None
    )

    capture, payload = read_capture(recorded, source="a", limit=100)

    assert (payload, capture.truncated) == (b"<p>plain</p>", None)


def test_a_body_that_opens_beyond_the_limit_counts_as_cut(crawled):
    recorded = attrs.evolve(
        crawled.captures[0], headers=(("Content-Encoding", "gzip"),), body=gzip.compress(b"x" * 11), truncated=None
    )

    captures = [read_capture(recorded, source="a", limit=limit)[0] for limit in (10, 11)]

    assert [capture.truncated for capture in captures] == ["length", None]
