"""Every fault at every call of every operation of the stores; by enumeration, not by luck."""

import errno
import itertools
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import attrs
import pytest

from pipelines.errors import StoreError
from pipelines.stores import S3Store, content_of, content_of_file, stored_content
from tests.s3_faults import FAULTS, Faults, client_of

BUCKET, LOCKED = "test-store-faults", "test-store-faults-locked"
KEY = "documents/courier/1.json"
BODY, OTHER = b'{"headline": "Bridge reopens"}', b'{"headline": "Bridge closes"}'
PART = 5 * 2**20  # the least that S3 takes for a part
LARGE = bytes(PART) + b"the second part"


@attrs.frozen(kw_only=True)
class Case:
    """An operation, what goes before it, and what must hold once it has succeeded.

    `act` checks by itself what it is answered; `proves` looks at the store afterwards.
    """

    before: Callable[[S3Store], object] = lambda store: None
    act: Callable[[S3Store, Path], object]
    proves: Callable[[S3Store], bool] = lambda store: True


def get(store: S3Store, _file: Path) -> None:
    assert store.get(KEY) == BODY
    assert store.get(KEY, start=2, length=8) == BODY[2:10]


def read_back(store: S3Store, _file: Path) -> None:
    assert stored_content(store, KEY) == content_of(BODY)


def list_all(store: S3Store, _file: Path) -> None:
    assert [(found.key, found.size) for found in store.list("documents/")] == [(KEY, len(BODY))]


def holds(content: bytes) -> Callable[[S3Store], bool]:
    return lambda store: stored_content(store, KEY) == content_of(content)


def is_gone(store: S3Store) -> bool:
    return stored_content(store, KEY) is None


def put(store: S3Store) -> bool:
    return store.put(KEY, BODY)


CASES = {
    "check": Case(act=lambda store, _file: store.check()),
    "put": Case(act=lambda store, _file: put(store), proves=holds(BODY)),
    "put_file": Case(act=lambda store, file: store.put_file(KEY, file), proves=holds(BODY)),
    "put_file in parts": Case(act=lambda store, file: store.put_file(KEY, file), proves=holds(LARGE)),
    "get": Case(before=put, act=get),
    "stored_content": Case(before=put, act=read_back),
    "list": Case(before=put, act=list_all),
    "replace": Case(before=put, act=lambda store, _file: store.replace(KEY, OTHER), proves=holds(OTHER)),
    "replace, locked": Case(before=put, act=lambda store, _file: store.replace(KEY, OTHER), proves=holds(OTHER)),
    "delete": Case(before=put, act=lambda store, _file: store.delete(KEY), proves=is_gone),
    "delete, locked": Case(before=put, act=lambda store, _file: store.delete(KEY), proves=is_gone),
}


@pytest.fixture(scope="module")
def server(s3_server):
    client = s3_server.client()
    client.create_bucket(Bucket=BUCKET)
    client.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    return s3_server


@pytest.fixture(scope="module")
def client(server):
    """A client that makes one attempt of each call, so that every fault reaches us."""
    return client_of(server.endpoint, "newskeep", "newskeep-secret", attempts=1)


@pytest.fixture(scope="module")
def stores(client):
    """By bucket, stores that know already what their server can do."""
    plain = S3Store(client, BUCKET, "known", part_size=PART)
    locked = S3Store(client, LOCKED, "known", lock_days=1)
    plain.check()
    locked.check()
    return {BUCKET: plain, LOCKED: locked}


@pytest.fixture(scope="module")
def counts() -> dict[str, int]:
    """By case, the number of calls of an undisturbed run."""
    return {}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


@pytest.fixture
def try_case(stores, tmp_path):
    """Try a case with a fault that strikes at one call, and then again without; return the number of calls."""
    (tmp_path / "small").write_bytes(BODY)
    (tmp_path / "large").write_bytes(LARGE)

    def try_it(name: str, faults: Faults, strike: Callable[[], None]) -> int:
        case, file = CASES[name], tmp_path / ("large" if "parts" in name else "small")
        store = stores[LOCKED if "locked" in name else BUCKET]
        store.delete(KEY)
        case.before(store)
        if name in {"check", "put"}:
            store = S3Store(faults.client, BUCKET, "known")  # which has to find out what its server can do
        strike()
        calls = perform(case, store, file, faults)
        faults.rest()
        case.act(store, file)
        assert case.proves(store)
        return calls

    return try_it


