import gzip
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.archive import Exchange, Spool, WarcWriter, iter_captures, open_store, segment_key
from pipelines.archive.segments import CutShortError, iter_members, validate_segment
from pipelines.errors import StoreError, WarcError

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


def test_a_segment_is_uploaded_under_the_day_in_its_name_and_let_go(folder, file_store, closed):
    body = closed.read_bytes()
    key = Spool(folder, file_store).upload(closed)

    assert key == segment_key(closed.name)
    assert file_store.get(key) == body
    assert not closed.exists()


def test_a_segment_reaches_a_real_s3_server(folder, s3_url, closed):
    store = open_store(s3_url)
    key = Spool(folder, store).upload(closed)

    assert [found.url for found in iter_captures(key, store)] == [EXCHANGE.url] * 2


def test_an_upload_that_was_done_before_the_crash_is_only_finished(folder, file_store, closed):
    file_store.put_file(segment_key(closed.name), closed)

    assert Spool(folder, file_store).upload(closed) == segment_key(closed.name)
    assert not closed.exists()


def test_a_segment_is_kept_when_the_store_holds_something_else_under_its_key(folder, file_store, closed):
    file_store.put(segment_key(closed.name), b"other")
    with pytest.raises(StoreError, match="holds 5 bytes"):
        Spool(folder, file_store).upload(closed)

    assert closed.exists()


def test_a_segment_is_kept_when_the_store_fails(folder, tmp_path, closed):
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError):
        Spool(folder, open_store(f"file:{tmp_path / 'taken' / 'archive'}")).upload(closed)

    assert closed.exists()


@pytest.mark.parametrize("lost", [1, 30, 300])
def test_what_a_killed_writer_left_is_cut_after_its_last_whole_record_and_uploaded(folder, file_store, left_open, lost):
    whole = [member.offset for member in iter_members(left_open)]
    size = left_open.stat().st_size - lost
    os.truncate(left_open, size)
    recovery = Spool(folder, file_store).recover()

    (stored,) = file_store.list("warc/")
    assert recovery.uploaded == (stored.key,)
    assert stored.size == max(offset for offset in whole if offset <= size)
    assert list(folder.glob("*.warc.gz*")) == []


def test_a_segment_that_was_whole_loses_nothing_to_the_cut(folder, file_store, left_open):
    size = left_open.stat().st_size
    Spool(folder, file_store).recover()

    assert [found.size for found in file_store.list("warc/")] == [size]


def test_a_segment_cut_within_its_first_record_leaves_nothing(folder, file_store, left_open):
    os.truncate(left_open, 20)

    assert Spool(folder, file_store).recover().uploaded == ()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("state", ["closed", "open"])
def test_a_damaged_segment_is_set_aside_and_reported_never_deleted(folder, file_store, closed, state):
    damaged = bytearray(closed.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    closed.write_bytes(damaged)
    path = closed if state == "closed" else closed.rename(closed.with_name(f"{closed.name}.open"))
    recovery = Spool(folder, file_store).recover()

    assert (folder / "damaged" / path.name).read_bytes() == damaged
    assert list(file_store.list()) == []
    (line,) = recovery.damaged
    assert "damaged" in line
    assert "\n" not in line


def test_a_segment_that_is_being_written_is_left_alone(folder, file_store):
    with WarcWriter(folder) as writer:
        writer.write(EXCHANGE)
        recovery = Spool(folder, file_store).recover()
        writer.write(EXCHANGE)

    assert (recovery.uploaded, recovery.damaged) == ((), ())
    assert len(Spool(folder, file_store).recover().uploaded) == 1


def test_a_writer_killed_in_another_process_loses_no_exchange(folder, file_store):
    script = (
        "import os, signal, sys; from pathlib import Path; from tests.test_archive_spool import EXCHANGE;"
        "from pipelines.archive import WarcWriter; writer = WarcWriter(Path(sys.argv[1]));"
        "[writer.write(EXCHANGE) for _ in range(3)]; os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=Path(__file__).parent.parent, check=False)
    (key,) = Spool(folder, file_store).recover().uploaded

    assert len(list(iter_captures(key, file_store))) == 3


def test_other_files_in_the_spool_are_left_alone(folder, file_store, closed):
    closed.rename(folder / "notes.txt")

    assert Spool(folder, file_store).recover().uploaded == ()
    assert (folder / "notes.txt").exists()


def test_a_missing_spool_has_nothing_to_recover(folder, file_store):
    assert Spool(folder, file_store).recover().uploaded == ()


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


def test_a_segment_without_a_timestamp_in_its_name_is_set_aside(folder, file_store, closed):
    odd = Path(shutil.copy(closed, folder / "odd.warc.gz"))
    with pytest.raises(WarcError, match="not the name of a segment"):
        Spool(folder, file_store).upload(odd)

    assert (folder / "damaged" / "odd.warc.gz").exists()


def test_a_child_that_shares_the_file_does_not_keep_a_segment_from_its_upload(tmp_path, file_store):
    shared = []

    class Sharing(WarcWriter):
        def _write(self, segment, members):
            super()._write(segment, members)
            shared.append(os.dup(segment.file.fileno()))  # as a child has it that is being forked

    with Sharing(tmp_path / "spool") as writer:
        writer.write_resource("https://courier.example/", "text/plain", b"x", datetime(2026, 11, 2, tzinfo=UTC))

    assert len(Spool(tmp_path / "spool", file_store).recover().uploaded) == 1
    for descriptor in shared:
        os.close(descriptor)
