"""What an S3 store can do, found out by trying: dialects differ, and some overlook what they do not know.

Measured: SeaweedFS 4.48 does all of it. Swift's s3api answers a conditional put with 501 and returns no checksums.
"""

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipelines.stores.objects import Abilities
from pipelines.stores.s3_checksums import sha256_of
from pipelines.stores.s3_errors import PASSING, code_of, is_not_understood, status_of
from pipelines.stores.s3_multipart import abort_uploads
from pipelines.stores.s3_objects import Target, put_object

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

MARKER_TEXT = b"This is a newskeep archive: documents/ holds the articles, warc/ the recorded exchanges.\n"
WRONG_SUM = sha256_of(b"not the marker")


def probe_abilities(client: "S3Client", marker: Target, retention: Mapping[str, Any]) -> Abilities:
    """Leave a small text under the key `marker`, and return what the store showed itself able to do.

    Raises what botocore raises when the text cannot be written at all.
    """
    accepted = _accepted_abilities(client, marker, retention)
    return Abilities(
        conditional_puts=accepted.conditional_puts and _minds_condition(client, marker, accepted, retention),
        checksums=accepted.checksums and _compares_checksums(client, marker, retention),
        upload_listing=_lists_uploads(client, marker),
    )


def _accepted_abilities(client: "S3Client", marker: Target, retention: Mapping[str, Any]) -> Abilities:
    """Return the most that the store does not refuse as unknown."""
    refusal: ClientError | None = None
    for checksums, conditional in product((True, False), repeat=2):
        abilities = Abilities(conditional_puts=conditional, checksums=checksums)
        try:
            _put_marker(client, marker, abilities, retention)
        except ClientError as error:
            if not is_not_understood(error):
                raise
            refusal = refusal or error
        else:
            return abilities
    assert refusal is not None
    raise refusal


def _minds_condition(client: "S3Client", marker: Target, abilities: Abilities, retention: Mapping[str, Any]) -> bool:
    """Whether the store refuses to write the marker, which is there, once more."""
    return not _put_marker(client, marker, abilities, retention)


def _compares_checksums(client: "S3Client", marker: Target, retention: Mapping[str, Any]) -> bool:
    """Whether the store refuses a wrong checksum. The text is the marker's own, so that nothing is spoilt if not."""
    try:
        client.put_object(**marker, Body=MARKER_TEXT, ChecksumSHA256=WRONG_SUM, ContentType="text/plain", **retention)
    except ClientError as error:
        if status_of(error) not in {400, 403} or code_of(error) in PASSING:
            raise
        return True
    return False


def _lists_uploads(client: "S3Client", marker: Target) -> bool:
    try:
        abort_uploads(client, marker)
    except ClientError as error:
        if is_not_understood(error) or code_of(error) == "AccessDenied":
            return False
        raise
    return True


def _put_marker(client: "S3Client", marker: Target, abilities: Abilities, retention: Mapping[str, Any]) -> bool:
    """Write the marker as `abilities` has it; False when it is there already, or somebody else writes it now."""
    condition = {"IfNoneMatch": "*"} if abilities.conditional_puts else {}
    fields = {"ContentType": "text/plain", **condition, **retention}
    try:
        put_object(client, marker, MARKER_TEXT, sha256=abilities.checksums, fields=fields)
    except ClientError as error:
        if status_of(error) in {409, 412}:
            return False
        raise
    return True
