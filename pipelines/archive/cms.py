"""The shapes that a time stamp is made of, in DER: requests and replies (RFC 3161), signed data (RFC 5652)."""

from typing import Annotated

from cryptography.hazmat.asn1 import (
    TLV,
    BitString,
    Default,
    Explicit,
    GeneralizedTime,
    Implicit,
    Null,
    SetOf,
    sequence,
)
from cryptography.x509 import Certificate, ObjectIdentifier

SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
TST_INFO = ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")


@sequence
class Algorithm:
    """AlgorithmIdentifier; other parameters than NULL are not read."""

    oid: ObjectIdentifier
    parameters: Null | None


@sequence
class MessageImprint:
    """The digest that is stamped."""

    algorithm: Algorithm
    digest: bytes


@sequence
class TimeStampRequest:
    """TimeStampReq (RFC 3161 section 2.4.1)."""

    version: int
    imprint: MessageImprint
    policy: ObjectIdentifier | None
    nonce: int | None
    wants_certificate: Annotated[bool, Default(value=False)]


@sequence
class Accuracy:
    """How far from the truth the time may be: seconds, milliseconds, microseconds."""

    seconds: int | None
    millis: Annotated[int | None, Implicit(0)]
    micros: Annotated[int | None, Implicit(1)]


@sequence
class TstInfo:
    """TSTInfo: what is signed (RFC 3161 section 2.4.2)."""

    version: int
    policy: ObjectIdentifier
    imprint: MessageImprint
    serial: int
    time: GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, Default(value=False)]
    nonce: int | None
    authority: Annotated[list[TLV] | None, Implicit(0)]  # in truth EXPLICIT around one, which reads the same
    extensions: Annotated[list[TLV] | None, Implicit(1)]


@sequence
class Attribute:
    """A signed attribute."""

    oid: ObjectIdentifier
    values: SetOf[TLV]


@sequence
class IssuerAndSerial:
    """Which certificate is the signer's."""

    issuer: TLV
    serial: int


@sequence
class SignerInfo:
    """A signature over the attributes, which hold the digest of the content."""

    version: int
    signer: IssuerAndSerial
    digest_algorithm: Algorithm
    attributes: Annotated[SetOf[Attribute], Implicit(0)]
    signature_algorithm: TLV
    signature: bytes
    unsigned: Annotated[SetOf[TLV] | None, Implicit(1)]


@sequence
class EncapsulatedContent:
    """What is signed, and of what type."""

    content_type: ObjectIdentifier
    content: Annotated[bytes | None, Explicit(0)]


@sequence
class SignedData:
    """SignedData (RFC 5652 section 5.1)."""

    version: int
    digest_algorithms: SetOf[Algorithm]
    content: EncapsulatedContent
    certificates: Annotated[SetOf[Certificate] | None, Implicit(0)]
    revocations: Annotated[SetOf[TLV] | None, Implicit(1)]
    signers: SetOf[SignerInfo]


@sequence
class Token:
    """ContentInfo around signed data."""

    content_type: ObjectIdentifier
    content: Annotated[SignedData, Explicit(0)]


@sequence
class Status:
    """PKIStatusInfo: 0 and 1 mean that the stamp was granted."""

    status: int
    text: list[str] | None
    failure: BitString | None


@sequence
class TimeStampReply:
    """TimeStampResp (RFC 3161 section 2.4.2)."""

    status: Status
    token: Token | None
