import errno
import gzip
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from pipelines.errors import WarcError
from pipelines.warc import Exchange, WarcWriter
from pipelines.warc.http1 import parse_response, remove_chunks
from pipelines.warc.members import validate_segment
from pipelines.warc.records import sha256_digest

BODY = "<p>Brücke</p>".encode()
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
BEGAN = datetime(2026, 11, 2, 9, 30, 0, 123456, UTC)


def exchange(**changes):
    values = {
        "url": "https://courier.example/a?b=1",
        "fetched_at": BEGAN,
        "request": b"GET /a?b=1 HTTP/1.1\r\nHost: courier.example\r\n\r\n",
        "response": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
        "payload": BODY,
        "ip_address": "192.0.2.7",
        "protocols": ("http/1.1", "tls/1.3"),
        "cipher_suite": "TLS_AES_128_GCM_SHA256",
        "metadata": (("channel", "feed"), ("title", "Bridge reopens")),
    }
    return Exchange(**(values | changes))


@pytest.fixture
def segment(tmp_path):
    """Write exchanges; give the one closed segment."""

    def write(*exchanges, **options):
        with WarcWriter(tmp_path / "spool", **options) as writer:
            locations = [writer.write(one) for one in exchanges]
        (path,) = (tmp_path / "spool").iterdir()
        return path, locations

    return write


def records(path):
    """All records as (headers as pairs, block), read by warcio."""
    with path.open("rb") as file:
        return [
            (record.rec_headers.headers, record.content_stream().read())
            for record in WarcioIterator(file, no_record_parse=True)
        ]


def field(headers, name):
    return [value for key, value in headers if key == name]


def test_an_exchange_becomes_response_request_and_metadata_after_a_warcinfo(segment):
    path, _ = segment(exchange())

    assert [field(headers, "WARC-Type")[0] for headers, _ in records(path)] == [
        "warcinfo",
        "response",
        "request",
        "metadata",
    ]


def test_blocks_hold_what_went_over_the_wire_byte_for_byte(segment):
    path, _ = segment(exchange())
    _, (_, response), (_, request), (_, metadata) = records(path)

    assert request == exchange().request
    assert response == exchange().response
    assert metadata == b"channel: feed\r\ntitle: Bridge reopens\r\n"


def test_the_payload_digest_leaves_the_transfer_coding_out(segment):
    path, _ = segment(exchange())
    headers, _ = records(path)[1]

    assert field(headers, "WARC-Payload-Digest") == [sha256_digest(BODY)]
    assert field(headers, "WARC-Block-Digest") == [sha256_digest(exchange().response)]


def test_warcio_confirms_every_digest_and_reads_the_page(segment):
    # Only without chunks: warcio takes payload digests with the transfer coding (webrecorder/warcio#74).
    path, _ = segment(exchange(response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY))
    with path.open("rb") as file:
        bodies = [
            record.content_stream().read()
            for record in WarcioIterator(file, check_digests="raise")
            if record.rec_type == "response"
        ]

    assert bodies == [BODY]


def test_fastwarc_confirms_every_block_digest_and_reads_the_payload_that_was_digested(segment):
    path, _ = segment(exchange(), exchange())
    with path.open("rb") as file:
        verdicts = [record.verify_block_digest() for record in FastIterator(file, parse_http=False)]
    with path.open("rb") as file:
        payloads = [
            (record.headers["WARC-Payload-Digest"], record.reader.read())
            for record in FastIterator(file, auto_decode="transfer")
            if record.headers["WARC-Type"] == "response"
        ]

    assert verdicts == [True] * 7
    assert payloads == [(sha256_digest(BODY), BODY)] * 2


def test_records_of_a_capture_share_date_and_name_each_other(segment):
    path, _ = segment(exchange())
    _, response, request, metadata = (headers for headers, _ in records(path))
    ids = [field(headers, "WARC-Record-ID")[0] for headers in (response, request, metadata)]

    assert {field(headers, "WARC-Date")[0] for headers in (request, response, metadata)} == {
        "2026-11-02T09:30:00.123456Z"
    }
    assert field(response, "WARC-Concurrent-To") == [ids[1], ids[2]]
    assert field(request, "WARC-Concurrent-To") == [ids[0], ids[2]]
    assert field(metadata, "WARC-Concurrent-To") == [ids[0], ids[1]]


def test_every_record_belongs_to_the_warcinfo_that_names_the_file(segment):
    path, _ = segment(exchange(), information={"operator": "news desk"})
    (information, block), *others = records(path)

    assert field(information, "WARC-Filename") == [path.name]
    assert b"operator: news desk\r\n" in block
    assert {field(headers, "WARC-Warcinfo-ID")[0] for headers, _ in others} == set(field(information, "WARC-Record-ID"))


def test_fields_of_the_connection_stand_where_the_standard_allows_them(segment):
    path, _ = segment(exchange(truncated="length"))
    information, response, request, metadata = (headers for headers, _ in records(path))

    assert field(response, "WARC-Protocol") == ["http/1.1", "tls/1.3"]
    assert field(response, "WARC-Cipher-Suite") == ["TLS_AES_128_GCM_SHA256"]
    assert [field(headers, "WARC-Truncated") for headers in (request, response, metadata)] == [[], ["length"], []]
    assert [field(headers, "WARC-IP-Address") for headers in (information, request, response)] == [
        [],
        ["192.0.2.7"],
        ["192.0.2.7"],
    ]
    assert field(information, "WARC-Target-URI") == []


def test_no_field_but_the_links_and_protocols_is_repeated(segment):
    path, _ = segment(exchange())
    for headers, _ in records(path):
        names = [name for name, _ in headers if name not in {"WARC-Concurrent-To", "WARC-Protocol"}]
        assert len(names) == len(set(names))


