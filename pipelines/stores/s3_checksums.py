"""The checksums that travel with an object to an S3 store and back.

Source: Amazon S3 user guide, "Checking object integrity": a checksum is the base64 of the digest; that of a multipart
upload is taken over the digests of its parts, and ends in a dash and their number.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.errors import StoreError


def sha256_of(body: bytes) -> str:
    """Return the SHA-256 of `body` as S3 writes it."""
    return b64encode(hashlib.sha256(body).digest()).decode()


def md5_field(body: bytes) -> dict[str, str]:
    """Return the argument of a put that lets a store without SHA-256 compare what arrived."""
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return {"ContentMD5": b64encode(digest).decode()}


def composite_of(checksums: Sequence[str]) -> str:
    """Return the SHA-256 of a multipart upload whose parts have these checksums."""
    digest = hashlib.sha256(b"".join(map(b64decode, checksums))).digest()
    return f"{b64encode(digest).decode()}-{len(checksums)}"


def compare_answer(where: str, answer: Mapping[str, Any], expected: str) -> None:
    """Raise `StoreError` when the store answers with another SHA-256 than ours; many answer with none.

    One over the whole of a multipart upload is not comparable with the one over its parts, and passes.
    """
    answered = answer.get("ChecksumSHA256", expected)
    if answered != expected and ("-" in answered or "-" not in expected):
        raise StoreError(
            f"{where}: the store answers with SHA-256 {answered} instead of {expected}; look at what it holds",
            retryable=True,
        )
