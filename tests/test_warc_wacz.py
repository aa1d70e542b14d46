import gzip
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime

import attrs
import pytest

from pipelines.errors import WarcError
from pipelines.model import WarcLocation
from pipelines.warc import Exchange, Original, WarcWriter, captures_of, find_warcs, segment_key
from pipelines.warc.cdxj import index_segment
from pipelines.warc.selection import SelectedWarc, read_capture
from pipelines.warc.sorting import DiskSet
from pipelines.warc.wacz import WaczPage, write_wacz
from pipelines.warc.writer import host_name

BEGAN = datetime(2026, 11, 2, 9, 30, 0, 123456, UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
URL = "https://courier.example/{}"


def exchange(name, body=b"body", **more):
    return Exchange(
        url=URL.format(name),
        fetched_at=BEGAN,
        request=b"GET / HTTP/1.1\r\n\r\n",
        response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body,
        payload=body,
        metadata=(("source", "courier"),),
        **more,
    )


@pytest.fixture
def stored(tmp_path, file_store):
    """Captures a, b and c, of which b repeats a; give the segment in the store and their locations."""
    with WarcWriter(tmp_path / "spool") as writer:
        first = writer.write(exchange("a"))
        digest = f"sha256:{hashlib.sha256(b'body').hexdigest()}"
        original = Original(url=URL.format("a"), fetched_at=BEGAN, payload_digest=digest, location=first)
        again = writer.write(exchange("b"), original)
        last = writer.write(exchange("c", b"other" * 50_000))
    path = next((tmp_path / "spool").iterdir())
    file_store.put_file(segment_key(path.name), path)
    return path.read_bytes(), (first, again, last)


@pytest.fixture
def select(file_store, tmp_path):
    """Select captures; give the new WARC's path."""

    def write(*locations):
        path = tmp_path / "chosen.warc.gz"
        named = {"filename": path.name, "information": {"operator": "desk"}, "now": NOW}
        with path.open("wb") as output, DiskSet() as taken:
            warc = SelectedWarc(file_store, output, taken=taken, **named)
            for location in locations:
                warc.add(location)
        return path

    return write


def types(path):
    content = gzip.decompress(path.read_bytes())
    return [line.split()[1].decode() for line in content.splitlines() if line.startswith(b"WARC-Type:")]


def page(location, name="a"):
    return WaczPage(
        id=name, url=URL.format(name), captured_at=BEGAN, title=f"Title {name}", text="Text", location=location
    )


@pytest.fixture
def package(file_store):
    """Write a WACZ of pages; give it opened."""

    def write(*pages, **options):
        output = io.BytesIO()
        assert write_wacz(pages, file_store, output, information={}, now=NOW, **options) == len(pages)
        return zipfile.ZipFile(output)

    return write


def test_records_are_copied_byte_for_byte_with_request_metadata_and_the_segment_s_warcinfo(stored, select):
    segment, (first, again, _) = stored
    path = select(first)

    assert types(path) == ["warcinfo", "warcinfo", "response", "request", "metadata"]
    assert path.read_bytes().endswith(segment[: first.offset] + segment[first.offset : again.offset])


def test_the_warc_begins_with_a_warcinfo_record_of_its_own(stored, select):
    content = gzip.decompress(select(stored[1][0]).read_bytes())
    head, _, rest = content.partition(b"\r\n\r\n")

    assert b"WARC-Filename: chosen.warc.gz" in head
    assert b"operator: desk\r\n" in rest


def test_a_revisit_brings_its_original_before_it(stored, select):
    _, (_, again, _) = stored
    captures = list(captures_of(*find_warcs(str(select(again)))))

    assert [(capture.type, capture.url) for capture in captures] == [
        ("response", URL.format("a")),
        ("revisit", URL.format("b")),
    ]


def test_no_capture_comes_twice(stored, select):
    _, (first, again, last) = stored

    assert types(select(again, first, last, last)).count("response") == 2


def test_reading_a_capture_asks_for_little_more_than_its_bytes(stored, file_store, monkeypatch):
    _, (first, _, _) = stored
    asked, get = [], file_store.get
    monkeypatch.setattr(type(file_store), "get", lambda self, key, **range_: asked.append(range_) or get(key, **range_))
    read_capture(file_store, first)

    assert [(ask["start"], ask["length"]) for ask in asked] == [(first.offset, first.length + 65536)]


def test_an_original_of_unknown_length_is_read_whole(stored, file_store):
    _, (*_, last) = stored

    assert read_capture(file_store, attrs.evolve(last, length=0)) == read_capture(file_store, last)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"filename": "newskeep-20261102093000000-00009-host.0a.warc.gz"}, "not in the archive"),
        ({"record_id": "urn:uuid:0"}, "is not the record urn:uuid:0"),
        ({"offset": 7}, "damaged at or after byte 7"),
        ({"offset": 10**9}, "cut short"),
    ],
)
def test_a_capture_that_cannot_be_read_is_named(stored, file_store, change, problem):
    location = attrs.evolve(stored[1][0], **change)

    with pytest.raises(WarcError, match=problem) as caught:
        read_capture(file_store, location)
    assert location.filename in str(caught.value)


