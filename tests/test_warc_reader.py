import gzip
from datetime import UTC, datetime

import attrs
import pytest

from pipelines.errors import ArchiveError, StoreError, WarcError
from pipelines.stores import open_store
from pipelines.warc import Exchange, WarcWriter, iter_captures, read_record, segment_key
from pipelines.warc.members import iter_members
from pipelines.warc.records import sha256_digest
from tests.damage import flip

BODY = b"<p>The bridge is open.</p>"
PACKED = gzip.compress(BODY, mtime=0)
EXCHANGE = Exchange(
    url="https://courier.example/a",
    fetched_at=datetime(2026, 11, 2, 9, 30, 0, 5, UTC),
    request=b"GET /a HTTP/1.1\r\n\r\n",
    response=(
        b"HTTP/1.1 200 Fine\r\nContent-Encoding: gzip\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(PACKED), PACKED)
    ),
    payload=PACKED,
    ip_address="192.0.2.7",
    truncated="time",
    metadata=(("title", "Bridge: open"), ("author", "Ada"), ("author", "Ben")),
)


@pytest.fixture
def written(tmp_path):
    """A segment of ours with three captures, and where they lie."""
    with WarcWriter(tmp_path / "spool") as writer:
        locations = [
            writer.write(EXCHANGE),
            writer.write_resource("https://courier.example/r", "text/html", BODY, EXCHANGE.fetched_at),
            writer.write(attrs.evolve(EXCHANGE, url="https://courier.example/b", metadata=())),
        ]
    return tmp_path / "spool" / locations[0].filename, locations


def test_what_was_written_is_read_back(written):
    path, locations = written
    first, resource, last = iter_captures(path)

    assert (first.type, first.url, first.fetched_at) == ("response", EXCHANGE.url, EXCHANGE.fetched_at)
    assert (first.status, first.reason, first.truncated, first.ip_address) == (200, "Fine", "time", "192.0.2.7")
    assert [value for name, value in first.headers if name == "Set-Cookie"] == ["a", "b"]
    assert (first.body, first.payload_digest) == (PACKED, sha256_digest(PACKED))
    assert first.metadata == {"title": "Bridge: open", "author": "Ada\nBen"}
    assert (resource.type, resource.status, resource.body) == ("resource", 200, BODY)
    assert resource.headers == (("Content-Type", "text/html"),)
    assert last.metadata == {}
    assert [found.location for found in (first, resource, last)] == locations


@pytest.mark.parametrize("form", ["path", "file:", "folder", "s3://", "s3:// folder"])
def test_a_warc_is_found_by_every_kind_of_address(written, form, request):
    path, _ = written
    if form.startswith("s3://"):
        url = request.getfixturevalue("s3_url")
        open_store(url).put_file("crawl/a.warc.gz", path)
        addresses = {"s3://": f"{url}/crawl/a.warc.gz", "s3:// folder": f"{url}/crawl/"}
    else:
        addresses = {"path": str(path), "file:": path.as_uri(), "folder": str(path.parent)}

    assert len(list(iter_captures(addresses[form]))) == 3


def test_one_record_is_read_from_the_store_by_its_place(written, file_store):
    path, locations = written
    file_store.put_file(segment_key(path.name), path)

    assert [read_record(file_store, location).url for location in locations] == [
        "https://courier.example/a",
        "https://courier.example/r",
        "https://courier.example/b",
    ]


def test_one_record_is_read_from_a_real_s3_server(written, s3_url):
    path, locations = written
    store = open_store(s3_url)
    store.put_file(segment_key(path.name), path)

    assert read_record(store, locations[2]).body == PACKED


def test_a_location_that_names_another_record_is_refused(written, file_store):
    path, locations = written
    file_store.put_file(segment_key(path.name), path)
    with pytest.raises(WarcError, match="is not the record"):
        read_record(file_store, attrs.evolve(locations[0], record_id="urn:uuid:other"))


def test_a_segment_that_is_not_in_the_store_is_an_error_that_names_it(written, file_store):
    with pytest.raises(StoreError, match="no such object"):
        read_record(file_store, written[1][0])


HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n%b\r\n%b"


def foreign(block=HTTP % (b"", BODY), *, version="1.0", uri="http://other.example/", **fields):
    """A WARC by another hand: warcinfo and one record."""
    names = {
        "WARC-Type": "response",
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        "WARC-Date": "2026-11-02T09:30:00Z",
        "WARC-Target-URI": uri,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in names.items())
    information = f"WARC/{version}\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    return information.encode(), f"WARC/{version}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


