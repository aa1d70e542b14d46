"""S3 and everything that speaks its language (SeaweedFS, MinIO, Ceph, Swift ...)."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipelines.errors import MissingObjectError, SettingsError, StoreError
from pipelines.stores.objects import BINARY, Abilities, StoredObject, check_key
from pipelines.stores.s3_errors import CUT, FAILURES, code_of, has_expired, status_of, store_error
from pipelines.stores.s3_multipart import abort_uploads, parts_upload
from pipelines.stores.s3_objects import Target, put_object, read_object
from pipelines.stores.s3_probe import probe_abilities
from pipelines.stores.s3_versions import has_object_lock, has_versions, remove_versions

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PART_SIZE = 64 * 2**20
PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds before each further attempt
MARKER = "newskeep.txt"


class S3Store:
    """Objects below a prefix of a bucket.

    Writing once rests on `If-None-Match: *`. A store that refuses the condition or overlooks it is asked with HEAD
    before each put instead; our keys name their content or are unique, so that a race between the two calls can only
    write the same bytes again. What the store can do is found out once, by `check` or before the first put.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        prefix: str = "",
        *,
        part_size: int = PART_SIZE,
        lock_days: int = 0,
        renew: Callable[[], "S3Client"] | None = None,
    ) -> None:
        """Take the bucket.

        Args:
            client: set up by the caller.
            bucket: its name.
            prefix: of all keys; slashes around it do not count.
            part_size: bytes above which a file is sent in parts of that size; S3 takes no less than 5 MiB.
            lock_days: days that no one may remove an object without the right to bypass governance; 0 for no lock.
            renew: gives another client when the credentials have expired.
        """
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._part_size = part_size
        self._lock_days = lock_days
        self._renew = renew
        self._abilities = Abilities()
        self._is_probed = False
        self._probing = Lock()

    @property
    def url(self) -> str:
        """The bucket and prefix as an `s3:` URL."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def abilities(self) -> Abilities:
        """What the store can do, as far as is known."""
        return self._abilities

    def put(self, key: str, body: bytes, *, media_type: str = BINARY) -> bool:
        """Store `body`; False when the key is taken (nothing is written)."""
        target = self._target(key)
        self._probe()
        return self._write_once(key, lambda condition: self._put(target, body, media_type, condition))

    def put_file(self, key: str, path: Path, *, media_type: str = BINARY) -> bool:
        """Store the file's content, in parts when it is large; False when the key is taken.

        Uploads of the key that an earlier run left are aborted, so that no two processes may send the same key at once.
        """
        try:
            if path.stat().st_size <= self._part_size:
                return self.put(key, path.read_bytes(), media_type=media_type)
            return self._put_parts(key, path, media_type)
        except OSError as error:
            raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Return the object from byte `start` on, at most `length` bytes.

        Raises:
            StoreError: there is no such object, or it cannot be read.
        """
        target = self._target(key)
        with self._failures(key):
            for pause in PAUSES:
                try:
                    return read_object(self._client, target, start=start, length=length)
                except CUT:  # boto3 tries again only what fails before the body
                    time.sleep(pause)
            return read_object(self._client, target, start=start, length=length)

    def replace(self, key: str, body: bytes, *, media_type: str = BINARY) -> None:
        """Store `body` whatever the key held before, of which no version stays."""
        target = self._target(key)
        self._probe()
        with self._failures(key):
            self._put(target, body, media_type, {})
            if has_versions(self._client, self._bucket):
                remove_versions(self._client, target, latest=False)

    def delete(self, key: str) -> None:
        """Remove the object with all its versions; it may be missing."""
        target = self._target(key)
        with self._failures(key):
            if has_versions(self._client, self._bucket):
                remove_versions(self._client, target, latest=True)
            else:
                self._client.delete_object(**target)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield the objects whose key begins with `prefix`, as the server sorts them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with self._failures(prefix):
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield StoredObject(entry["Key"].removeprefix(self._prefix), entry["Size"])

    def check(self) -> None:
        """Look into the bucket, leave a small marker in it, and learn what the store can do.

        Raises:
            StoreError: no such bucket, wrong credentials, no right to write, nobody answers, or no object lock where
                one is asked for.
        """
        with self._failures(""):
            self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        self._probe()

    def _target(self, key: str) -> Target:
        return {"Bucket": self._bucket, "Key": self._prefix + check_key(key)}

    def _probe(self) -> None:
        """Learn what the store can do, unless that is known."""
        with self._probing, self._failures(MARKER):
            if self._is_probed:
                return
            if self._lock_days and not has_object_lock(self._client, self._bucket):
                raise StoreError(
                    f"s3://{self._bucket}: the bucket has no object lock; create one with object lock enabled, or set"
                    " OBJECT_LOCK_DAYS=0"
                )
            self._abilities = probe_abilities(self._client, self._target(MARKER), self._retention())
            self._is_probed = True

    def _retention(self) -> dict[str, Any]:
        """Return what a put says of the time that its object must be kept."""
        if not self._lock_days:
            return {}
        until = datetime.now(UTC) + timedelta(days=self._lock_days)
        return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}

    def _put(self, target: Target, body: bytes, media_type: str, condition: Mapping[str, Any]) -> None:
        fields = {"ContentType": media_type, **condition, **self._retention()}
        put_object(self._client, target, body, sha256=self._abilities.checksums, fields=fields)

    def _put_parts(self, key: str, path: Path, media_type: str) -> bool:
        target = self._target(key)
        self._probe()
        self._abort_uploads(target)
        if self._exists(key):  # spares sending a gigabyte that the condition would then refuse
            return False
        fields = {"ContentType": media_type, **self._retention()}
        with (
            self._failures(key),
            parts_upload(self._client, target, sha256=self._abilities.checksums, fields=fields) as upload,
        ):
            upload.send(path, part_size=self._part_size)
            written = self._write_once(key, upload.complete)
        self._abort_uploads(target)  # one whose beginning was never answered
        return written

    def _abort_uploads(self, target: Target) -> None:
        if self._abilities.upload_listing:
            with self._failures(target["Key"].removeprefix(self._prefix)):
                abort_uploads(self._client, target)

    def _write_once(self, key: str, write: Callable[[Mapping[str, Any]], None]) -> bool:
        """Call `write` with the condition that the store understands; False when the key is taken."""
        with self._failures(key):
            for pause in PAUSES:
                try:
                    return self._write_if_free(key, write)
                except ClientError as error:
                    if status_of(error) != 409:
                        raise
                time.sleep(pause)  # two writers at once; one of them will have won
            return self._write_if_free(key, write)

    def _write_if_free(self, key: str, write: Callable[[Mapping[str, Any]], None]) -> bool:
        conditional = self._abilities.conditional_puts
        if not conditional and self._exists(key):
            return False
        try:
            write({"IfNoneMatch": "*"} if conditional else {})
        except ClientError as error:
            # An upload that is gone was completed by an attempt whose answer was lost, or it was aborted.
            if status_of(error) == 412 or (code_of(error) == "NoSuchUpload" and self._exists(key)):
                return False
            raise
        return True

    def _exists(self, key: str) -> bool:
        target = self._target(key)
        with self._failures(key):
            try:
                self._client.head_object(**target)
            except ClientError as error:
                if status_of(error) == 404:
                    return False
            else:
                return True
        with suppress(MissingObjectError):
            self.get(key, length=1)  # an answer to HEAD has no body to give the reason of a refusal; this one has
            return True
        return False

    @contextmanager
    def _failures(self, key: str) -> Iterator[None]:
        """Raise `StoreError` for what botocore raises; fresh credentials are fetched for the next call."""
        try:
            yield
        except FAILURES as error:
            if self._renew is not None and has_expired(error):
                with suppress(SettingsError):
                    self._client = self._renew()
            where = f"{self.url}/{key}".rstrip("/")
            raise store_error(where, self._bucket, self._client.meta.endpoint_url, error) from error
