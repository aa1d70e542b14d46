"""Every kind of fault at every call that an upload makes: nothing is lost, nothing is silently wrong.

What each of the seventeen faults does to one operation is in test_store_faults.py; here stands one of each kind that an
upload can tell apart: refused, done but not told, read back wrongly, answered wrongly, no longer allowed.
"""

import itertools

import attrs
import pytest

from pipelines.archive import Spool, Uploader, revision_key, to_document, to_json
from pipelines.archive.manifests import archive_state
from pipelines.errors import StoreError
from pipelines.stores import S3Store, stored_content
from pipelines.warc import WarcWriter, segment_key
from tests.s3_faults import FAULTS, Faults, client_of
from tests.test_archive_uploader import EXCHANGE

BUCKET = "test-uploader-faults"
KINDS = ("internal-error", "answer-lost", "cut-short", "wrong-checksum", "expired", "bucket-gone", "clock-skew")
runs = itertools.count()


@pytest.fixture(scope="module")
def client(s3_server):
    s3_server.client().create_bucket(Bucket=BUCKET)
    return client_of(s3_server.endpoint, "newskeep", "newskeep-secret", attempts=1)


@attrs.define
class Bench:
    """A spool with a segment and its document, a store of its own, and what was told of damage."""

    spool: Spool
    store: S3Store
    expected: dict[str, bytes]
    told: list = attrs.field(factory=list)

    def drain(self) -> None:
        report = self.told.append
        Uploader(self.spool, self.store, adopt=lambda *found: self.told.append(found), report=report).drain()


@pytest.fixture
def bench(client, tmp_path, revision):
    """Fill a spool; each call gives another one."""

    def make() -> Bench:
        name = f"run-{next(runs)}"
        spool = Spool(tmp_path / name)
        with WarcWriter(spool.directory) as writer:
            location = writer.write(EXCHANGE)
        recorded = attrs.evolve(revision, capture=attrs.evolve(revision.capture, location=location))
        document = to_json(to_document(recorded))
        spool.add_document(revision_key(recorded), document)
        segment = (spool.directory / location.filename).read_bytes()
        expected = {segment_key(location.filename): segment, revision_key(recorded): document}
        return Bench(spool, S3Store(client, BUCKET, name), expected)

    return make


def assert_whole(bench: Bench) -> None:
    """Every object is what was fetched and made, the manifest knows each, and nothing waits or was called damaged."""
    state = archive_state(bench.store)
    objects = {found.key for found in bench.store.list() if not found.key.startswith(("manifests/", "newskeep.txt"))}
    assert bench.spool.count() == 0
    assert bench.told == []
    assert objects == set(state)
    assert {key: bench.store.get(key) for key in bench.expected} == bench.expected
    assert {key: stored_content(bench.store, key).sha256 for key in state} == {
        key: entry.sha256 for key, entry in state.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_an_upload_loses_nothing_whichever_call_goes_wrong(client, bench, kind, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with Faults(client) as faults:
        bench().drain()
        count = len(faults.calls)
        for number in range(count):
            upload = bench()
            faults.strike(number, FAULTS[kind])
            try:
                upload.drain()
            except StoreError:
                assert upload.spool.count() > 0  # what was not confirmed is still here
            faults.rest()
            upload.drain()
            assert_whole(upload)

    assert count > 10
