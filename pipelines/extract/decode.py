"""Bytes of a page -> text, by one written policy.

The first that holds wins:

1. a byte order mark;
2. UTF-16 without a mark, told by its zero bytes;
3. bytes with multi-byte sequences that are valid UTF-8 throughout, whatever a label says: text in another
   encoding is practically never valid UTF-8 by accident;
4. the charset of the HTTP header, then that of `<meta>` or the XML declaration, if the bytes decode under it;
5. detection from the bytes;
6. the label, else windows-1252, with what does not decode replaced.

Labels mean what browsers take them for (WHATWG Encoding Standard §4.2): `iso-8859-1` is windows-1252, `gb2312` is
gb18030. An unknown label counts as none.
"""

import codecs
import re

from charset_normalizer import from_bytes

from pipelines.errors import NotHtmlError

WEB_LABELS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-user-defined": "cp1252",
}
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHER_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstandard data"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"\x00\x00\x00\x18ftyp", "an MP4 file"),
    (b"\x00\x00\x00\x20ftyp", "an MP4 file"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF file"),
)
HEAD_BYTES = 4096
DETECT_BYTES = 12_000
MIN_TELLING = 20
META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]{1,40})""", re.IGNORECASE)
XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w:.-]{1,40})["']""", re.IGNORECASE)
MULTI_BYTE = re.compile(rb"[\x80-\xff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
# C0 controls that no text holds; tab, line feed, form feed, carriage return and escape (ISO-2022-JP) are text.
BINARY_BYTES = bytes(set(range(32)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})


def decode_html(payload: bytes, charset: str | None = None) -> str:
    """Return the page's text; `charset` is the HTTP header's label.

    Control characters that no text holds, NUL among them, and a byte order mark are left out.

    Raises:
        NotHtmlError: there are no bytes, or they are another format (PDF, image, archive, binary).
    """
    if not payload.strip(b"\x00\t\n\x0c\r "):
        raise NotHtmlError("the page is empty (no bytes)")
    for magic, name in OTHER_FORMATS:
        if payload.lstrip(b"\r\n\t ").startswith(magic):
            raise NotHtmlError(f"the page is {name}, not HTML")
    text = _by_mark(payload) or _by_zeros(payload)
    if text is None:
        body = payload.replace(b"\x00", b"")
        _refuse_binary(payload)
        text = _by_labels(body, charset)
    return CONTROL.sub("", text)


def codec_for(label: str | None) -> str | None:
    """Return the Python codec a web page means by `label`; None when no such charset is known."""
    if not label:
        return None
    name = label.strip().strip("\"'").lower()
    name = WEB_LABELS.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Codecs such as base64 or rot13 are no charsets.
    return info.name if getattr(info, "_is_text_encoding", True) else None


def _by_mark(payload: bytes) -> str | None:
    for mark, codec in BYTE_ORDER_MARKS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(codec, "replace")
    return None


def _by_zeros(payload: bytes) -> str | None:
    """Decode UTF-16 without a mark: in markup nearly every other byte is zero."""
    sample = payload[:HEAD_BYTES]
    if len(sample) < 4:
        return None
    half = len(sample) // 2
    for codec, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if zeros.count(0) > 0.4 * half and sample.count(0) < 0.6 * len(sample):
            return payload.decode(codec, "replace")
    return None


def _refuse_binary(payload: bytes) -> None:
    sample = payload[:HEAD_BYTES]
    controls = len(sample) - len(sample.translate(None, BINARY_BYTES))
    if controls > 0.1 * len(sample):
        raise NotHtmlError("the page is binary data, not HTML")


def _by_labels(payload: bytes, charset: str | None) -> str:
    head = payload[:HEAD_BYTES]
    declared = META_CHARSET.search(head) or XML_ENCODING.search(head)
    labels = [codec_for(charset), codec_for(declared[1].decode("ascii")) if declared else None]
    # A page that could be read as ASCII declares UTF-16 wrongly (WHATWG HTML, "prescan a byte stream").
    codecs_named = [codec for codec in labels if codec and not codec.startswith(("utf-16", "utf-32"))]
    if MULTI_BYTE.search(payload):
        codecs_named.insert(0, "utf-8")
    for codec in codecs_named or ["utf-8"]:
        try:
            return payload.decode(codec)
        except UnicodeDecodeError:
            continue
    return _by_detection(payload, codecs_named)


def _by_detection(payload: bytes, codecs_named: list[str]) -> str:
    """Decode by what the bytes look like; a codec that fails in few of many places is still the better guess."""
    telling = len(MULTI_BYTE.findall(payload))
    for codec in dict.fromkeys((*codecs_named, "utf-8")):
        text = payload.decode(codec, "replace")
        if text.count("\ufffd") < 0.05 * telling:
            return text
    # Fewer bytes than this tell detectors nothing, and then windows-1252 is what the web means.
    match = from_bytes(_busiest(payload)).best() if telling >= MIN_TELLING else None
    return payload.decode((codec_for(match.encoding) if match else None) or "cp1252", "replace")


def _busiest(payload: bytes) -> bytes:
    """Return the part of `payload` that tells most about its charset: around its non-ASCII bytes."""
    first = MULTI_BYTE.search(payload)
    start = max(0, first.start() - 200) if first else 0
    text = re.sub(
        rb"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", b" ", payload[start:], flags=re.DOTALL | re.IGNORECASE
    )
    return text[:DETECT_BYTES]
