"""What an S3 store says when it refuses or fails, in one line, and what to do about it.

The codes are those of the Amazon S3 API reference, "Error responses".
"""

import attrs
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

EXPIRED_CREDENTIALS = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
WRONG_CREDENTIALS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthFailure"})
WRONG_CLOCK = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
DAMAGED_ON_THE_WAY = frozenset(
    {"BadDigest", "IncompleteBody", "InvalidPart", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"}
)
PASSING = EXPIRED_CREDENTIALS | WRONG_CLOCK | {"RequestTimeout"}
NOT_UNDERSTOOD = frozenset({"NotImplemented", "InvalidRequest", "InvalidArgument"})
RETRYABLE_STATUSES = frozenset({408, 409, 425, 429})


@attrs.frozen
class Trouble:
    """What to say of a failure: a template of `where`, `bucket`, `endpoint` and `reason`, and whether to try again."""

    text: str
    retryable: bool = True


OF_THE_WAY: tuple[tuple[tuple[type[Exception], ...], Trouble], ...] = (
    (
        (NoCredentialsError, PartialCredentialsError),
        Trouble("s3://{bucket}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", retryable=False),
    ),
    (
        (CredentialRetrievalError, MetadataRetrievalError, SSOError, TokenRetrievalError, RuntimeError),
        Trouble("s3://{bucket}: the credentials cannot be renewed: {reason}"),
    ),
    (CUT, Trouble("{where}: the answer was cut short: {reason}")),
    (
        (ConnectionError, HTTPClientError),
        Trouble("s3://{bucket}: no answer from {endpoint}; is AWS_ENDPOINT_URL right?"),
    ),
    ((ResponseParserError,), Trouble("{where}: {endpoint} answered something that is not S3; is a proxy between?")),
    ((Exception,), Trouble("{where}: {reason}", retryable=False)),
)
OF_THE_STORE: tuple[tuple[frozenset[str], Trouble], ...] = (
    (EXPIRED_CREDENTIALS, Trouble("s3://{bucket}: the credentials have expired; renew them")),
    (
        WRONG_CREDENTIALS,
        Trouble("s3://{bucket}: wrong credentials; check AWS_ACCESS_KEY_ID and its secret", retryable=False),
    ),
    (WRONG_CLOCK, Trouble("s3://{bucket}: this machine's clock is off; set it, best by NTP: {reason}")),
    (
        frozenset({"NoSuchBucket"}),
        Trouble("s3://{bucket}: no such bucket; create it or correct ARCHIVE_URL", retryable=False),
    ),
    (frozenset({"NoSuchUpload"}), Trouble("{where}: the upload was aborted by somebody else; it has to begin anew")),
    (DAMAGED_ON_THE_WAY, Trouble("{where}: what arrived is not what was sent, and is not kept: {reason}")),
)


def store_error(where: str, bucket: str, endpoint: str, error: Exception) -> StoreError:
    """Return the failure of a call for the object at `where`; `error` is one of `FAILURES`."""
    if isinstance(error, ClientError):
        trouble = _refusal(error)
        if trouble is None:
            return MissingObjectError(f"{where}: no such object")
    else:
        trouble = next(trouble for classes, trouble in OF_THE_WAY if isinstance(error, classes))
    facts = {"where": where, "bucket": bucket, "endpoint": endpoint, "reason": one_line(error)}
    return StoreError(trouble.text.format(**facts), retryable=trouble.retryable)


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
    """Whether the credentials have expired, so that a look for fresh ones may help."""
    return isinstance(error, ClientError) and code_of(error) in EXPIRED_CREDENTIALS


def one_line(error: Exception) -> str:
    """Return the message without line breaks."""
    return " ".join(str(error).split())


def _refusal(error: ClientError) -> Trouble | None:
    """Return what to say of an answer; None when it only says that there is no such object."""
    code, status = code_of(error), status_of(error)
    for codes, trouble in OF_THE_STORE:
        if code in codes:
            return trouble
    if status in {401, 403}:
        return Trouble("{where}: access denied; these credentials may not do this here: {reason}", retryable=False)
    if status == 404:
        return None
    retryable = (status >= 500 and status != 501) or status in RETRYABLE_STATUSES or code == "RequestTimeout"
    return Trouble("{where}: {reason}", retryable=retryable)
