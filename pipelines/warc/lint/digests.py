"""Digests as WARC files write them: an algorithm, a colon and a value in hex, base32 or base64 (§5.8)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable

import attrs

SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
HEX = re.compile(r"[0-9A-Fa-f]+\Z")
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
STEP = 1 << 24

Buffer = bytes | memoryview


@attrs.frozen
class Digest:
    """A digest, whatever notation it came in.

    Attributes:
        algorithm: a key of `SIZES`.
    """

    algorithm: str
    value: bytes

    def matches(self, parts: Iterable[Buffer]) -> bool:
        """Whether this is the digest of all the parts one after the other."""
        calculator = hashlib.new(self.algorithm, usedforsecurity=False)
        for part in parts:
            calculator.update(part)
        return calculator.digest() == self.value


def parse_digest(text: str) -> Digest | str:
    """Return the digest, or what is wrong: `unknown` (the algorithm), `syntax`."""
    name, colon, value = text.partition(":")
    algorithm = name.lower().replace("-", "")
    if not colon or not TOKEN.match(name) or not value:
        return "syntax"
    if algorithm not in SIZES:
        return "unknown"
    read = _read_value(value, SIZES[algorithm])
    return Digest(algorithm, read) if read is not None else "syntax"


def _read_value(value: str, size: int) -> bytes | None:
    """Return the value's bytes; None when no notation gives as many as the algorithm has."""
    if len(value) == 2 * size:
        return bytes.fromhex(value) if HEX.match(value) else None
    bits = value.rstrip("=")
    try:
        if len(bits) == -(-size * 8 // 5):
            return base64.b32decode(bits.upper() + "=" * (-len(bits) % 8))
        if len(bits) == -(-size * 8 // 6):
            return base64.b64decode(bits + "=" * (-len(bits) % 4), altchars=b"-_" if set(bits) & set("-_") else None)
    except (ValueError, binascii.Error):
        pass
    return None
