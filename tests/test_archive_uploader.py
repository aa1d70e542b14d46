from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from pipelines.archive import Spool, Uploader, revision_key, to_document, to_json
from pipelines.archive.manifests import archive_state, iter_entries
from pipelines.errors import StoreError, WarcError
from pipelines.stores import FileStore, content_of, open_store
from pipelines.warc import Exchange, WarcWriter, iter_captures, segment_key
from tests.damage import flip

EXCHANGE = Exchange(
    url="https://courier.example/a",
    fetched_at=datetime(2026, 11, 2, tzinfo=UTC),
    request=b"GET /a HTTP/1.1\r\n\r\n",
    response=b"HTTP/1.1 200 OK\r\n\r\n<p>news</p>",
    payload=b"<p>news</p>",
    metadata=(("source", "courier"),),
)


@attrs.define
class Bench:
    """A spool with its uploader, and what that told."""

    spool: Spool
    store: FileStore
    adopted: dict[str, dict] = attrs.field(factory=dict)
    problems: list[WarcError] = attrs.field(factory=list)

    @property
    def uploader(self) -> Uploader:
        return Uploader(self.spool, self.store, adopt=self.adopted.__setitem__, report=self.problems.append)


@pytest.fixture
def bench(tmp_path, file_store):
    return Bench(Spool(tmp_path / "spool"), file_store)


@pytest.fixture
def segment(bench) -> Path:
    with WarcWriter(bench.spool.directory) as writer:
        location = writer.write(EXCHANGE)
    return bench.spool.directory / location.filename


@pytest.fixture
def document(bench, revision) -> tuple[str, bytes]:
    """Key and body of a document that waits, whose segment has long been stored."""
    key, body = revision_key(revision), to_json(to_document(revision))
    bench.spool.add_document(key, body)
    return key, body


def patched(store: FileStore, name: str, call: Callable) -> FileStore:
    """Return a store one of whose methods is `call`, which is given the true one first."""
    broken = FileStore(store.folder)
    method = getattr(broken, name)
    setattr(broken, name, lambda *args, **kwargs: call(method, *args, **kwargs))
    return broken


def test_a_segment_lands_under_its_day_with_a_line_in_the_manifest_and_leaves_the_spool(bench, segment):
    body, key = segment.read_bytes(), segment_key(segment.name)

    assert bench.uploader.drain() == 1
    assert bench.store.get(key) == body
    entry = archive_state(bench.store)[key]
    assert (entry.size, entry.sha256) == (len(body), content_of(body).sha256)
    assert not segment.exists()


def test_every_object_of_an_upload_has_a_line_that_is_right(bench, segment, document):
    bench.uploader.drain()

    state = archive_state(bench.store)
    objects = [found for found in bench.store.list() if not found.key.startswith("manifests/")]
    assert {found.key for found in objects} == set(state)
    assert {key: content_of(bench.store.get(key)).sha256 for key in state} == {k: e.sha256 for k, e in state.items()}


def test_a_segment_reaches_a_real_s3_server(bench, segment, s3_url):
    store = open_store(s3_url)
    Uploader(bench.spool, store, adopt=bench.adopted.__setitem__, report=bench.problems.append).drain()

    assert [found.url for found in iter_captures(segment_key(segment.name), store)] == [EXCHANGE.url]


def test_a_document_goes_after_its_segment_never_before(bench, revision):
    with WarcWriter(bench.spool.directory) as writer:
        capture = attrs.evolve(revision.capture, location=writer.write(EXCHANGE))
        bench.spool.add_document(revision_key(revision), to_json(to_document(attrs.evolve(revision, capture=capture))))
        while_open = bench.uploader.drain()
    seen = []

    def look(put, key, *args, **kwargs):
        seen.extend(found.key for found in bench.store.list("warc/") if key.startswith("documents/"))
        return put(key, *args, **kwargs)

    bench.store = patched(bench.store, "put", look)

    assert while_open == 0
    assert bench.uploader.drain() == 2
    assert segment_key(capture.location.filename) in seen


def test_an_upload_that_a_crash_kept_from_being_noted_is_only_noted(bench, segment, document):
    bench.store.put_file(segment_key(segment.name), segment)
    bench.store.put(*document)

    assert bench.uploader.drain() == 2
    assert {segment_key(segment.name), document[0]} <= set(archive_state(bench.store))
    assert (bench.spool.segments(), list(bench.spool.documents())) == ([], [])


