"""What an S3 store says when it refuses, in one line, and what to do about it."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from pipelines.errors import StoreError

WRONG_CREDENTIALS = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "AuthFailure"}
)


def store_error(where: str, bucket: str, endpoint: str, error: ClientError | BotoCoreError) -> StoreError:
    """Return the failure of a call for the object at `where`."""
    if isinstance(error, ClientError):
        return _refusal(where, bucket, error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return StoreError(f"s3://{bucket}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if isinstance(error, ConnectionError | HTTPClientError):
        return StoreError(f"s3://{bucket}: no answer from {endpoint}; is AWS_ENDPOINT_URL right?", retryable=True)
    return StoreError(f"{where}: {one_line(error)}")


def status_of(error: ClientError) -> int:
    """Return the HTTP status of the answer."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def refuses_conditions(error: ClientError) -> bool:
    """Whether the store does not implement what was asked of it (`If-None-Match`)."""
    return status_of(error) == 501 or (status_of(error) == 400 and _code(error) == "NotImplemented")


def one_line(error: Exception) -> str:
    """Return the message without line breaks."""
    return " ".join(str(error).split())


def _refusal(where: str, bucket: str, error: ClientError) -> StoreError:
    code, status = _code(error), status_of(error)
    if code == "NoSuchBucket":
        return StoreError(f"s3://{bucket}: no such bucket; create it or correct ARCHIVE_URL")
    if code in WRONG_CREDENTIALS:
        return StoreError(f"s3://{bucket}: wrong credentials ({code}); check AWS_ACCESS_KEY_ID and its secret")
    if status in {401, 403}:
        return StoreError(f"{where}: access denied; these credentials may not do this here")
    if status == 404:
        return StoreError(f"{where}: no such object")
    return StoreError(f"{where}: {one_line(error)}", retryable=status >= 500 or status == 429)


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
