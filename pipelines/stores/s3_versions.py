"""The versions that a bucket keeps of an object and locks for a time, and how they go for good."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipelines.stores.s3_errors import code_of, is_not_understood
from pipelines.stores.s3_objects import Target

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def has_versions(client: "S3Client", bucket: str) -> bool:
    """Whether the bucket keeps versions, or did so once; also True when we may not know.

    Raises what botocore raises.
    """
    try:
        return "Status" in client.get_bucket_versioning(Bucket=bucket)
    except ClientError as error:
        if is_not_understood(error):
            return False
        if code_of(error) == "AccessDenied":
            return True
        raise


def has_object_lock(client: "S3Client", bucket: str) -> bool:
    """Whether the bucket can retain its objects; also True when we may not know.

    Raises what botocore raises.
    """
    try:
        answer = client.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if is_not_understood(error) or code_of(error) == "ObjectLockConfigurationNotFoundError":
            return False
        if code_of(error) == "AccessDenied":
            return True
        raise
    return answer["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"


def remove_versions(client: "S3Client", target: Target, *, latest: bool) -> None:
    """Remove the versions and delete markers of the very key, the latest one only if `latest`.

    One that governance retains goes too, when these credentials may bypass it. Raises what botocore raises.
    """
    for version in list(_versions(client, target, latest=latest)):
        try:
            client.delete_object(**target, VersionId=version)
        except ClientError as error:
            if code_of(error) != "AccessDenied":
                raise
            client.delete_object(**target, VersionId=version, BypassGovernanceRetention=True)


def _versions(client: "S3Client", target: Target, *, latest: bool) -> Iterator[str]:
    pages = client.get_paginator("list_object_versions").paginate(Bucket=target["Bucket"], Prefix=target["Key"])
    for page in pages:
        for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            if found["Key"] == target["Key"] and (latest or not found["IsLatest"]):
                yield found["VersionId"]
