import json
from datetime import UTC, date, datetime

import pytest

from pipelines.archive.indexes import merge_day, segment_indexes
from pipelines.errors import WarcError
from pipelines.warc import Exchange, WarcWriter
from pipelines.warc.cdxj import index_segment
from pipelines.warc.surt import to_surt

BEGAN = datetime(2026, 11, 2, 9, 30, 0, 123456, UTC)
DAY = date(2026, 11, 2)


def exchange(url, *, source="courier"):
    return Exchange(
        url=url,
        fetched_at=BEGAN,
        request=b"GET / HTTP/1.1\r\n\r\n",
        response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\nbody",
        payload=b"body",
        metadata=(("source", source),) if source else (("channel", "feed"),),
    )


@pytest.fixture
def write(tmp_path):
    """Write a segment of exchanges; give its path and the locations of the responses."""

    def segment(*exchanges):
        folder = tmp_path / f"spool-{len(list(tmp_path.iterdir()))}"
        with WarcWriter(folder, clock=lambda: BEGAN) as writer:
            locations = [writer.write(one) for one in exchanges]
        return next(folder.iterdir()), locations

    return segment


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.Example.com/", "com,example)/"),
        ("https://www2.example.com:443/A/", "com,example)/a"),
        ("http://example.com:8080?b=2&a=1&B", "com,example:8080)/?a=1&b&b=2"),
        ("http://user:word@example.com/x#part", "com,example)/x"),
        ("http://example.com/a/./b/../c//d", "com,example)/a/c/d"),
        ("http://example.com/%257Ea%20b", "com,example)/~a%20b"),
        ("https://münchen.example/ä", "example,xn--mnchen-3ya)/%c3%a4"),
        ("http://example.com/p?PHPSESSID=0123456789abcdef0123456789abcdef&q", "com,example)/p?q"),
        ("http://0x7f.1/", "1,0x7f)/"),
        ("http://2130706433/", "1,0,0,127)/"),
        ("http://example.com:port/", "http://example.com:port/"),
        ("dns:example.com", "dns:example.com"),
        ("", "-"),
    ],
)
def test_the_key_of_a_url_is_that_of_the_internet_archive(url, key):
    assert to_surt(url) == key


def test_a_line_tells_where_a_capture_lies_and_what_it_is(write):
    path, (location,) = write(exchange("https://courier.example/a?b"))
    (found,) = index_segment(path)
    key, moment, values = found.line.decode().split(" ", 2)

    assert (key, moment) == ("example,courier)/a?b", "20261102093000")
    assert json.loads(values) == {
        "url": "https://courier.example/a?b",
        "mime": "text/html",
        "status": "200",
        "digest": "sha256:230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5",
        "length": str(location.length),
        "offset": str(location.offset),
        "filename": path.name,
    }


def test_lines_are_sorted_by_their_bytes(write):
    path, _ = write(*(exchange(f"https://courier.example/{name}") for name in ("z", "a", "a-b", "a/b")))
    lines = [found.line for found in index_segment(path)]

    assert lines == sorted(lines)
    assert len(lines) == 4


def test_a_damaged_segment_is_named(write):
    path, _ = write(exchange("https://courier.example/a"))
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(WarcError, match=path.name):
        index_segment(path)


def test_a_segment_has_an_index_beside_it_and_one_for_each_source(write):
    urls = {"gazette": "https://gazette.example/", "courier": "https://courier.example/", "": "https://other.example/"}
    path, _ = write(*(exchange(url, source=source) for source, url in urls.items()))
    stem = path.name.removesuffix(".warc.gz")
    (key, whole), *parts = segment_indexes(path)

    assert key == f"warc/2026/11/02/{stem}.cdxj"
    assert [name for name, _ in parts] == [f"cdxj/2026/11/02/{source}/{stem}.cdxj" for source in ("courier", "gazette")]
    assert [body.count(b"\n") for _, body in parts] == [1, 1]
    assert whole.count(b"\n") == 3
    assert all(body in whole for _, body in parts)


def test_a_day_is_merged_for_each_source_without_repetitions(write, file_store):
    for exchanges in [("b", "c"), ("a",)]:
        path, _ = write(*(exchange(f"https://courier.example/{name}") for name in exchanges))
        for key, body in segment_indexes(path):
            file_store.put(key, body)
            if key.startswith("cdxj/"):
                file_store.put(key.replace("/newskeep-", "/copy-"), body)
    ((key, body),) = merge_day(file_store, DAY)
    file_store.put(key, body)

    assert key == "cdxj/2026/11/02/courier.cdxj"
    assert [line.split(b")")[1][:2] for line in body.splitlines()] == [b"/a", b"/b", b"/c"]
    assert list(merge_day(file_store, DAY)) == [(key, body)]
    assert list(merge_day(file_store, date(2026, 11, 3))) == []
