"""A bucket's store, with credentials, endpoint and region as boto3's own chain finds them."""

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from pipelines.errors import SettingsError
from pipelines.stores.s3 import S3Store
from pipelines.stores.s3_errors import one_line

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def connect_s3(bucket: str, prefix: str = "", *, lock_days: int = 0) -> S3Store:
    """Return the store; nothing is asked of it yet. `lock_days` as `S3Store` has it.

    Raises:
        SettingsError: the environment or AWS configuration is not usable.
    """

    def connect() -> "S3Client":
        try:
            return _new_client()
        except (BotoCoreError, ValueError) as error:
            raise SettingsError("ARCHIVE_URL", f"s3://{bucket}: {one_line(error)}") from error

    return S3Store(connect(), bucket, prefix, lock_days=lock_days, renew=connect)


def _new_client() -> "S3Client":
    session = boto3.Session()  # a new one reads the credentials anew
    client = session.client("s3", config=_config())
    if ".amazonaws." in f"{urlsplit(client.meta.endpoint_url).hostname}.":
        return client
    # Other servers rarely have a DNS name for each bucket.
    return session.client("s3", config=_config(addressing_style="path"))


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
