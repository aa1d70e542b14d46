"""What only S3 has: dialects, checksums, versions, locks, parts and credentials; against a real server."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipelines.errors import SettingsError, StoreError
from pipelines.stores import Abilities, S3Store, open_store
from tests.s3_faults import FAULTS, Faults, client_of, overlook_header, refuse_header, refuse_operation

PART = 5 * 2**20  # the least that S3 takes for a part
CHECKSUM, CONDITION = "x-amz-checksum-sha256", "If-None-Match"


@pytest.fixture
def client(s3_server):
    return client_of(s3_server.endpoint, "newskeep", "newskeep-secret", attempts=1)


@pytest.fixture
def store(client, bucket):
    return S3Store(client, bucket, "archive", part_size=PART)


@pytest.fixture
def locked_bucket(client):
    name = f"locked-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def large(tmp_path):
    (tmp_path / "large").write_bytes(bytes(PART) + b"the second part")
    return tmp_path / "large"


def versions_of(client, bucket: str, key: str) -> list[str]:
    found = client.list_object_versions(Bucket=bucket, Prefix=key)
    return [version["VersionId"] for version in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))]


def sent_headers(client, operation: str) -> list[dict[str, Any]]:
    """Return a list that is filled with the headers of each request to come."""
    seen: list[dict[str, Any]] = []

    def note(request, **_more):
        seen.append(dict(request.headers.items()))

    client.meta.events.register(f"before-send.s3.{operation}", note)
    return seen


def test_a_good_store_has_all_abilities(store):
    store.check()

    assert store.abilities == Abilities()
    assert store.abilities.shortfalls == ()


def test_what_a_store_can_do_is_found_out_once(store, client):
    with Faults(client) as faults:
        store.check()
        faults.rest()
        store.check()
        store.put("a", b"x")

        assert faults.calls == ["ListObjectsV2", "PutObject"]


@pytest.mark.parametrize("spoil", [refuse_header, overlook_header])
def test_a_store_without_conditional_puts_is_asked_before_each_put(store, client, spoil):
    spoil(client, "PutObject", CONDITION)

    assert store.put("a", b"first") is True
    assert store.put("a", b"second") is False
    assert store.get("a") == b"first"
    assert store.abilities == Abilities(conditional_puts=False)
    assert store.abilities.shortfalls == ("no conditional puts: each is preceded by HEAD",)


@pytest.mark.parametrize("spoil", [refuse_header, overlook_header])
def test_a_store_without_sha256_is_sent_md5(store, client, spoil):
    spoil(client, "PutObject", CHECKSUM)
    seen = sent_headers(client, "PutObject")

    assert store.put("a", b"first") is True
    assert store.put("a", b"second") is False
    assert store.abilities == Abilities(checksums=False)
    assert "Content-MD5" in seen[-1]


def test_a_store_that_refuses_all_that_is_new_still_keeps_what_it_is_given(store, client, large):
    for header in (CONDITION, CHECKSUM):
        refuse_header(client, "PutObject", header, status=400)
    for operation in ("ListMultipartUploads", "GetBucketVersioning"):
        refuse_operation(client, operation)

    assert store.put_file("large", large) is True
    assert store.put_file("large", large) is False
    store.replace("small", b"1")
    store.replace("small", b"2")
    assert store.get("small") == b"2"
    store.delete("small")
    assert [found.key for found in store.list("small")] == []
    assert store.abilities == Abilities(conditional_puts=False, checksums=False, upload_listing=False)


def test_a_store_that_overlooks_ranges_is_read_right(store, client):
    store.put("digits", b"0123456789")
    overlook_header(client, "GetObject", "Range")

    assert store.get("digits", start=7, length=2) == b"78"
    assert store.get("digits", start=10, length=2) == b""


def test_each_object_and_part_is_sent_with_its_sha256(store, client, large):
    objects, parts = sent_headers(client, "PutObject"), sent_headers(client, "UploadPart")
    store.put("small", b"x")
    store.put_file("large", large)

    assert objects[-1][CHECKSUM] == b"LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="  # of b"x"
    assert len(parts) == 2
    assert all(CHECKSUM in headers for headers in parts)


@pytest.mark.parametrize("operation", ["PutObject", "UploadPart", "CompleteMultipartUpload"])
def test_another_checksum_in_the_answer_is_an_error_worth_a_retry(store, client, large, operation):
    store.check()
    with Faults(client) as faults:
        store.put_file("a", large) if "PutObject" not in operation else store.put("a", b"x")
        faults.strike(faults.calls.index(operation), FAULTS["wrong-checksum"])
        with pytest.raises(StoreError, match=r"answers with SHA-256 A{43}=") as caught:
            store.put_file("b", large) if "PutObject" not in operation else store.put("b", b"x")

    assert caught.value.retryable


def test_a_body_that_is_damaged_on_the_way_is_refused_by_the_store(store, client):
    store.check()
    client.meta.events.register("before-send.s3.PutObject", lambda request, **_more: setattr(request, "body", b"y"))

    with pytest.raises(StoreError, match="what arrived is not what was sent") as caught:
        store.put("a", b"x")
    assert caught.value.retryable
    assert list(store.list("a")) == []


def test_a_body_cut_once_is_read_again(store, client):
    store.put("a", b"0123456789")
    with Faults(client) as faults:
        faults.strike(0, FAULTS["cut-short"])

        assert store.get("a") == b"0123456789"
        assert faults.calls == ["GetObject", "GetObject"]


def test_a_body_that_is_always_cut_is_an_error_worth_a_retry(store, client, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    store.put("a", b"0123456789")
    with Faults(client) as faults:
        faults.strike(0, FAULTS["cut-short"], times=100)
        with pytest.raises(StoreError, match="the answer was cut short") as caught:
            store.get("a")

    assert caught.value.retryable


def test_parts_that_a_killed_run_left_of_the_key_are_gone_and_those_of_others_stay(store, client, bucket, large):
    for key in ("archive/warc/a", "archive/warc/a", "archive/warc/ab"):
        client.create_multipart_upload(Bucket=bucket, Key=key)

    assert store.put_file("warc/a", large) is True
    left = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [upload["Key"] for upload in left] == ["archive/warc/ab"]


def test_parts_of_a_key_that_is_taken_are_aborted_too(store, client, bucket, large):
    store.put("warc/a", b"taken")
    client.create_multipart_upload(Bucket=bucket, Key="archive/warc/a")

    assert store.put_file("warc/a", large) is False
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_replace_and_delete_leave_no_version_of_the_very_key(client, locked_bucket):
    store = S3Store(client, locked_bucket, lock_days=1)
    for key in ("a", "a.b"):
        store.put(key, b"1")
    client.delete_object(Bucket=locked_bucket, Key="a")  # leaves a marker
    store.put("a", b"2")

    store.replace("a", b"3")
    assert store.get("a") == b"3"
    assert len(versions_of(client, locked_bucket, "a")) == 2  # that of `a` and that of `a.b`
    store.delete("a")
    store.delete("a")
    assert [found.key for found in store.list("a")] == ["a.b"]
    assert len(versions_of(client, locked_bucket, "a")) == 1


def test_a_bucket_whose_versioning_is_suspended_keeps_no_old_version(store, client, bucket):
    for status in ("Enabled", "Suspended"):
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
        store.replace("a", status.encode())

    assert store.get("a") == b"Suspended"
    assert versions_of(client, bucket, "archive/a") == ["null"]
    store.delete("a")
    assert versions_of(client, bucket, "archive/a") == []


def test_an_object_is_never_missing_while_it_is_replaced(client, locked_bucket):
    store = S3Store(client, locked_bucket, lock_days=1)
    store.put("a", b"1")
    with Faults(client) as faults:
        store.replace("a", b"2")

        assert faults.calls.index("PutObject") < faults.calls.index("DeleteObject")


def test_a_lock_holds_each_object_against_removal_for_its_days(client, locked_bucket, large):
    store = S3Store(client, locked_bucket, lock_days=30, part_size=PART)
    store.put("small", b"x")
    store.put_file("large", large)

    for key in ("small", "large"):
        found = client.head_object(Bucket=locked_bucket, Key=key)
        assert found["ObjectLockMode"] == "GOVERNANCE"
        assert (found["ObjectLockRetainUntilDate"] - found["LastModified"]).days in {29, 30}
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            client.delete_object(Bucket=locked_bucket, Key=key, VersionId=found["VersionId"])


def test_a_lock_on_a_bucket_that_has_none_is_one_clear_line(s3_url):
    bucket = s3_url.split("/")[2]
    with pytest.raises(StoreError, match=rf"s3://{bucket}: the bucket has no object lock; .*OBJECT_LOCK_DAYS=0"):
        open_store(s3_url, lock_days=7).check()


@pytest.mark.parametrize(("url", "days"), [("file:archive", 1), ("s3://bucket", -1)])
def test_a_lock_that_cannot_be_is_a_settings_error(url, days):
    with pytest.raises(SettingsError, match="OBJECT_LOCK_DAYS"):
        open_store(url, lock_days=days)


def test_expired_credentials_are_looked_up_anew_for_the_next_call(client, bucket, s3_server):
    fresh = client_of(s3_server.endpoint, "newskeep", "newskeep-secret", attempts=1)
    store = S3Store(client, bucket, renew=lambda: fresh)
    store.check()
    with Faults(client) as faults:
        faults.strike(0, FAULTS["expired"], times=100)
        with pytest.raises(StoreError, match="expired"):
            store.put("a", b"x")

        assert store.put("a", b"x") is True


def test_a_put_whose_answer_was_lost_finds_its_key_taken_with_its_own_content(store, client):
    store.check()
    with Faults(client) as faults:
        faults.strike(0, FAULTS["answer-late"])
        with pytest.raises(StoreError):
            store.put("a", b"x")

    assert store.put("a", b"x") is False
    assert store.get("a") == b"x"


def test_a_race_is_tried_again(store, client, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    store.check()
    with Faults(client) as faults:
        faults.strike(0, FAULTS["conflict"], times=2)

        assert store.put("a", b"x") is True


def test_stores_that_are_new_to_a_bucket_may_begin_at_once(bucket):
    stores = [open_store(f"s3://{bucket}/new") for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda store: store.check(), stores))

    assert {store.abilities for store in stores} == {Abilities()}