def perform(case: Case, store: S3Store, file: Path, faults: Faults) -> int:
    """Perform the operation under fault and return the number of its calls; what it says it has done, it has."""
    try:
        done = case.act(store, file)
    except StoreError:
        return len(faults.calls)
    calls = len(faults.calls)
    faults.rest()
    assert done is False or case.proves(store)  # False is for a key that is taken: callers compare the contents
    return calls


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CASES)
def test_an_operation_succeeds_or_says_that_it_failed_and_then_succeeds(client, try_case, counts, name, fault):
    with Faults(client) as faults:
        if name not in counts:
            counts[name] = try_case(name, faults, faults.rest)
        assert counts[name] > 0
        for number in range(counts[name]):
            try_case(name, faults, lambda at=number: faults.strike(at, FAULTS[fault]))

    assert "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET)
    for bucket in (BUCKET, LOCKED):
        found = client.list_object_versions(Bucket=bucket, Prefix=f"known/{KEY}")
        assert len(found.get("Versions", [])) <= 1
        assert "DeleteMarkers" not in found


@pytest.mark.parametrize("fault", ["answer-lost", "answer-late", "failed-after-all"])
@pytest.mark.parametrize("large", [False, True])
def test_what_boto3_tries_again_after_it_was_done_is_done_once(server, tmp_path, fault, large):
    (tmp_path / "file").write_bytes(LARGE if large else BODY)
    client = client_of(server.endpoint, "newskeep", "newskeep-secret", attempts=2)
    store = S3Store(client, BUCKET, f"again-{fault}-{large}", part_size=PART)
    store.check()
    with Faults(client) as faults:
        store.put_file("undisturbed", tmp_path / "file")
        for number in range(len(faults.calls)):
            faults.strike(number, FAULTS[fault])
            store.put_file(f"{number}", tmp_path / "file")
            assert stored_content(store, f"{number}") == content_of_file(tmp_path / "file")

    assert "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET)


@pytest.mark.parametrize("fault", FAULTS.keys() - {"cut-short"})  # the answer to a put has no body to cut
def test_a_fault_that_may_pass_is_worth_a_retry_and_another_is_not(client, stores, fault):
    with Faults(client) as faults:
        faults.strike(0, FAULTS[fault], times=10)
        with pytest.raises(StoreError) as caught:
            stores[BUCKET].put(f"retryable/{fault}", BODY)

    assert caught.value.retryable is (fault not in {"denied", "bucket-gone"})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("expired", "the credentials have expired; renew them"),
        ("clock-skew", "this machine's clock is off; set it"),
        ("bucket-gone", "no such bucket; create it"),
        ("denied", "access denied; these credentials may not do this here: .*PutObject"),
        ("timed-out", "no answer from http://"),
        ("slow-down", "SlowDown"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(client, stores, fault, message):
    with Faults(client) as faults:
        faults.strike(0, FAULTS[fault], times=10)
        with pytest.raises(StoreError) as caught:
            stores[BUCKET].put(f"said/{fault}", BODY)

    assert re.search(message, str(caught.value))


def test_a_part_that_fails_leaves_no_upload_behind(client, stores, tmp_path):
    (tmp_path / "large").write_bytes(LARGE)
    with Faults(client) as faults:
        stores[BUCKET].put_file("abort/undisturbed", tmp_path / "large")
        faults.strike(faults.calls.index("UploadPart"), FAULTS["timed-out"])
        with pytest.raises(StoreError):
            stores[BUCKET].put_file("abort/disturbed", tmp_path / "large")

    assert "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET)


def test_an_error_under_status_200_is_no_completed_upload(client, stores, tmp_path):
    (tmp_path / "large").write_bytes(LARGE)
    with Faults(client) as faults:
        stores[BUCKET].put_file("late/undisturbed", tmp_path / "large")
        faults.strike(faults.calls.index("CompleteMultipartUpload"), FAULTS["error-in-success"])
        with pytest.raises(StoreError, match="InternalError") as caught:
            stores[BUCKET].put_file("late/disturbed", tmp_path / "large")

    assert caught.value.retryable
    assert stored_content(stores[BUCKET], "late/disturbed") is None


FILE_CALLS = ["fsync", "link", "replace", "scandir", "unlink"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("name", ["put", "put_file", "replace", "delete"])
@pytest.mark.parametrize("call", FILE_CALLS)
def test_a_folder_whose_disk_fails_says_so_and_then_succeeds(file_store, tmp_path, monkeypatch, name, call, code):
    (tmp_path / "small").write_bytes(BODY)
    case, number = CASES[name], 0
    while True:
        file_store.delete(KEY)
        case.before(file_store)
        with monkeypatch.context() as patch:
            struck = fail_nth(patch, call, number, code)
            with suppress(StoreError):
                case.act(file_store, tmp_path / "small")
        case.act(file_store, tmp_path / "small")
        assert case.proves(file_store)
        if not struck:
            break
        number += 1


def fail_nth(patch: pytest.MonkeyPatch, call: str, number: int, code: int) -> list[int]:
    """Let the `number`th call of a function of `os` fail; return a list that is filled when it has."""
    real, count, struck = getattr(os, call), itertools.count(), []

    def fail(*args, **named):
        if next(count) == number:
            struck.append(number)
            raise OSError(code, os.strerror(code))
        return real(*args, **named)

    patch.setattr(os, call, fail)
    return struck
