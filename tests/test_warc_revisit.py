"""Revisit records of both profiles (WARC 1.1 §6.7), written and read."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive import open_catalog
from pipelines.errors import WarcError
from pipelines.warc import Exchange, Original, WarcWriter, captures_of, find_warcs, read_record, repeats, segment_key
from pipelines.warc.records import sha256_digest

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Count: 1\r\n\r\n"
BODY = b"<p>news</p>"
FIRST = Exchange(
    url="https://courier.example/a?b=1",
    fetched_at=datetime(2026, 11, 2, 9, 30, 0, 250000, UTC),
    request=b"GET /a?b=1 HTTP/1.1\r\nHost: courier.example\r\n\r\n",
    response=HEAD + BODY,
    payload=BODY,
    metadata=(("source", "courier"),),
)
AGAIN = attrs.evolve(
    FIRST, fetched_at=FIRST.fetched_at + timedelta(hours=1), response=HEAD.replace(b"1\r\n\r\n", b"2\r\n\r\n") + BODY
)
NOT_MODIFIED = attrs.evolve(AGAIN, status=304, response=b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n', payload=b"")


@pytest.fixture
def kept(tmp_path, file_store):
    """Write the first exchange and others after it; return the locations, the segment then being in the store."""

    def keep(*others: Exchange):
        with WarcWriter(tmp_path / "spool") as writer:
            location = writer.write(FIRST)
            original = original_of(location)
            locations = [location, *(writer.write(other, original) for other in others)]
        path = tmp_path / "spool" / location.filename
        file_store.put_file(segment_key(path.name), path)
        return path, locations

    return keep


def original_of(location) -> Original:
    return Original(url=FIRST.url, fetched_at=FIRST.fetched_at, payload_digest=sha256_digest(BODY), location=location)


def revisits(path):
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "revisit":
                yield record.rec_headers, record.raw_stream.read()


def test_the_same_body_again_is_a_revisit_that_keeps_the_headers_and_names_the_first(kept):
    path, (first, _) = kept(AGAIN)
    [(headers, body)] = revisits(path)

    expected = {
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC-Payload-Digest": sha256_digest(BODY),
        "WARC-Truncated": "length",
        "WARC-Refers-To": f"<{first.record_id}>",
        "WARC-Refers-To-Target-URI": FIRST.url,
        "WARC-Refers-To-Date": "2026-11-02T09:30:00.250000Z",
        "WARC-Target-URI": FIRST.url,
        "WARC-Date": "2026-11-02T10:30:00.250000Z",
    }
    assert {name: headers.get_header(name) for name in expected} == expected
    assert body == b""
    assert [dict(found.headers)["X-Count"] for found in captures_of(find_warcs(str(path))[0])] == ["1", "2"]


def test_a_304_is_a_revisit_of_the_other_profile_and_is_whole(kept):
    path, (first, _) = kept(NOT_MODIFIED)
    [(headers, _)] = revisits(path)

    assert headers.get_header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert headers.get_header("WARC-Refers-To") == f"<{first.record_id}>"
    assert headers.get_header("WARC-Truncated") is None


@pytest.mark.parametrize(("again", "last"), [(AGAIN, "2"), (NOT_MODIFIED, "1")], ids=["same", "304"])
def test_a_revisit_reads_back_with_the_body_it_repeats(kept, file_store, again, last):
    _, (first, second) = kept(again)
    recorded = read_record(file_store, second)

    assert (recorded.type, recorded.body, recorded.status) == ("revisit", BODY, 200)
    assert recorded.fetched_at == again.fetched_at
    assert dict(recorded.headers)["X-Count"] == last
    assert recorded.payload_digest == sha256_digest(BODY)
    assert recorded.original.offset == first.offset


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(AGAIN, payload=b"<p>other</p>", response=HEAD + b"<p>other</p>"),
        attrs.evolve(AGAIN, truncated="disconnect"),
        attrs.evolve(AGAIN, status=404),
        attrs.evolve(NOT_MODIFIED, truncated="time"),
    ],
    ids=["another body", "cut short", "an error page", "a 304 cut short"],
)
def test_what_is_not_surely_the_same_is_kept_whole(kept, other):
    path, _ = kept(other)

    assert list(revisits(path)) == []
    assert not repeats(other, original_of(kept()[1][0]))


def test_an_empty_body_is_no_reason_for_a_revisit():
    empty = attrs.evolve(FIRST, payload=b"", response=HEAD)
    original = attrs.evolve(original_of(None), payload_digest=sha256_digest(b""))

    assert not repeats(empty, original)


def test_a_revisit_whose_original_is_gone_says_so(kept, file_store):
    path, (_, second) = kept(AGAIN)
    body = path.read_bytes()
    file_store.replace(segment_key(path.name), bytes(second.offset) + body[second.offset :])

    with pytest.raises(WarcError, match="byte"):
        read_record(file_store, second)


def test_the_catalog_remembers_the_last_record_of_each_url(tmp_path, kept):
    _, (first,) = kept()
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    later = attrs.evolve(original_of(first), payload_digest="sha256:00")
    catalog.originals.note([original_of(first)])
    catalog.originals.note([later])

    assert catalog.originals.find({FIRST.url, "https://courier.example/unknown"}) == {FIRST.url: later}
    catalog.originals.forget({FIRST.url})
    assert catalog.originals.find({FIRST.url}) == {}
    catalog.close()
