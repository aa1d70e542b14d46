"""S3 and everything that speaks its language (SeaweedFS, MinIO, Ceph, Swift ...)."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pipelines.errors import SettingsError, StoreError
from pipelines.stores.objects import BINARY, StoredObject, check_key
from pipelines.stores.s3_errors import one_line, refuses_conditions, status_of, store_error

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

    Parts = list[CompletedPartTypeDef]

PART_SIZE = 64 * 2**20
RACES = 5
MARKER = "newskeep.txt"
MARKER_TEXT = b"This is a newskeep archive: documents/ holds the articles, warc/ the recorded exchanges.\n"


class Target(TypedDict):
    """What every call names an object by."""

    Bucket: str
    Key: str


class S3Store:
    """Objects below a prefix of a bucket.

    Writing once rests on `If-None-Match: *`. A store that refuses the condition (501, or 400 NotImplemented), or
    overlooks it (found by `check`), is asked with HEAD before each put instead; our keys name their content or are
    unique, so that a race between the two calls can only write the same bytes again.
    """

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "", *, part_size: int = PART_SIZE) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._part_size = part_size
        self._conditional = True

    @property
    def url(self) -> str:
        """The bucket and prefix as an `s3:` URL."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def put(self, key: str, body: bytes, *, media_type: str = BINARY) -> bool:
        """Store `body`; False when the key is taken (nothing is written)."""
        target = self._target(key)

        def write(condition: Mapping[str, Any]) -> None:
            self._client.put_object(**target, Body=body, ContentType=media_type, **condition)

        return self._write_once(key, write)

    def put_file(self, key: str, path: Path, *, media_type: str = BINARY) -> bool:
        """Store the file's content, in parts when it is large; False when the key is taken."""
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
        last = "" if length is None else str(start + max(length, 1) - 1)
        try:
            if start or length is not None:
                answer = self._client.get_object(**self._target(key), Range=f"bytes={start}-{last}")
            else:
                answer = self._client.get_object(**self._target(key))
            return answer["Body"].read()[:length]
        except ClientError as error:
            if status_of(error) == 416:  # the object ends before `start`
                return b""
            raise self._failure(key, error) from error
        except BotoCoreError as error:
            raise self._failure(key, error) from error

    def replace(self, key: str, body: bytes, *, media_type: str = BINARY) -> None:
        """Store `body` whatever the key held before, of which no version stays."""
        self.delete(key)
        self.put(key, body, media_type=media_type)

    def delete(self, key: str) -> None:
        """Remove the object with all its versions; it may be missing."""
        try:
            self._client.delete_object(**self._target(key))
        except (ClientError, BotoCoreError) as error:
            raise self._failure(key, error) from error

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield the objects whose key begins with `prefix`, as the server sorts them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        try:
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield StoredObject(entry["Key"].removeprefix(self._prefix), entry["Size"])
        except (ClientError, BotoCoreError) as error:
            raise self._failure(prefix, error) from error

    def check(self) -> None:
        """Look into the bucket, leave a small marker in it, and learn whether the store minds conditions.

        Raises:
            StoreError: no such bucket, wrong credentials, no right to write, or nobody answers.
        """
        try:
            self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        except (ClientError, BotoCoreError) as error:
            raise self._failure("", error) from error
        if self.put(MARKER, MARKER_TEXT, media_type="text/plain") and self._conditional:
            # Written just now: a store that minds the condition refuses the second time.
            self._conditional = not self.put(MARKER, MARKER_TEXT, media_type="text/plain")

    def _target(self, key: str) -> Target:
        return {"Bucket": self._bucket, "Key": self._prefix + check_key(key)}

    def _put_parts(self, key: str, path: Path, media_type: str) -> bool:
        target = self._target(key)
        if self._exists(key):  # spares sending a gigabyte that the condition would then refuse
            return False
        try:
            upload = self._client.create_multipart_upload(**target, ContentType=media_type)["UploadId"]
        except (ClientError, BotoCoreError) as error:
            raise self._failure(key, error) from error

        def complete(condition: Mapping[str, Any]) -> None:
            self._client.complete_multipart_upload(
                **target, UploadId=upload, MultipartUpload={"Parts": parts}, **condition
            )

        written = False
        try:
            parts = self._send_parts(target, upload, path)
            written = self._write_once(key, complete)
        except (ClientError, BotoCoreError) as error:
            raise self._failure(key, error) from error
        finally:
            if not written:
                self._abort(target, upload)
        return written

    def _send_parts(self, target: Target, upload: str, path: Path) -> "Parts":
        parts: Parts = []
        with path.open("rb") as file:
            while body := file.read(self._part_size):
                number = len(parts) + 1
                part = self._client.upload_part(**target, UploadId=upload, PartNumber=number, Body=body)
                parts.append({"PartNumber": number, "ETag": part["ETag"]})
        return parts

    def _abort(self, target: Target, upload: str) -> None:
        """Drop the parts; the first failure is the one to tell, and a lifecycle rule sweeps what stays."""
        try:
            self._client.abort_multipart_upload(**target, UploadId=upload)
        except (ClientError, BotoCoreError):
            return

    def _write_once(self, key: str, write: Callable[[Mapping[str, Any]], None]) -> bool:
        """Call `write` with the condition that the store understands; False when the key is taken."""
        for attempt in range(RACES):
            if not self._conditional and self._exists(key):
                return False
            try:
                write({"IfNoneMatch": "*"} if self._conditional else {})
            except ClientError as error:
                if status_of(error) == 412:
                    return False
                if refuses_conditions(error) and self._conditional:
                    self._conditional = False
                elif status_of(error) != 409 or attempt == RACES - 1:
                    raise self._failure(key, error) from error
                else:
                    time.sleep(0.05 * 2**attempt)  # two writers at once; one of them will have won
            except BotoCoreError as error:
                raise self._failure(key, error) from error
            else:
                return True
        raise StoreError(f"{self.url}/{key}: still contended after {RACES} attempts", retryable=True)

    def _exists(self, key: str) -> bool:
        try:
            self._client.head_object(**self._target(key))
        except ClientError as error:
            if status_of(error) == 404:
                return False
            raise self._failure(key, error) from error
        except BotoCoreError as error:
            raise self._failure(key, error) from error
        return True

    def _failure(self, key: str, error: ClientError | BotoCoreError) -> StoreError:
        return store_error(f"{self.url}/{key}".rstrip("/"), self._bucket, self._client.meta.endpoint_url, error)


def connect_s3(bucket: str, prefix: str = "") -> S3Store:
    """Return the store, with credentials, endpoint and region found by boto3's own chain.

    Raises:
        SettingsError: the environment or AWS configuration is not usable.
    """
    try:
        session = boto3.Session()
        client = session.client("s3", config=_config())
        if ".amazonaws." not in f"{urlsplit(client.meta.endpoint_url).hostname}.":
            # Other servers rarely have a DNS name for each bucket.
            client = session.client("s3", config=_config(addressing_style="path"))
    except (BotoCoreError, ValueError) as error:
        raise SettingsError("ARCHIVE_URL", f"s3://{bucket}: {one_line(error)}") from error
    return S3Store(client, bucket, prefix)


def _config(addressing_style: Literal["auto", "path"] = "auto") -> Config:
    return Config(
        connect_timeout=10,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 5},
        # The checksums that boto3 adds by default are refused by some stores.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        max_pool_connections=16,
        s3={"addressing_style": addressing_style},
    )
