"""A large file sent to an S3 store in parts, of which none is left to be billed."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict

from botocore.exceptions import ClientError

from pipelines.stores.s3_checksums import compare_answer, composite_of, sum_fields
from pipelines.stores.s3_errors import FAILURES, status_of

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef


class Target(TypedDict):
    """What every call names an object by."""

    Bucket: str
    Key: str


class PartsUpload:
    """One multipart upload. Its calls raise what botocore raises, and `StoreError` for a wrong checksum."""

    def __init__(self, client: "S3Client", target: Target, upload: str, *, checksums: bool) -> None:
        self._client = client
        self._target = target
        self._upload = upload
        self._checksums = checksums
        self._where = f"s3://{target['Bucket']}/{target['Key']}"
        self._parts: list[CompletedPartTypeDef] = []
        self._digests: list[bytes] = []

    @classmethod
    @contextmanager
    def begin(
        cls, client: "S3Client", target: Target, *, checksums: bool, fields: Mapping[str, Any]
    ) -> Iterator[Self]:
        """Begin an upload, and abort it when what is done with it fails."""
        algorithm = {"ChecksumAlgorithm": "SHA256"} if checksums else {}
        upload = client.create_multipart_upload(**target, **algorithm, **fields)["UploadId"]
        try:
            yield cls(client, target, upload, checksums=checksums)
        except BaseException:
            with suppress(*FAILURES):  # the first failure is the one to tell; the next put of the key sweeps
                client.abort_multipart_upload(**target, UploadId=upload)
            raise

    def send(self, path: Path, *, part_size: int) -> None:
        """Send the file, `part_size` bytes at a time."""
        with path.open("rb") as file:
            while body := file.read(part_size):
                self._send_part(body)

    def complete(self, condition: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make an object of the parts, and return the answer."""
        return self._client.complete_multipart_upload(
            **self._target, UploadId=self._upload, MultipartUpload={"Parts": self._parts}, **condition
        )

    def compare(self, answer: Mapping[str, Any]) -> None:
        """Raise `StoreError` unless the answer to `complete` has the checksum of the parts, or none."""
        compare_answer(self._where, answer, composite_of(self._digests))

    def _send_part(self, body: bytes) -> None:
        number = len(self._parts) + 1
        digest = hashlib.sha256(body).digest()
        checksum = b64encode(digest).decode()
        answer = self._client.upload_part(
            **self._target,
            UploadId=self._upload,
            PartNumber=number,
            Body=body,
            **sum_fields(body, sha256=self._checksums),
        )
        compare_answer(f"{self._where} (part {number})", answer, checksum)
        part: CompletedPartTypeDef = {"PartNumber": number, "ETag": answer["ETag"]}
        self._parts.append({**part, "ChecksumSHA256": checksum} if self._checksums else part)
        self._digests.append(digest)


def abort_uploads(client: "S3Client", target: Target) -> None:
    """Abort every upload of the very key, whoever began it; one that is gone meanwhile is fine.

    Raises what botocore raises.
    """
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=target["Bucket"], Prefix=target["Key"])
    left = [found["UploadId"] for page in pages for found in page.get("Uploads", ()) if found["Key"] == target["Key"]]
    for upload in left:
        try:
            client.abort_multipart_upload(**target, UploadId=upload)
        except ClientError as error:
            if status_of(error) != 404:
                raise
