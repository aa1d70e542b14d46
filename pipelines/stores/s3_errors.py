"""What an S3 store says when it refuses or fails, in one line, and what to do about it.

The codes are those of the Amazon S3 API reference, "Error responses".
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ResponseStreamingError,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from pipelines.errors import MissingObjectError, StoreError

# botocore raises RuntimeError for credentials that are as stale after their renewal as before.
FAILURES = (BotoCoreError, ClientError, ResponseParserError, RuntimeError)
CUT = (IncompleteReadError, ResponseStreamingError)
STALE_CREDENTIALS = (CredentialRetrievalError, MetadataRetrievalError, SSOError, TokenRetrievalError, RuntimeError)

WRONG_CREDENTIALS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthFailure"})
EXPIRED_CREDENTIALS = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
DAMAGED_ON_THE_WAY = frozenset(
    {"BadDigest", "IncompleteBody", "InvalidPart", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"}
)
WRONG_CLOCK = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
NOT_UNDERSTOOD = frozenset({"NotImplemented", "InvalidRequest", "InvalidArgument"})
NO_LOCK = frozenset({"ObjectLockConfigurationNotFoundError", "NotImplemented"})
RETRYABLE_STATUSES = frozenset({408, 409, 425, 429})


def store_error(where: str, bucket: str, endpoint: str, error: Exception) -> StoreError:
    """Return the failure of a call for the object at `where`; `error` is one of `FAILURES`."""
    if isinstance(error, ClientError):
        return _refusal(where, bucket, error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return StoreError(f"s3://{bucket}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if isinstance(error, STALE_CREDENTIALS):
        return StoreError(f"s3://{bucket}: the credentials cannot be renewed: {one_line(error)}", retryable=True)
    if isinstance(error, CUT):
        return StoreError(f"{where}: the answer was cut short: {one_line(error)}", retryable=True)
    if isinstance(error, ConnectionError | HTTPClientError):
        return StoreError(f"s3://{bucket}: no answer from {endpoint}; is AWS_ENDPOINT_URL right?", retryable=True)
    if isinstance(error, ResponseParserError):
        return StoreError(f"{where}: {endpoint} answered something that is not S3; is a proxy between?", retryable=True)
    return StoreError(f"{where}: {one_line(error)}")


def status_of(error: ClientError) -> int:
    """Return the HTTP status of the answer."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def code_of(error: ClientError) -> str:
    """Return the error code of the answer; empty or a number when it has no body (HEAD)."""
    return error.response.get("Error", {}).get("Code", "")


def is_not_understood(error: ClientError) -> bool:
    """Whether the store refuses what was asked of it as something that it does not know."""
    return status_of(error) in {405, 501} or (status_of(error) == 400 and code_of(error) in NOT_UNDERSTOOD)


def has_expired(error: Exception) -> bool:
    """Whether other credentials would help."""
    return isinstance(error, ClientError) and code_of(error) in EXPIRED_CREDENTIALS


def no_object_lock(bucket: str) -> StoreError:
    """Return the failure of a bucket that cannot retain its objects although it is asked to."""
    return StoreError(
        f"s3://{bucket}: the bucket has no object lock; create one with object lock enabled, or set OBJECT_LOCK_DAYS=0"
    )


def one_line(error: Exception) -> str:
    """Return the message without line breaks."""
    return " ".join(str(error).split())


def _refusal(where: str, bucket: str, error: ClientError) -> StoreError:
    code, status = code_of(error), status_of(error)
    known = _credentials_refusal(bucket, code)
    if known is not None:
        return known
    if code == "NoSuchBucket":
        return StoreError(f"s3://{bucket}: no such bucket; create it or correct ARCHIVE_URL")
    if code == "NoSuchUpload":
        return StoreError(f"{where}: the upload was aborted by somebody else; it begins anew", retryable=True)
    if code in DAMAGED_ON_THE_WAY:
        return StoreError(f"{where}: what arrived is not what was sent ({code}); nothing is stored", retryable=True)
    if status in {401, 403}:
        return StoreError(f"{where}: access denied; these credentials may not do this here ({error.operation_name})")
    if status == 404:
        return MissingObjectError(f"{where}: no such object")
    retryable = (status >= 500 and status != 501) or status in RETRYABLE_STATUSES or code == "RequestTimeout"
    return StoreError(f"{where}: {one_line(error)}", retryable=retryable)


def _credentials_refusal(bucket: str, code: str) -> StoreError | None:
    """Return the failure when the store doubts who asks, or when; None for any other."""
    if code in EXPIRED_CREDENTIALS:
        return StoreError(f"s3://{bucket}: the credentials have expired ({code}); renew them", retryable=True)
    if code in WRONG_CREDENTIALS:
        return StoreError(f"s3://{bucket}: wrong credentials ({code}); check AWS_ACCESS_KEY_ID and its secret")
    if code in WRONG_CLOCK:
        return StoreError(f"s3://{bucket}: this machine's clock is wrong ({code}); set it, best by NTP", retryable=True)
    return None


refuses_conditions = is_not_understood  # until s3.py takes the new name
