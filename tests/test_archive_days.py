"""What is done once a day is over: indexes merged, the manifest sealed."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from pipelines.archive import Spool, Uploader, close_days
from pipelines.archive.chain import check_chain
from pipelines.archive.manifests import Event, archive_state
from pipelines.archive.seals import root_key
from pipelines.audit import Audit
from pipelines.warc import WarcWriter
from tests.test_archive_uploader import EXCHANGE

DAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def upload(tmp_path, file_store):
    """Record exchanges of sources in a segment begun at a time, and upload it at another."""

    def run(*captures, begun=DAY, sent=DAY):
        spool = Spool(tmp_path / "spool")
        with WarcWriter(spool.directory, clock=lambda: begun) as writer:
            for source, path in captures:
                url = f"https://{source}.example/{path}"
                asked = f"GET /{path} HTTP/1.1\r\nHost: {source}.example\r\n\r\n".encode()
                told = (("source", source),)
                writer.write(attrs.evolve(EXCHANGE, url=url, request=asked, metadata=told, fetched_at=begun))
        Uploader(spool, file_store, adopt=print, report=print, clock=lambda: sent).drain()

    return run


def merged(store, source):
    lines = store.get(f"cdxj/2026/11/02/{source}.cdxj").splitlines()
    assert lines == sorted(set(lines))
    return [line.split(b" ")[0].decode() for line in lines]


def test_the_indexes_of_a_day_are_merged_by_source_and_the_day_is_sealed(upload, file_store):
    upload(("courier", "b"), ("gazette", "x"))
    upload(("courier", "a"))

    roots = close_days(file_store, now=DAY + timedelta(days=1))

    assert roots == (root_key(DAY.date()),)
    assert merged(file_store, "courier") == ["example,courier)/a", "example,courier)/b"]
    assert merged(file_store, "gazette") == ["example,gazette)/x"]
    assert archive_state(file_store)["cdxj/2026/11/02/courier.cdxj"].event == Event.STORED


def test_a_day_that_is_not_over_is_left_alone(upload, file_store):
    upload(("courier", "a"))

    assert close_days(file_store, now=datetime(2026, 11, 3, 0, 59, tzinfo=UTC)) == ()
    assert [found.key for found in file_store.list("cdxj/2026/11/02/courier.cdxj")] == []


def test_to_close_a_day_again_changes_nothing(upload, file_store):
    upload(("courier", "a"))
    close_days(file_store, now=DAY + timedelta(days=1))
    before = [(found.key, file_store.get(found.key)) for found in file_store.list()]

    assert close_days(file_store, now=DAY + timedelta(days=1, minutes=5)) == ()
    assert [(found.key, file_store.get(found.key)) for found in file_store.list()] == before


def test_a_segment_that_comes_late_is_merged_into_its_day_and_the_chain_stays_whole(upload, file_store):
    upload(("courier", "a"))
    close_days(file_store, now=DAY + timedelta(days=1))
    upload(("courier", "late"), begun=DAY + timedelta(hours=1), sent=DAY + timedelta(days=1))
    close_days(file_store, now=DAY + timedelta(days=2))

    assert merged(file_store, "courier") == ["example,courier)/a", "example,courier)/late"]
    entry = archive_state(file_store)["cdxj/2026/11/02/courier.cdxj"]
    assert (entry.event, entry.reason) == (Event.REPLACED, "captures of the day were indexed later")
    assert list(check_chain(file_store)) == []
    assert [problem for problem in Audit(store=file_store).run() if problem.is_damage] == []
