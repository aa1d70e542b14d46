"""Time stamps by an outside authority (RFC 3161): proof that a digest existed at a time.

A stamp is kept as the authority's whole reply, which is what `openssl ts -verify -in` reads.
"""

import secrets
import urllib.request
from datetime import datetime
from http.client import HTTPException
from typing import TypeVar
from urllib.error import HTTPError

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.asn1 import Null, decode_der, encode_der
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import (
    Certificate,
    DuplicateExtension,
    ExtendedKeyUsage,
    ExtensionNotFound,
    InvalidVersion,
    ObjectIdentifier,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from pipelines.archive.cms import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SHA256,
    SIGNED_DATA,
    TST_INFO,
    Algorithm,
    MessageImprint,
    SignedData,
    SignerInfo,
    TimeStampReply,
    TimeStampRequest,
    Token,
    TstInfo,
)
from pipelines.errors import TimestampError

TIMEOUT = 20.0
MAX_REPLY = 1 << 20
GRANTED = (0, 1)  # granted, granted with modifications
HASHES: dict[ObjectIdentifier, hashes.HashAlgorithm] = {
    SHA256: hashes.SHA256(),
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
}

T = TypeVar("T")


def request_stamp(url: str, digest: bytes, *, timeout: float = TIMEOUT) -> bytes:
    """Ask the authority at an `http:` or `https:` URL for a stamp of a SHA-256 digest; return its reply.

    The reply was checked as `check_stamp` does, and that it answers this very request (nonce).

    Raises:
        TimestampError: the URL is none, nobody answers within `timeout` seconds, or the reply is a refusal or wrong.
    """
    nonce = secrets.randbits(63)
    imprint = MessageImprint(algorithm=Algorithm(oid=SHA256, parameters=Null()), digest=digest)
    body = encode_der(TimeStampRequest(version=1, imprint=imprint, policy=None, nonce=nonce, wants_certificate=True))
    reply = _post(url, body, timeout)
    try:
        info = _checked(reply, digest)
    except TimestampError as error:
        raise TimestampError(f"{url}: {error}") from error
    if info.nonce != nonce:
        raise TimestampError(f"{url}: the reply is to another request (its nonce differs)")
    return reply


def check_stamp(reply: bytes, digest: bytes) -> datetime:
    """Return the time, UTC, that a stamp gives for a SHA-256 digest.

    The signature is checked against the certificate in the stamp, which must be meant for time stamping; whether that
    certificate is to be trusted is for the reader to say (`openssl ts -verify -CAfile`).

    Raises:
        TimestampError: it is no stamp, not of this digest, or its signature is wrong.
    """
    return _checked(reply, digest).time.as_datetime()


def _post(url: str, body: bytes, timeout: float) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise TimestampError(f"{url!r}: no http: or https: URL of a time stamp authority")
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - the scheme was looked at
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            return bytes(answer.read(MAX_REPLY))
    except HTTPError as error:
        error.close()
        raise TimestampError(f"{url}: no time stamp: the answer is {error.code} {error.reason}") from error
    except (OSError, ValueError, HTTPException) as error:
        raise TimestampError(f"{url}: no time stamp: {' '.join(str(error).split()) or type(error).__name__}") from error


def _checked(reply: bytes, digest: bytes) -> TstInfo:
    """Return what the stamp says when all of it is right; raise as `check_stamp`."""
    try:
        answer = decode_der(TimeStampReply, reply)
        if answer.status.status not in GRANTED or answer.token is None:
            said = " ".join(" ".join(answer.status.text or ()).split()) or f"status {answer.status.status}"
            raise TimestampError(f"the authority refused: {said}")
        return _checked_token(answer.token, digest)
    except (ValueError, UnsupportedAlgorithm, DuplicateExtension, InvalidVersion) as error:
        raise TimestampError(f"not a time stamp that can be read: {error}") from error


def _checked_token(token: Token, digest: bytes) -> TstInfo:
    signed = token.content
    content, signers = signed.content.content, signed.signers.as_list()
    if token.content_type != SIGNED_DATA or signed.content.content_type != TST_INFO or not content or len(signers) != 1:
        raise TimestampError("it is no signed time stamp")
    info = decode_der(TstInfo, content)
    if info.imprint.algorithm.oid != SHA256 or info.imprint.digest != digest:
        raise TimestampError("it is the stamp of another digest")
    _check_signature(signers[0], _certificate_of(signed, signers[0]), content)
    return info


def _certificate_of(signed: SignedData, signer: SignerInfo) -> Certificate:
    """Return the signer's certificate, which must be for time stamping (RFC 3161 section 2.3)."""
    named = signer.signer
    for certificate in signed.certificates.as_list() if signed.certificates else ():
        if (certificate.serial_number, certificate.issuer.public_bytes()) == (named.serial, encode_der(named.issuer)):
            try:
                usage = certificate.extensions.get_extension_for_class(ExtendedKeyUsage).value
            except ExtensionNotFound:
                usage = ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
                raise TimestampError("its certificate is not meant for time stamping")
            return certificate
    raise TimestampError("the certificate of its signer is not in it")


def _check_signature(signer: SignerInfo, certificate: Certificate, content: bytes) -> None:
    """Check the signed attributes against the content, and the signature over them (RFC 5652 section 5.4)."""
    algorithm = HASHES.get(signer.digest_algorithm.oid)
    if algorithm is None:
        raise TimestampError(f"the digest algorithm {signer.digest_algorithm.oid.dotted_string} is not known")
    digest = hashes.Hash(algorithm)
    digest.update(content)
    if _attribute(signer, CONTENT_TYPE, ObjectIdentifier) != TST_INFO:
        raise TimestampError("its signed content type is not that of a time stamp")
    if _attribute(signer, MESSAGE_DIGEST, bytes) != digest.finalize():
        raise TimestampError("its content was changed after it was signed")
    try:
        _verify(certificate, signer.signature, encode_der(signer.attributes), algorithm)
    except InvalidSignature as error:
        raise TimestampError("its signature is wrong") from error


def _attribute(signer: SignerInfo, name: ObjectIdentifier, kind: type[T]) -> T | None:
    """Return the single value of a signed attribute; None when there is none."""
    values = [value for found in signer.attributes.as_list() if found.oid == name for value in found.values.as_list()]
    return decode_der(kind, encode_der(values[0])) if len(values) == 1 else None


def _verify(certificate: Certificate, signature: bytes, message: bytes, algorithm: hashes.HashAlgorithm) -> None:
    """Raise InvalidSignature unless the certificate's key made the signature."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(algorithm))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, message)
    else:
        raise TimestampError(f"a key of the type {type(key).__name__} is not known")
