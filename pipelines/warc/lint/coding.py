"""Content codings of a body: whether it bears them, and what it is without them (RFC 9110 §8.4.1)."""

import zlib
from collections.abc import Iterable, Iterator

import brotli

from pipelines.warc.lint.digests import Digest
from pipelines.warc.records import GZIP

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
LIMIT = 256 * 2**20  # a body that inflates to more is not compared
RAW_DEFLATE = -15

Buffer = bytes | memoryview


def bears_coding(coding: str, begin: bytes) -> bool:
    """Whether a body that begins with `begin` can have the content coding; True for one that we do not know."""
    if coding in {"gzip", "x-gzip"}:
        return begin.startswith(GZIP_MAGIC)
    if coding == "zstd":
        return begin.startswith(ZSTD_MAGIC)
    if coding in {"deflate", "br"}:
        try:
            for _ in _decoded(coding, (begin,), begin):
                pass
        except (zlib.error, brotli.error):
            return False
    return True


def matches_decoded(digest: Digest, coding: str, begin: bytes, payload: Iterable[Buffer]) -> bool:
    """Whether the digest is that of the payload without its content coding."""
    try:
        return digest.matches(_decoded(coding, payload, begin))
    except (zlib.error, brotli.error, ValueError):
        return False


def _decoded(coding: str, payload: Iterable[Buffer], begin: bytes) -> Iterator[bytes]:
    """Yield the payload decoded.

    Raises:
        zlib.error, brotli.error: it is not coded so.
        ValueError: the coding is unknown, or the body too large.
    """
    parts: Iterator[bytes]
    if coding == "br":
        parts = map(brotli.Decompressor().process, map(bytes, payload))
    elif coding in {"gzip", "x-gzip", "deflate"}:
        bits = GZIP if coding != "deflate" else zlib.MAX_WBITS if begin[:1] == b"\x78" else RAW_DEFLATE
        parts = _inflated(zlib.decompressobj(bits), payload)
    else:
        raise ValueError(coding)
    size = 0
    for part in parts:
        size += len(part)
        if size > LIMIT:
            raise ValueError("too large")
        yield part


def _inflated(inflater: "zlib._Decompress", payload: Iterable[Buffer]) -> Iterator[bytes]:
    for part in payload:
        waiting: Buffer = part
        while waiting:
            yield inflater.decompress(waiting, LIMIT)
            waiting = inflater.unconsumed_tail
