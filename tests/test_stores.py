"""The same claims hold for a folder and for a real S3 server."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from pipelines.errors import SettingsError, StoreError
from pipelines.stores import StoredObject, open_store
from pipelines.stores.files import FileStore
from pipelines.stores.s3 import S3Store


@pytest.fixture(params=["file", "s3"])
def store(request):
    if request.param == "file":
        return request.getfixturevalue("file_store")
    return open_store(request.getfixturevalue("s3_url"))


def test_an_object_is_written_once(store):
    assert store.put("documents/a.json", b"first") is True
    assert store.put("documents/a.json", b"second") is False
    assert store.get("documents/a.json") == b"first"


def test_of_many_writers_of_one_key_exactly_one_wins(store):
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda number: store.put("race", b"%d" % number), range(16)))

    assert outcomes.count(True) == 1
    assert store.get("race") == b"%d" % outcomes.index(True)


@pytest.mark.parametrize(("start", "length", "part"), [(0, 3, b"012"), (7, None, b"789"), (8, 5, b"89"), (10, 4, b"")])
def test_a_range_of_an_object_can_be_read(store, start, length, part):
    store.put("digits", b"0123456789")

    assert store.get("digits", start=start, length=length) == part


def test_objects_are_listed_by_prefix_in_key_order(store):
    for key in ("b/1", "a/2", "c-1", "a/10/x", "é"):
        store.put(key, key.encode())

    keys = [found.key for found in store.list() if found.key != "newskeep.txt"]
    assert keys == ["a/10/x", "a/2", "b/1", "c-1", "é"]
    assert list(store.list("a/1")) == [StoredObject("a/10/x", 6)]
    assert list(store.list("nothing/")) == []


def test_a_folder_lists_in_the_order_of_whole_keys(file_store):
    for key in ("a/b", "a-b", "a.b", "ab"):
        file_store.put(key, b"x")

    assert [found.key for found in file_store.list()] == ["a-b", "a.b", "a/b", "ab"]


def test_a_missing_object_is_an_error_that_names_it(store):
    with pytest.raises(StoreError, match=r"nowhere/a\.json: no such object"):
        store.get("nowhere/a.json")


@pytest.mark.parametrize("key", ["../up", "/absolute", "a/../b", "a//b", "", ".", "a\\b", "a\nb"])
def test_a_key_that_could_leave_the_store_is_refused(store, key):
    with pytest.raises(StoreError, match="not a key"):
        store.put(key, b"x")


def test_a_file_is_stored_once(store, tmp_path):
    (tmp_path / "segment").write_bytes(b"warc" * 1000)

    assert store.put_file("warc/segment", tmp_path / "segment") is True
    assert store.put_file("warc/segment", tmp_path / "segment") is False
    assert store.get("warc/segment") == b"warc" * 1000


def test_a_good_store_passes_its_check_and_stays_writable(store):
    store.check()
    store.check()

    assert store.put("a", b"x") is True


def test_a_store_knows_its_own_url(store):
    assert open_store(store.url).url == store.url


def test_a_relative_file_url_is_a_folder_below_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store("file:archive").put("a", b"x")

    assert (tmp_path / "archive" / "a").read_bytes() == b"x"


@pytest.mark.parametrize(
    "url", ["archive", "/srv/archive", "s3:///prefix", "http://host/", "file://host/a", "", "file:"]
)
def test_a_url_that_is_no_store_is_refused_with_the_forms_that_are(url):
    with pytest.raises(SettingsError, match=r"ARCHIVE_URL: .*file:FOLDER"):
        open_store(url)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StoreError, match="taken/archive: cannot be read or written: Not a directory"):
        FileStore(tmp_path / "taken" / "archive").check()


def test_a_full_disk_is_one_clear_line_and_leaves_nothing_half_written(file_store, monkeypatch):
    def no_space(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file_store.check()
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match="the disk is full"):
        file_store.put("a", b"x")

    monkeypatch.undo()
    assert list(file_store.list()) == []
    assert list(file_store.folder.iterdir()) == []


def test_what_a_killed_writer_left_is_not_an_object(file_store):
    file_store.put("a/b", b"x")
    shutil.copy(file_store.folder / "a" / "b", file_store.folder / "a" / ".unfinished-123")

    assert [found.key for found in file_store.list()] == ["a/b"]


def test_a_missing_bucket_is_one_clear_line(bucket):
    with pytest.raises(StoreError, match=rf"s3://{bucket}-other: no such bucket"):
        open_store(f"s3://{bucket}-other/x").check()


def test_wrong_credentials_are_one_clear_line(s3_url, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StoreError, match="wrong credentials"):
        open_store(s3_url).check()

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    with pytest.raises(StoreError, match="wrong credentials"):
        open_store(s3_url).check()


def test_no_credentials_are_one_clear_line(s3_url, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StoreError, match="no credentials"):
        open_store(s3_url).check()


def test_an_endpoint_that_does_not_answer_is_one_clear_line_and_worth_a_retry(s3_url, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(StoreError, match=r"no answer from http://127\.0\.0\.1:9") as caught:
        open_store(s3_url).check()

    assert caught.value.retryable


def test_an_endpoint_that_is_no_url_is_a_settings_error(s3_url, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not a url")
    with pytest.raises(SettingsError, match="not a url"):
        open_store(s3_url)


def test_a_large_file_goes_up_in_parts_and_only_once(bucket, tmp_path):
    size = 5 * 2**20  # the least that S3 takes for a part
    body = os.urandom(2 * size + 17)
    (tmp_path / "large").write_bytes(body)
    client = boto3.client("s3")
    store = S3Store(client, bucket, "archive", part_size=size)

    assert store.put_file("warc/large", tmp_path / "large") is True
    assert store.put_file("warc/large", tmp_path / "large") is False
    assert store.get("warc/large") == body
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_a_large_file_that_loses_the_race_leaves_the_winner_and_no_parts(bucket, tmp_path, monkeypatch):
    size = 5 * 2**20
    (tmp_path / "large").write_bytes(b"x" * (size + 1))
    client = boto3.client("s3")
    store = S3Store(client, bucket, "archive", part_size=size)
    store.put("warc/large", b"the winner")
    monkeypatch.setattr(store, "_exists", lambda key: False)

    assert store.put_file("warc/large", tmp_path / "large") is False
    assert store.get("warc/large") == b"the winner"
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_what_killed_writers_left_of_a_key_goes_with_the_next_writer(file_store):
    folder = file_store.folder / "warc"
    folder.mkdir(parents=True)
    for name in (".unfinished-0badcafe-a", ".unfinished-12345678-a", ".unfinished-0badcafe-b"):
        (folder / name).write_bytes(b"half")
    file_store.put("warc/a", b"x")

    assert sorted(path.name for path in folder.iterdir()) == [".unfinished-0badcafe-b", "a"]


def test_a_replaced_object_has_its_new_content_and_a_deleted_one_is_gone(store):
    store.put("a", b"first")
    store.replace("a", b"second")
    assert store.get("a") == b"second"

    store.delete("a")
    store.delete("a")
    assert list(store.list("a")) == []


def test_a_file_that_cannot_be_read_is_named(store, tmp_path):
    with pytest.raises(StoreError, match="missing: cannot be read: No such file"):
        store.put_file("a", tmp_path / "missing")