def test_a_package_has_the_files_of_the_standard_and_stores_what_is_compressed(stored, package):
    names = {entry.filename: entry.compress_type for entry in package(page(stored[1][0])).infolist()}

    assert names == {
        f"archive/newskeep_export-20261201000000000-00000-{host_name()}.warc.gz": zipfile.ZIP_STORED,
        "indexes/index.cdx.gz": zipfile.ZIP_STORED,
        "indexes/index.idx": zipfile.ZIP_DEFLATED,
        "pages/pages.jsonl": zipfile.ZIP_DEFLATED,
        "datapackage.json": zipfile.ZIP_DEFLATED,
        "datapackage-digest.json": zipfile.ZIP_DEFLATED,
    }


def test_the_datapackage_lists_every_other_file_with_its_digest(stored, package):
    wacz = package(page(stored[1][0]))
    listed = json.loads(wacz.read("datapackage.json"))
    digest = json.loads(wacz.read("datapackage-digest.json"))

    assert (listed["profile"], listed["wacz_version"]) == ("data-package", "1.1.1")
    assert [one["path"] for one in listed["resources"]] == wacz.namelist()[:-2]
    for one in [*listed["resources"], digest]:
        assert one["hash"] == f"sha256:{hashlib.sha256(wacz.read(one['path'])).hexdigest()}"


def test_pages_come_after_a_header_with_their_text(stored, package):
    header, line = package(page(stored[1][0])).read("pages/pages.jsonl").splitlines()

    assert json.loads(header) == {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
    assert json.loads(line) == {
        "id": "a",
        "url": URL.format("a"),
        "ts": "2026-11-02T09:30:00.123456Z",
        "title": "Title a",
        "text": "Text",
    }


def test_the_index_finds_every_capture_of_the_package(stored, package, tmp_path):
    wacz = package(*(page(location, name) for location, name in zip(stored[1], "abc", strict=True)))
    archive = tmp_path / wacz.namelist()[0].rpartition("/")[2]
    archive.write_bytes(wacz.read(wacz.namelist()[0]))
    lines = gzip.decompress(wacz.read("indexes/index.cdx.gz")).splitlines(keepends=True)

    assert lines == [found.line for found in index_segment(archive)]
    assert len(lines) == 3


def test_the_blocks_of_the_index_lie_where_the_idx_says(stored, package, monkeypatch):
    monkeypatch.setattr("pipelines.warc.wacz.INDEX_BLOCK", 2)
    wacz = package(*(page(location, name) for location, name in zip(stored[1], "abc", strict=True)))
    index, (header, *places) = wacz.read("indexes/index.cdx.gz"), wacz.read("indexes/index.idx").splitlines()
    blocks = []
    for place in places:
        key, moment, values = place.split(b" ", 2)
        found = json.loads(values)
        blocks.append(gzip.decompress(index[found["offset"] : found["offset"] + found["length"]]).splitlines())
        assert blocks[-1][0].startswith(key + b" " + moment + b" ")

    assert header.startswith(b"!meta 0 ")
    assert [len(block) for block in blocks] == [2, 1]


def test_a_large_selection_is_split_into_several_warcs(stored, package):
    wacz = package(*(page(location, name) for location, name in zip(stored[1], "abc", strict=True)), max_bytes=1000)
    archives = [name for name in wacz.namelist() if name.startswith("archive/")]
    lines = gzip.decompress(wacz.read("indexes/index.cdx.gz")).splitlines()

    assert [name.split("-")[2] for name in archives] == ["00000", "00001", "00002"]
    assert {json.loads(line.split(b" ", 2)[2])["filename"] for line in lines} == {name[8:] for name in archives}


def test_no_local_header_is_longer_than_the_directory_says(stored, package):
    # ReplayWeb.page reckons where a file begins by the directory alone.
    wacz = package(page(stored[1][0]))
    for entry in wacz.infolist():
        wacz.fp.seek(entry.header_offset + 28)
        assert int.from_bytes(wacz.fp.read(2), "little") == len(entry.extra)


def test_an_empty_selection_is_a_package_all_the_same(package):
    wacz = package()

    assert len(wacz.namelist()) == 6
    assert len(wacz.read("pages/pages.jsonl").splitlines()) == 1


def test_a_package_can_be_written_to_a_pipe(stored, file_store):
    class Pipe(io.BytesIO):
        def tell(self):
            raise OSError

        def seekable(self):
            return False

    output = Pipe()
    write_wacz([page(stored[1][0])], file_store, output, information={}, now=NOW)

    assert zipfile.ZipFile(io.BytesIO(output.getvalue())).testzip() is None


def test_a_revisit_that_does_not_tell_its_original_is_named(stored, file_store, select):
    other = WarcLocation(filename="x-20261102093000000-0.warc.gz", offset=0, length=0, record_id="urn:uuid:1")
    body = gzip.compress(b"WARC/1.1\r\nWARC-Type: revisit\r\nWARC-Record-ID: <urn:uuid:1>\r\n\r\n\r\n\r\n")
    file_store.put(segment_key(other.filename), body)

    with pytest.raises(WarcError, match="does not tell where its body lies"):
        select(other)
