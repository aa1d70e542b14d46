import gzip
import zlib

import brotli
import pytest
from backports import zstd

from pipelines.warc.content import ContentCodingError, decode_content, read_content_type

TEXT = b"A bridge reopens in the harbour. " * 5000
RAW_DEFLATE = zlib.compressobj(wbits=-15)
CODED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
}


@pytest.mark.parametrize("coding", CODED)
def test_each_coding_is_undone(coding):
    assert decode_content(CODED[coding], coding, len(TEXT)) == (TEXT, False)


@pytest.mark.parametrize("coding", CODED)
def test_no_coding_opens_beyond_the_limit(coding):
    assert decode_content(CODED[coding], coding, 1000) == (TEXT[:1000], True)


@pytest.mark.parametrize("coding", CODED)
def test_half_a_body_is_no_body(coding):
    half = CODED[coding][: len(CODED[coding]) // 2]

    with pytest.raises(ContentCodingError) as caught:
        decode_content(half, coding, len(TEXT))

    assert TEXT.startswith(caught.value.decoded)


def test_codings_are_undone_in_reverse_order():
    assert decode_content(brotli.compress(gzip.compress(TEXT)), "gzip, BR", len(TEXT)) == (TEXT, False)


def test_a_bare_deflate_stream_is_understood():
    assert decode_content(RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush(), "deflate", len(TEXT)) == (TEXT, False)


def test_all_members_of_a_gzip_body_are_read_and_padding_is_not():
    body = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0\0"

    assert decode_content(body, "gzip", 100) == (b"one two", False)


def test_an_unknown_coding_stays():
    assert decode_content(b"as it came", "aes128gcm", 100) == (b"as it came", False)


def test_a_bomb_of_bombs_stays_within_the_limit():
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))

    body, cut = decode_content(bomb, "gzip, gzip", 1_000_000)

    assert cut
    assert len(body) == 1_000_000


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("text/html", ("text/html", None)),
        ("Text/HTML; Charset='UTF-8'", ("text/html", "UTF-8")),
        ("text/html;q=1; charset=windows-1252;x", ("text/html", "windows-1252")),
        ("", ("", None)),
        (None, ("", None)),
    ],
)
def test_a_content_type_tells_media_type_and_charset(value, read):
    assert read_content_type(value) == read
