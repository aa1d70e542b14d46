"""A large file sent to an S3 store in parts, of which none is left to be billed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipelines.stores.s3_checksums import compare_answer, composite_of, md5_field, sha256_of
from pipelines.stores.s3_errors import FAILURES, status_of
from pipelines.stores.s3_objects import Target

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef


class PartsUpload:
    """One multipart upload. Its calls raise what botocore raises, and `StoreError` for a wrong checksum.

    Attributes:
        is_complete: its parts have become an object.
    """

    def __init__(self, client: "S3Client", target: Target, upload: str, *, sha256: bool) -> None:
        self.is_complete = False
        self._client = client
        self._target = target
        self._upload = upload
        self._sha256 = sha256
        self._where = f"s3://{target['Bucket']}/{target['Key']}"
        self._parts: list[CompletedPartTypeDef] = []
        self._sums: list[str] = []

    def send(self, path: Path, *, part_size: int) -> None:
        """Send the file, `part_size` bytes at a time."""
        with path.open("rb") as file:
            while body := file.read(part_size):
                self._send_part(body)

    def complete(self, condition: Mapping[str, Any]) -> None:
        """Make an object of the parts."""
        answer = self._client.complete_multipart_upload(
            **self._target, UploadId=self._upload, MultipartUpload={"Parts": self._parts}, **condition
        )
        self.is_complete = True
        compare_answer(self._where, answer, composite_of(self._sums))

    def abort(self) -> None:
        """Drop the parts; what fails here is left to `abort_uploads`."""
        with suppress(*FAILURES):
            self._client.abort_multipart_upload(**self._target, UploadId=self._upload)

    def _send_part(self, body: bytes) -> None:
        number, checksum = len(self._parts) + 1, sha256_of(body)
        proof: Mapping[str, Any] = {"ChecksumSHA256": checksum} if self._sha256 else md5_field(body)
        answer = self._client.upload_part(**self._target, UploadId=self._upload, PartNumber=number, Body=body, **proof)
        compare_answer(f"{self._where} (part {number})", answer, checksum)
        part: CompletedPartTypeDef = {"PartNumber": number, "ETag": answer["ETag"]}
        self._parts.append({**part, "ChecksumSHA256": checksum} if self._sha256 else part)
        self._sums.append(checksum)


@contextmanager
def parts_upload(
    client: "S3Client", target: Target, *, sha256: bool, fields: Mapping[str, Any]
) -> Iterator[PartsUpload]:
    """Begin an upload, and abort it unless it is complete at the end."""
    algorithm: Mapping[str, Any] = {"ChecksumAlgorithm": "SHA256"} if sha256 else {}
    answer = client.create_multipart_upload(**target, **algorithm, **fields)
    upload = PartsUpload(client, target, answer["UploadId"], sha256=sha256)
    try:
        yield upload
    finally:
        if not upload.is_complete:
            upload.abort()


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
