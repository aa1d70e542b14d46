"""The tape: captures of a WARC by URL, read at need."""

import gzip
from datetime import UTC, datetime

import pytest

from crawler.replay import Tape
from pipelines.errors import WarcError
from pipelines.stores import open_store
from pipelines.warc import Exchange, WarcWriter, segment_key


@pytest.fixture
def warc(tmp_path):
    """A segment with two captures of one page and one of another."""
    with WarcWriter(tmp_path / "warcs") as writer:
        for path, body in (("a", b"one"), ("b", b"other"), ("a", b"two")):
            writer.write(
                Exchange(
                    url=f"http://courier.example/{path}",
                    fetched_at=datetime(2026, 11, 2, tzinfo=UTC),
                    request=b"GET / HTTP/1.1\r\nHost: courier.example\r\n\r\n",
                    response=b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body),
                    payload=body,
                )
            )
    return next((tmp_path / "warcs").iterdir())


def test_captures_answer_in_their_order_and_the_last_for_ever(warc):
    tape = Tape.load(str(warc))

    assert [tape.next("http://courier.example/a").body for _ in range(3)] == [b"one", b"two", b"two"]
    assert tape.next("http://courier.example/b").body == b"other"
    assert tape.next("http://courier.example/c") is None


def test_bodies_are_read_at_need(warc):
    tape = Tape.load(str(warc))
    warc.unlink()

    with pytest.raises(WarcError, match="cannot be read"):
        tape.next("http://courier.example/a")


def test_a_folder_of_warcs_and_an_uncompressed_one_replay_as_well(warc):
    (warc.parent / "more.warc").write_bytes(gzip.decompress(warc.read_bytes()))
    warc.unlink()

    assert Tape.load(str(warc.parent)).next("http://courier.example/b").body == b"other"


def test_a_warc_compressed_as_a_whole_is_refused_with_the_remedy(warc):
    warc.write_bytes(gzip.compress(gzip.decompress(warc.read_bytes())))

    with pytest.raises(WarcError, match="recompress"):
        Tape.load(str(warc))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda body: b"", "empty"),
        (lambda body: body[:-20], "cut short"),
        (lambda body: b"no WARC at all", "broken"),
        (lambda body: body[:300] + b"\xff" * 40 + body[340:], "broken|cut short"),
    ],
    ids=["empty", "cut", "other", "damaged"],
)
def test_a_broken_warc_is_named(warc, damage, named):
    warc.write_bytes(damage(warc.read_bytes()))

    with pytest.raises(WarcError, match=named) as caught:
        Tape.load(str(warc))
    assert str(warc) in str(caught.value)


def test_a_warc_in_a_store_replays(warc, s3_url):
    open_store(s3_url).put_file(segment_key(warc.name), warc)

    tape = Tape.load(f"{s3_url}/{segment_key(warc.name)}")
    assert tape.next("http://courier.example/a").body == b"one"
