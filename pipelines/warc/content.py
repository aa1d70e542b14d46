"""What a body is and how it is coded: media types, and content codings undone within bounds (RFC 9110 §8.3, §8.4).

A compressed body is an amplifier: one megabyte of gzip can open to a gibibyte. So no decoder is ever asked
for more than the limit.
"""

import re
import zlib
from collections.abc import Callable, Iterator

import brotli
from backports import zstd

ACCEPT_ENCODING = b"gzip, deflate, br, zstd"
CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)
STEP = 1 << 16  # bytes fed to a decoder at a time


class ContentCodingError(Exception):
    """A body does not follow the coding that its header names.

    Attributes:
        decoded: what could be read before the fault.
    """

    def __init__(self, coding: str, decoded: bytes) -> None:
        super().__init__(f"the body is not whole or not {coding}")
        self.decoded = decoded


def read_content_type(value: str | None) -> tuple[str, str | None]:
    """Return the media type of a Content-Type header, lower case, and its charset; empty and None when not told."""
    media_type, _, parameters = (value or "").partition(";")
    charset = CHARSET.search(parameters)
    return media_type.strip().lower(), charset[1] if charset else None


def decode_content(body: bytes, codings: str, limit: int) -> tuple[bytes, bool]:
    """Return `body` with the codings of a Content-Encoding header undone, and whether `limit` cut it short.

    Codings that nobody knows are left in place, as browsers do.

    Raises:
        ContentCodingError: the body is damaged or ends too soon.
    """
    for coding in reversed([name.strip().lower() for name in codings.split(",")]):
        if coding not in DECODERS or not body:
            continue
        body, cut = _decode(body, coding, limit)
        if cut:
            return body, True
    return body, False


def _decode(body: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    try:
        for piece in DECODERS[coding](body, limit + 1):
            out += piece
            if len(out) > limit:
                return bytes(out[:limit]), True
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise ContentCodingError(coding, bytes(out)) from error
    return bytes(out), False


def _gzip(body: bytes, limit: int) -> Iterator[bytes]:
    """Yield the content of all gzip members; bytes after the last one that are no member are ignored."""
    first = True
    while body and (first or body[:2] == b"\x1f\x8b"):
        decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
        yield decoder.decompress(body, limit)
        if not decoder.eof and not decoder.unconsumed_tail:
            raise EOFError
        first, body = False, decoder.unused_data


def _deflate(body: bytes, limit: int) -> Iterator[bytes]:
    """Yield the content of a zlib stream, or of the bare deflate stream that some servers send instead."""
    zlib_header = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0  # RFC 1950 §2.2
    decoder = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
    yield decoder.decompress(body, limit)
    if not decoder.eof and not decoder.unconsumed_tail:
        raise EOFError


def _brotli(body: bytes, limit: int) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    for start in range(0, len(body), STEP):
        yield decoder.process(body[start : start + STEP], output_buffer_limit=limit)
        while not decoder.can_accept_more_data():
            yield decoder.process(b"", output_buffer_limit=limit)
    if not decoder.is_finished():
        raise EOFError


def _zstd(body: bytes, limit: int) -> Iterator[bytes]:
    decoder = zstd.ZstdDecompressor()
    yield decoder.decompress(body, limit)
    if not decoder.eof and decoder.needs_input:
        raise EOFError


DECODERS: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
