import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from pipelines.archive import Spool, revision_key, to_document, to_json
from pipelines.archive.spool import locked
from pipelines.errors import WarcError
from pipelines.stores.files import UNFINISHED
from pipelines.warc import Exchange, WarcWriter, iter_captures
from pipelines.warc.members import CutShortError, iter_members, validate_segment

EXCHANGE = Exchange(
    url="https://courier.example/a",
    fetched_at=datetime(2026, 11, 2, tzinfo=UTC),
    request=b"GET /a HTTP/1.1\r\n\r\n",
    response=b"HTTP/1.1 200 OK\r\n\r\n<p>news</p>",
    payload=b"<p>news</p>",
    metadata=(("channel", "feed"),),
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "spool"


@pytest.fixture
def closed(folder):
    """A closed segment of two exchanges."""
    with WarcWriter(folder) as writer:
        writer.write(EXCHANGE)
        location = writer.write(EXCHANGE)
    return folder / location.filename


@pytest.fixture
def left_open(closed):
    """The same segment as a killed writer leaves it: open, and locked by nobody."""
    return closed.rename(closed.with_name(f"{closed.name}.open"))


@pytest.mark.parametrize("lost", [1, 30, 300])
def test_what_a_killed_writer_left_is_cut_after_its_last_whole_record_and_closed(folder, left_open, lost):
    whole = [member.offset for member in iter_members(left_open)]
    size = left_open.stat().st_size - lost
    os.truncate(left_open, size)
    problems = Spool(folder).finish()

    (segment,) = Spool(folder).segments()
    assert problems == []
    assert segment.stat().st_size == max(offset for offset in whole if offset <= size)
    assert not left_open.exists()


def test_a_segment_that_was_whole_loses_nothing_to_the_cut(folder, left_open):
    size = left_open.stat().st_size
    Spool(folder).finish()

    assert [path.stat().st_size for path in Spool(folder).segments()] == [size]


def test_a_segment_cut_within_its_first_record_leaves_nothing(folder, left_open):
    os.truncate(left_open, 20)

    assert Spool(folder).finish() == []
    assert Spool(folder).segments() == []


def test_what_follows_a_damaged_record_of_an_open_segment_is_kept_and_reported(folder, left_open):
    body, member = left_open.read_bytes(), list(iter_members(left_open))[2]
    damaged = body[: member.offset + 40] + bytes(60) + body[member.offset + 100 :]  # as a power cut leaves blocks empty
    left_open.write_bytes(damaged)
    (problem,) = Spool(folder).finish()

    (segment,) = Spool(folder).segments()
    (tail,) = (folder / "damaged").iterdir()
    assert segment.read_bytes() + tail.read_bytes() == damaged
    assert validate_segment(segment) == 2
    assert str(tail) in str(problem)


def test_a_segment_that_is_being_written_is_left_alone(folder):
    with WarcWriter(folder) as writer:
        writer.write(EXCHANGE)
        problems = Spool(folder).finish()
        writer.write(EXCHANGE)

    assert problems == []
    assert [validate_segment(path) for path in Spool(folder).segments()] == [7]


def test_a_writer_killed_in_another_process_loses_no_exchange(folder):
    script = (
        "import os, signal, sys; from pathlib import Path; from tests.test_archive_spool import EXCHANGE;"
        "from pipelines.warc import WarcWriter; writer = WarcWriter(Path(sys.argv[1]));"
        "[writer.write(EXCHANGE) for _ in range(3)]; os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=Path(__file__).parent.parent, check=False)
    Spool(folder).finish()

    assert len(list(iter_captures(folder))) == 3


def test_a_child_that_shares_the_file_does_not_keep_a_segment_from_being_taken(folder):
    shared = []

    class Sharing(WarcWriter):
        def _write(self, segment, members):
            super()._write(segment, members)
            shared.append(os.dup(segment.file.fileno()))  # as a child has it that is being forked

    with Sharing(folder) as writer:
        writer.write(EXCHANGE)

    with locked(Spool(folder).segments()[0]) as mine:
        assert mine
    for descriptor in shared:
        os.close(descriptor)


def test_other_files_in_the_spool_are_left_alone(folder, closed):
    closed.rename(folder / "notes.txt")

    assert Spool(folder).finish() == []
    assert Spool(folder).segments() == []
    assert (folder / "notes.txt").exists()


def test_a_missing_spool_has_nothing(folder):
    spool = Spool(folder)

    assert (spool.finish(), spool.segments(), list(spool.documents()), spool.size(), spool.count()) == (
        [],
        [],
        [],
        0,
        0,
    )


def test_a_document_waits_under_its_key_and_tells_its_segment(folder, revision):
    spool = Spool(folder)
    body = to_json(to_document(revision))
    spool.add_document(revision_key(revision), body)

    (found,) = spool.documents()
    assert (found.key, found.segment) == (revision_key(revision), revision.capture.location.filename)
    assert spool.read_document(found.key) == body
    assert spool.read_document("documents/courier/1/0002-cd.json") is None
    assert spool.size() == len(body)


def test_a_document_added_twice_waits_once_as_it_was_last(folder, revision):
    spool, document = Spool(folder), to_document(revision)
    spool.add_document(revision_key(revision), to_json(document))
    spool.add_document(revision_key(revision), to_json(document | {"headline": "Later"}))

    assert [json.loads(found.path.read_bytes())["headline"] for found in spool.documents()] == ["Later"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"newskeep": {"capture": {}}}', b'{"newskeep": {"capture": {"warc": 7}}}']
)
def test_a_broken_document_is_set_aside_and_told_once(folder, body):
    spool = Spool(folder)
    spool.add_document("documents/a", body)
    (problem,) = spool.documents()

    assert isinstance(problem, WarcError)
    assert (folder / "damaged" / "documents%2Fa").read_bytes() == body
    assert list(spool.documents()) == []


@pytest.mark.parametrize("key", ["documents/courier/1/0001-ab.json", "../0001-ab.json", "notes"])
def test_a_document_under_another_key_than_its_own_is_set_aside(folder, revision, key):
    spool = Spool(folder)
    spool.add_document(key, to_json(to_document(revision)))
    (problem,) = spool.documents()

    assert revision_key(revision) in str(problem)
    assert list(spool.documents()) == []


def test_what_is_set_aside_twice_under_one_name_is_kept_twice(folder):
    spool = Spool(folder)
    for body in (b"{}", b"[]"):
        spool.add_document("documents/a", body)
        list(spool.documents())

    assert sorted(path.read_bytes() for path in (folder / "damaged").iterdir()) == [b"[]", b"{}"]


def test_the_rest_of_a_document_that_was_being_kept_is_swept_when_nobody_can_be_writing_it(folder):
    spool = Spool(folder)
    spool.check()
    fresh, old = folder / "documents" / f"{UNFINISHED}1", folder / "documents" / f"{UNFINISHED}2"
    fresh.touch()
    old.touch()
    os.utime(old, (0, 0))
    spool.finish()

    assert (fresh.exists(), old.exists()) == (True, False)
    assert list(spool.documents()) == []


def test_a_document_of_a_growing_segment_is_not_counted_as_left(folder, revision):
    spool = Spool(folder)
    with WarcWriter(folder) as writer:
        location = writer.write(EXCHANGE)
        capture = attrs.evolve(revision.capture, location=location)
        spool.add_document(revision_key(revision), to_json(to_document(attrs.evolve(revision, capture=capture))))
        growing = spool.count()

    assert (growing, spool.count()) == (0, 2)


def test_a_wrong_digest_is_damage(closed, tmp_path):
    forged = tmp_path / "forged.warc.gz"
    with forged.open("wb") as file:
        for member in iter_members(closed):
            file.write(gzip.compress(member.content.replace(b"<p>news</p>", b"<p>lies</p>")))

    with pytest.raises(WarcError, match="does not match its block digest"):
        validate_segment(forged)


def test_a_file_cut_short_says_where_the_whole_records_end(closed):
    last = list(iter_members(closed))[-1]
    os.truncate(closed, last.offset + 5)
    with pytest.raises(CutShortError) as caught:
        validate_segment(closed)

    assert caught.value.offset == last.offset
