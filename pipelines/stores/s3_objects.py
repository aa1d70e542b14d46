"""One object put and one object read: the two calls of which the rest of the S3 store is made.

Both raise what botocore raises.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from botocore.exceptions import ClientError

from pipelines.stores.s3_checksums import compare_answer, md5_field, sha256_of
from pipelines.stores.s3_errors import status_of

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class Target(TypedDict):
    """What every call names an object by."""

    Bucket: str
    Key: str


def put_object(client: "S3Client", target: Target, body: bytes, *, sha256: bool, fields: Mapping[str, Any]) -> None:
    """Put `body` with a checksum, SHA-256 or else MD5, and further `fields` (condition, media type, retention).

    Raises:
        StoreError: the store answered with another SHA-256.
    """
    checksum = sha256_of(body)
    proof: Mapping[str, Any] = {"ChecksumSHA256": checksum} if sha256 else md5_field(body)
    answer = client.put_object(**target, Body=body, **proof, **fields)
    compare_answer(f"s3://{target['Bucket']}/{target['Key']}", answer, checksum)


def read_object(client: "S3Client", target: Target, *, start: int, length: int | None) -> bytes:
    """Return the object from byte `start` on, at most `length` bytes; nothing when it ends before."""
    if start == 0 and length is None:
        return client.get_object(**target)["Body"].read()
    last = "" if length is None else str(start + max(length, 1) - 1)
    try:
        answer = client.get_object(**target, Range=f"bytes={start}-{last}")
    except ClientError as error:
        if status_of(error) == 416:
            return b""
        raise
    body = answer["Body"].read()
    if answer["ResponseMetadata"]["HTTPStatusCode"] == 200:  # the range was overlooked
        body = body[start:]
    return body[:length]