def test_the_location_is_exactly_the_responses_gzip_member(segment):
    path, (_, location) = segment(exchange(), exchange(url="https://courier.example/second"))
    member = path.read_bytes()[location.offset : location.offset + location.length]
    content = gzip.decompress(member)

    assert location.filename == path.name
    assert f"WARC-Record-ID: <{location.record_id}>".encode() in content
    assert b"WARC-Target-URI: https://courier.example/second\r\n" in content
    assert content.count(b"WARC/1.1\r\n") == 1


def test_a_line_break_in_a_value_cannot_forge_a_field(segment):
    evil = "https://courier.example/a\r\nWARC-Type: warcinfo"
    path, _ = segment(exchange(url=evil, metadata=(("title", "a\r\nb: c"),)))
    _, _, (response, _), (_, lines) = records(path)

    assert field(response, "WARC-Target-URI") == ["https://courier.example/a%0D%0AWARC-Type:%20warcinfo"]
    assert lines == b"title: a b: c\r\n"


def test_a_body_that_is_compressed_already_is_stored_as_it_is(segment):
    body = gzip.compress(bytes(hash((i, "x")) % 256 for i in range(60000)))
    response = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body
    path, (location,) = segment(exchange(response=response, payload=body))

    assert body[100:2000] in path.read_bytes()
    assert location.length < len(response) + 1500


def test_a_page_that_did_not_come_over_http_is_a_resource(tmp_path):
    with WarcWriter(tmp_path) as writer:
        writer.write_resource("https://courier.example/x", "text/html", BODY, BEGAN, metadata=(("via", "browser"),))
    (path,) = tmp_path.iterdir()
    _, (headers, block), (metadata, _) = records(path)

    assert (field(headers, "WARC-Type"), field(headers, "Content-Type"), block) == (["resource"], ["text/html"], BODY)
    assert field(metadata, "WARC-Concurrent-To") == field(headers, "WARC-Record-ID")


def test_an_unfinished_segment_is_marked_open_and_readable_so_far(tmp_path):
    writer = WarcWriter(tmp_path)
    writer.write(exchange())
    (path,) = tmp_path.iterdir()

    assert path.name.endswith(".warc.gz.open")
    assert validate_segment(path) == 4
    writer.close()
    assert [found.name for found in tmp_path.iterdir()] == [path.name.removesuffix(".open")]


def test_a_segment_is_closed_by_size_and_reported(tmp_path):
    closed = []
    with WarcWriter(tmp_path, max_bytes=1, on_close=closed.append) as writer:
        names = [writer.write(exchange()).filename for _ in range(3)]

    assert [path.name for path in closed] == names
    assert len(set(names)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_segment_is_closed_by_age(tmp_path):
    time = [BEGAN]
    with WarcWriter(tmp_path, max_age=60, clock=lambda: time[0]) as writer:
        first = writer.write(exchange()).filename
        time[0] += timedelta(seconds=59)
        same = writer.write(exchange()).filename
        time[0] += timedelta(seconds=1)
        other = writer.write(exchange()).filename

    assert first == same != other
    assert "-20261102093000123-00000-" in first
    assert "-20261102093100123-00001-" in other


def test_two_writers_never_use_the_same_name(tmp_path):
    names = set()
    for _ in range(2):
        with WarcWriter(tmp_path, clock=lambda: BEGAN) as writer:
            names.add(writer.write(exchange()).filename)

    assert len(names) == 2


def test_threads_may_write_at_once(tmp_path):
    with WarcWriter(tmp_path) as writer:
        threads = [threading.Thread(target=lambda: [writer.write(exchange()) for _ in range(20)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (path,) = tmp_path.iterdir()

    assert validate_segment(path) == 1 + 80 * 3


class FullDisk:
    """A file that takes some bytes and then has no room."""

    def __init__(self, file):
        self.file = file
        self.room = 100

    def write(self, body):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = self.file.write(bytes(body[: self.room]))
        self.room -= taken
        return taken

    def __getattr__(self, name):
        return getattr(self.file, name)


def test_a_full_disk_is_one_clear_line_and_leaves_the_segment_whole(tmp_path):
    writer = WarcWriter(tmp_path)
    writer.write(exchange())
    file = writer._segment.file
    writer._segment.file = FullDisk(file)
    with pytest.raises(WarcError, match="the disk is full"):
        writer.write(exchange())
    writer._segment.file = file
    location = writer.write(exchange(url="https://courier.example/after"))
    writer.close()
    (path,) = tmp_path.iterdir()

    assert validate_segment(path) == 7
    content = gzip.decompress(path.read_bytes()[location.offset : location.offset + location.length])
    assert b"courier.example/after" in content


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nTrailer: x\r\n\r\n", b"hello world"),
        (b"5\r\nhello\r\n6\r\n wo", b"hello wo"),
        (b"5\nhello\n0\n\n", b"hello"),
        (b"<html>never chunked</html>", b"<html>never chunked</html>"),
        (b"", b""),
    ],
)
def test_chunks_are_removed_as_far_as_there_are_any(body, expected):
    assert remove_chunks(body) == expected


def test_a_response_keeps_repeated_headers_and_joins_folded_ones():
    response = parse_response(b"HTTP/1.0 404 Not  Here\r\nA: 1\r\na: 2\r\n  more\r\nB:\r\n\r\nbody")

    assert response.headers == (("A", "1"), ("a", "2 more"), ("B", ""))
    assert (response.status, response.reason, response.body) == (404, "Not  Here", b"body")


def test_what_is_no_response_is_refused():
    with pytest.raises(ValueError, match="no HTTP status line"):
        parse_response(BytesIO(b"<html></html>").read())