@pytest.fixture
def captures_of(tmp_path):
    """Write records to a file, each packed as told; give its captures."""

    def read(records, pack=bytes):
        (tmp_path / "a.warc").write_bytes(b"".join(map(pack, records)))
        return list(iter_captures(tmp_path / "a.warc"))

    return read


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_warcs_by_other_hands_are_read_compressed_or_not(captures_of, pack, version):
    (found,) = captures_of(foreign(version=version), pack)

    assert (found.url, found.body, found.reason) == ("http://other.example/", BODY, "OK")


def test_angle_brackets_around_the_address_are_taken_off(captures_of):
    assert [found.url for found in captures_of(foreign(uri="<http://other.example/>"))] == ["http://other.example/"]


def test_a_body_stored_without_the_chunks_its_header_claims_is_kept(captures_of):
    block = HTTP % (b"Transfer-Encoding: chunked\r\n", BODY)

    assert [found.body for found in captures_of(foreign(block))] == [BODY]


def test_what_a_server_sent_beyond_its_content_length_is_not_of_the_body(captures_of):
    block = HTTP % (b"Content-Length: %d\r\n" % len(BODY), BODY + b"surplus")

    assert [found.body for found in captures_of(foreign(block, WARC_Payload_Digest=sha256_digest(BODY)))] == [BODY]


def test_a_content_length_of_a_coding_that_was_undone_cuts_nothing(captures_of):
    block = HTTP % (b"Content-Length: 5\r\n", BODY)

    assert [found.body for found in captures_of(foreign(block, WARC_Payload_Digest=sha256_digest(BODY)))] == [BODY]


def test_a_whole_file_in_one_gzip_member_is_read(captures_of):
    assert [found.body for found in captures_of([b"".join(foreign())], gzip.compress)] == [BODY]


def test_a_revisit_gives_its_headers_and_the_digest_of_what_it_repeats(captures_of):
    (found,) = captures_of(foreign(HTTP % (b"", b""), WARC_Type="revisit", WARC_Payload_Digest="sha1:ABC"))

    assert (found.type, found.body, found.payload_digest) == ("revisit", b"", "sha1:ABC")
    assert found.headers == (("Content-Type", "text/html"),)


def test_records_of_other_protocols_are_passed_over(captures_of):
    assert captures_of(foreign(b"x", uri="dns:other.example", Content_Type="text/dns")) == []


def test_a_response_that_is_none_is_broken(captures_of):
    with pytest.raises(WarcError, match="no HTTP status line"):
        captures_of(foreign(b"<html>"))


@pytest.mark.parametrize(
    ("date", "meant"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-02", datetime(2026, 11, 2, tzinfo=UTC)),
        ("2026-11-02T09:30:00.123456789Z", datetime(2026, 11, 2, 9, 30, 0, 123456, UTC)),
    ],
)
def test_every_precision_of_date_is_read(captures_of, date, meant):
    assert [found.fetched_at for found in captures_of(foreign(WARC_Date=date))] == [meant]


def test_a_file_cut_anywhere_within_its_last_record_is_broken(written, tmp_path):
    body = written[0].read_bytes()
    *_, last = iter_members(written[0])
    silent = []
    for end in range(last.offset + 1, len(body)):
        (tmp_path / "cut.warc.gz").write_bytes(body[:end])
        try:
            list(iter_captures(tmp_path / "cut.warc.gz"))
        except WarcError:
            continue
        silent.append(end)

    assert silent == []


def broken(path, how):
    body = path.read_bytes()
    return {
        "cut": body[:-40],
        "cut early": body[:30],
        "flipped": flip(body),
        "garbage at the end": body + b"garbage" * 10,
        "html": b"<!doctype html><html></html>",
        "empty": b"",
        "plain, cut": gzip.decompress(body)[:-50],
    }[how]


@pytest.mark.parametrize("how", ["cut", "cut early", "flipped", "garbage at the end", "html", "empty", "plain, cut"])
def test_a_broken_warc_is_one_line_that_names_file_and_place(written, tmp_path, how):
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(broken(written[0], how))
    with pytest.raises(WarcError, match=r"broken\.warc\.gz: .*(byte \d+|empty)") as caught:
        list(iter_captures(path))

    assert "\n" not in str(caught.value)


def test_captures_before_the_damage_are_given_first(written, tmp_path):
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(written[0].read_bytes()[:-40])
    captures = iter_captures(path)

    assert next(captures).url == "https://courier.example/a"
    assert next(captures).url == "https://courier.example/r"


@pytest.mark.parametrize("address", ["nowhere.warc.gz", "file:nowhere.warc.gz", "."])
def test_a_missing_warc_is_one_clear_line(tmp_path, monkeypatch, address):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WarcError, match=r"cannot be read|no \.warc"):
        list(iter_captures(address))


def test_a_missing_warc_in_a_bucket_is_one_clear_line(s3_url):
    with pytest.raises(ArchiveError, match="no such WARC"):
        list(iter_captures(f"{s3_url}/nowhere.warc.gz"))