@pytest.mark.parametrize("method", ["put", "put_file", "get"])
def test_what_a_failing_store_does_not_take_stays_and_goes_the_next_time(bench, segment, document, method):
    def fail(*_args, **_kwargs):
        raise StoreError("the store is down", retryable=True)

    whole = bench.store
    bench.store = patched(whole, method, fail)
    with pytest.raises(StoreError, match="down"):
        bench.uploader.drain()

    assert segment.exists()
    assert len(list(bench.spool.documents())) == 1
    bench.store = whole
    assert bench.uploader.drain() == 2
    assert whole.get(document[0]) == document[1]


def test_a_store_that_gives_back_something_else_is_not_believed(bench, segment, document):
    whole = bench.store
    bench.store = patched(whole, "get", lambda get, key, **range_: get(key, **range_)[:-1])
    with pytest.raises(StoreError, match="not ours"):
        bench.uploader.drain()

    assert segment.exists()
    assert list(iter_entries(whole)) == []
    bench.store = whole
    assert bench.uploader.drain() == 2


@pytest.mark.parametrize("rest", [b"", b"half"])
def test_the_rest_of_a_broken_put_is_put_anew_after_some_patience(bench, segment, document, rest):
    body, keys = segment.read_bytes(), (segment_key(segment.name), document[0])
    for key in keys:
        bench.store.put(key, rest)
    uploader = bench.uploader
    refusals = 0
    while bench.spool.count():
        try:
            uploader.drain()
        except StoreError:
            refusals += 1

    assert 3 <= refusals <= 8
    assert [bench.store.get(key) for key in keys] == [body, document[1]]
    assert bench.problems == []


def test_another_capture_of_the_same_content_stays_and_is_told_to_the_catalog(bench, revision, document):
    earlier = attrs.evolve(revision, capture=attrs.evolve(revision.capture, etag='"v0"'))
    other = FileStore(bench.store.folder)
    other.put(document[0], to_json(to_document(earlier)))
    bench.uploader.drain()

    assert bench.adopted == {document[0]: to_document(earlier)}
    assert archive_state(bench.store)[document[0]].sha256 == content_of(to_json(to_document(earlier))).sha256
    assert list(bench.spool.documents()) == []


def test_a_segment_without_a_record_is_set_aside(bench, segment):
    segment.write_bytes(b"")

    assert bench.uploader.drain() == 0
    assert [str(problem) for problem in bench.problems] == [
        f"{segment}: holds no record; kept as {bench.spool.directory / 'damaged' / segment.name}"
    ]
    assert list(bench.store.list()) == []


def test_a_damaged_segment_is_set_aside_and_its_documents_wait(bench, revision):
    with WarcWriter(bench.spool.directory) as writer:
        capture = attrs.evolve(revision.capture, location=writer.write(EXCHANGE))
    bench.spool.add_document(revision_key(revision), to_json(to_document(attrs.evolve(revision, capture=capture))))
    (segment,) = bench.spool.segments()
    damaged = flip(segment.read_bytes())
    segment.write_bytes(damaged)

    assert bench.uploader.drain() == 0
    assert (bench.spool.directory / "damaged" / segment.name).read_bytes() == damaged
    assert list(bench.store.list("warc/")) == []
    assert bench.spool.count() == 1
    (problem,) = bench.problems
    assert "damaged" in str(problem)
    assert "\n" not in str(problem)


def test_a_segment_without_a_timestamp_in_its_name_is_set_aside(bench, segment):
    segment.rename(segment.with_name("odd.warc.gz"))
    bench.uploader.drain()

    assert (bench.spool.directory / "damaged" / "odd.warc.gz").exists()
    assert "not the name of a segment" in str(bench.problems[0])


def test_two_uploaders_of_one_spool_do_no_harm(bench, segment, document):
    first, second = bench.uploader, bench.uploader
    whole = bench.store
    sent = []

    def meanwhile(put, *args, **kwargs):
        if not sent:
            sent.append(True)
            second.drain()
        return put(*args, **kwargs)

    first._store = patched(whole, "put", meanwhile)
    first.drain()

    assert {segment_key(segment.name), document[0]} <= set(archive_state(whole))
    assert bench.spool.count() == 0
