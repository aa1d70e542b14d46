"""Bytes that claim to be XML or HTML -> trees, however broken, without ever expanding an entity."""

import codecs
import html
import re
import zlib
from collections.abc import Iterator
from html.entities import html5
from io import BytesIO
from typing import Self

import attrs
from lxml import etree
from lxml import html as lxml_html

from pipelines.errors import DiscoveryError

DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
# The URL Standard's view of labels that say less than the bytes hold.
WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
REFERENCE = re.compile(
    r"<!\[CDATA\[.*?\]\]>|&(?:([A-Za-z][A-Za-z0-9]*);|(#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)?", re.DOTALL
)
XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|rdf|feed|channel|urlset|sitemapindex|html|body)\b[^<>]*>", re.IGNORECASE)


def inflate(body: bytes, *, limit: int, error: type[DiscoveryError]) -> bytes:
    """Return `body`, gunzipped when its first bytes say gzip; a stream cut short gives what came.

    Raises:
        DiscoveryError: as `error`, when it is or opens to more than `limit` bytes, or is no valid gzip.
    """
    parts: list[bytes] = []
    size, rest = 0, body
    while rest[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(31)
        try:
            parts.append(stream.decompress(rest, limit + 1 - size))
        except zlib.error as problem:
            raise error(f"broken gzip: {problem}") from problem
        size += len(parts[-1])
        if size > limit:
            break
        rest = stream.unused_data
    whole = b"".join(parts) if parts else body
    if len(whole) > limit:
        raise error(f"over {limit} bytes")
    return whole


def decode(body: bytes, charset: str | None) -> str:
    """Return `body` as text, by its byte order mark, what it holds, and what it is said to be, in this order.

    Bytes that are valid UTF-8 are taken as such whatever is declared: text of another encoding hardly ever is.
    """
    for mark, name in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if body[:2] in {b"<\0", b"\0<"}:
        return body.decode("utf-16-le" if body[1] == 0 else "utf-16-be", "replace")
    declared = DECLARED.search(body[:2048])
    for label in ("utf-8", charset, declared and declared[1].decode("ascii")):
        if label and (text := _decode_strictly(body, label)) is not None:
            return text
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    # A few damaged bytes in UTF-8 leave far more characters whole; in a Western encoding nearly none is.
    return text if damaged < sum(not char.isascii() for char in text) - damaged else body.decode("cp1252", "replace")


def _decode_strictly(body: bytes, label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
        return body.decode(WIDER.get(name, name))
    except (LookupError, UnicodeError, ValueError):
        return None


@attrs.frozen(kw_only=True)
class XmlDocument:
    """The text of an XML document from its root on: declaration, DTD and leading junk are cut off unread.

    Attributes:
        root: local name of the root element, lower case; empty when it is none that discovery knows.
        start_tag: the root's start tag, with its name spaces.
    """

    root: str
    start_tag: str
    text: str
    base_url: str

    @classmethod
    def from_text(cls, text: str, *, base_url: str) -> Self:
        """Find the root of `text`; what comes before it, entity declarations too, is dropped."""
        match = ROOT.search(text)
        if match is None:
            return cls(root="", start_tag="", text="", base_url=base_url)
        return cls(root=match[1].lower(), start_tag=match[0], text=text[match.start() :], base_url=base_url)

    def head(self, *names: str) -> etree._Element:
        """Return the tree of what stands before the first of the elements `names`."""
        first = next(_starts(self.text, names), len(self.text))
        return self._repair(self.text[:first])

    def elements(self, *names: str) -> Iterator[etree._Element]:
        """Give the elements with these local names, in document order; each is valid until the next is asked for.

        A document that is not well-formed is read on, element by element, so that a tag left open spoils one only.
        """
        count = 0
        try:
            for element in self._stream(names):
                yield element
                count += 1
        except etree.XMLSyntaxError:
            starts = [*_starts(self.text, names), len(self.text)]
            for start, end in zip(starts[count:], starts[count + 1 :], strict=False):
                tree = self._repair(self.start_tag + self.text[start:end])
                yield from (child for child in tree.iter(etree.Element) if local_name(child) in names)

    def _stream(self, names: tuple[str, ...]) -> Iterator[etree._Element]:
        source = BytesIO(_mend(self.text).encode())
        for _, element in etree.iterparse(
            source, tag=[f"{{*}}{name}" for name in names], resolve_entities=False, no_network=True, encoding="utf-8"
        ):
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _repair(self, text: str) -> etree._Element:
        parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, encoding="utf-8")
        tree = etree.fromstring(_mend(text).encode(), parser, base_url=self.base_url)
        return tree if tree is not None else etree.Element("empty")


def _starts(text: str, names: tuple[str, ...]) -> Iterator[int]:
    pattern = re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(names)})(?=[\s/>])", re.IGNORECASE)
    return (match.start() for match in pattern.finditer(text))


def _mend(text: str) -> str:
    """Make references well-formed: HTML's become characters, unknown ones and bare ampersands stay as text."""

    def fix(match: re.Match[str]) -> str:
        name, number = match[1], match[2]
        if match[0][0] == "<" or name in XML_ENTITIES or (number and _is_xml_character(number)):
            return match[0]
        if name and (char := html5.get(f"{name};")):
            return html.escape(char)
        return "&amp;" + match[0][1:]

    return REFERENCE.sub(fix, NOT_XML.sub("", text))


def _is_xml_character(reference: str) -> bool:
    code = int(f"0{reference[1:]}", 16) if reference[1] in "xX" else int(reference[1:])  # `#x41`, `#65`
    return 0 < code <= 0x10FFFF and NOT_XML.search(chr(code)) is None


def local_name(element: etree._Element) -> str:
    """Return the element's name in lower case, without name space or prefix; empty for comments and the like."""
    tag = element.tag
    return re.split("[}:]", tag)[-1].lower() if isinstance(tag, str) else ""


def parse_html(text: str, *, base_url: str) -> lxml_html.HtmlElement | None:
    """Return the tree of an HTML page; None when there is nothing in it."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        return lxml_html.document_fromstring(NOT_XML.sub("", text).encode(), parser=parser, base_url=base_url)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
