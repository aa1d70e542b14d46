import io
import zlib
from datetime import UTC, datetime

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipelines.errors import WarcError
from pipelines.warc.blanking import STORED, blank_member
from pipelines.warc.lint import lint_warc
from pipelines.warc.members import validate_segment
from pipelines.warc.records import FIELDS, GZIP, Record, gzip_record, warc_fields
from pipelines.warc.streams import FileWarc

LINES = (("takedown", "a" * 32), ("removed-records", "3"), ("reason", "court order 4 O 26/26"))
LEAST = 470  # what these lines need
AT = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
MIB = 2**20
WARCINFO = "urn:uuid:4be6f6f0-0c58-408f-a161-36b45abe2be1"


def blank(length: int, lines=LINES) -> bytes:
    return blank_member(length, lines, date=AT, name=f"segment#{length}", warcinfo_id=WARCINFO, spare="reason")


def assert_is_whole(member: bytes, length: int) -> None:
    inflater = zlib.decompressobj(GZIP)
    content = inflater.decompress(member)
    head, _, rest = content.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])

    assert len(member) == length
    assert inflater.eof
    assert not inflater.unused_data
    assert rest[int(fields["Content-Length"]) :] == b"\r\n\r\n"
    assert b"takedown: aaaa" in rest


@settings(max_examples=60, deadline=None)
@given(st.integers(LEAST, 200_000))
def test_any_length_is_met(length):
    assert_is_whole(blank(length), length)


@pytest.mark.parametrize("middle", [1500, 10_500, 100_500, STORED + 5, 2 * (STORED + 5), 3 * (STORED + 5)])
def test_no_length_is_left_out_where_digits_and_blocks_change(middle):
    for length in range(middle - 12, middle + 30):
        assert_is_whole(blank(length), length)


@settings(max_examples=5, deadline=None)  # each costs a second where the machine is busy
@given(st.integers(MIB, 6 * MIB))
def test_megabytes_are_met_too(length):
    assert_is_whole(blank(length), length)


@pytest.mark.parametrize("length", [LEAST, 1000, STORED, 3 * MIB + 1])
def test_warcio_fastwarc_and_our_own_check_read_it_and_what_follows(tmp_path, length):
    segment = tmp_path / "segment.warc.gz"
    segment.write_bytes(blank(length) + blank(900))

    assert validate_segment(segment) == 2
    with segment.open("rb") as file:
        read = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file)]
    assert [kind for kind, _ in read] == ["metadata", "metadata"]
    fast = FastIterator(io.BytesIO(segment.read_bytes()), verify_digests=True)
    assert [record.reader.read() for record in fast] == [block for _, block in read]


def test_our_linter_finds_no_fault_with_it(tmp_path):
    information = Record(
        type="warcinfo",
        date=AT,
        content_type=FIELDS,
        block=warc_fields({"software": "newskeep"}),
        fields=(("WARC-Filename", "segment.warc.gz"),),
        id=WARCINFO,
    )
    segment = tmp_path / "segment.warc.gz"
    segment.write_bytes(gzip_record(information) + blank(3000))

    assert [finding for finding in lint_warc(FileWarc(segment)) if finding.offset] == []


def test_it_tells_what_was_there_when_and_why_in_a_metadata_record_of_the_file(tmp_path):
    record = next(iter(ArchiveIterator(io.BytesIO(blank(2000)))))
    headers = record.rec_headers

    assert headers.get_header("WARC-Date") == "2026-11-24T01:02:03Z"
    assert headers.get_header("WARC-Warcinfo-ID").startswith("<urn:uuid:4be6")
    assert headers.get_header("WARC-Target-URI") is None
    assert record.content_stream().read().splitlines()[:3] == [
        b"takedown: " + b"a" * 32,
        b"removed-records: 3",
        b"reason: court order 4 O 26/26",
    ]


def test_it_can_be_read_without_inflating_it():
    assert b"reason: court order 4 O 26/26\r\n" in blank(2000)


def test_the_same_place_gives_the_same_bytes():
    assert blank(5000) == blank(5000)


def test_a_reason_that_has_no_room_is_left_to_the_tombstone():
    member = blank(LEAST, (*LINES[:-1], ("reason", "x" * 400)))

    assert_is_whole(member, LEAST)
    assert b"reason" not in member


def test_too_little_room_is_an_error_and_not_a_longer_record():
    with pytest.raises(WarcError, match="300 bytes have no room"):
        blank(300)
