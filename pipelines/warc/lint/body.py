"""The body of an HTTP message: it must agree with its header and with the payload digest."""

import re

from pipelines.warc.lint.coding import GZIP_MAGIC, bears_coding, matches_decoded
from pipelines.warc.lint.digests import Digest, parse_digest
from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.header import Header
from pipelines.warc.lint.http import Message

BEGIN = 1 << 14
PAGES = {"text/html", "application/xhtml+xml", "text/css", "application/json", "text/javascript"}
SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    GZIP_MAGIC: "application/gzip",
}
MEDIA_TYPE = re.compile(r"[^;\s]*")


def check_body(header: Header, message: Message, offset: int, notes: Notes) -> str:
    """Note what of the body disagrees with the HTTP header; say what is missing of it, empty when nothing is."""
    begin = message.begin(BEGIN)
    _check_chunks(header, message, offset, notes)
    if begin and _check_coding(header, message, begin, offset, notes):
        return ""
    length = message.get("content-length")
    if message.chunked or not (length.isascii() and length.isdigit()):
        whole = message.chunks is not None and message.chunks.complete
        cut = message.chunked and (not begin or message.chunks is not None) and not whole
        return "" if not cut else "the body ends before its last chunk"
    if message.size > int(length):
        notes.add("http-content-length", offset, f"{message.size} bytes of body, Content-Length says {length}")
    return f"{message.size} bytes of body, Content-Length says {length}" if message.size < int(length) else ""


def check_payload_digest(header: Header, message: Message, offset: int, notes: Notes) -> None:
    """Note a payload digest that is wrong, and what it is the digest of, when that can be told."""
    digest = parse_digest(header.get("warc-payload-digest"))
    if isinstance(digest, str) or digest.matches(message.payload()):
        return
    with memoryview(message.block) as view:
        if digest.matches((view,)):
            rule, told = "payload-digest-block", "is that of the whole block, HTTP header included"
        elif message.chunks and digest.matches((view[message.body :],)):
            rule, told = "payload-digest-chunked", "is that of the body with its transfer coding"
        elif _is_decoded(digest, message):
            rule, told = "payload-digest-decoded", "is that of the body without its content coding"
        else:
            rule, told = "payload-digest", "does not match"
    notes.add(rule, offset, f"the payload digest {told} ({message.size} bytes of payload)")


def check_identified_type(header: Header, message: Message, offset: int, notes: Notes) -> None:
    """Note a WARC-Identified-Payload-Type that was copied, as its parameters or the payload itself betray."""
    identified, claimed = header.get("warc-identified-payload-type"), message.get("content-type")
    if not identified or identified.lower() != claimed.lower():
        return
    begin = message.begin(BEGIN)
    seen = next((kind for magic, kind in SIGNATURES.items() if begin.startswith(magic)), None)
    if ";" in identified:
        notes.add(
            "identified-type-copied", offset, f"{shown(identified)} stands in the HTTP header, parameters and all"
        )
    elif seen and seen != identified.lower() and not message.get("content-encoding"):
        notes.add(
            "identified-type-copied", offset, f"{shown(identified)} stands in the HTTP header, the body is {seen}"
        )


def _check_chunks(header: Header, message: Message, offset: int, notes: Notes) -> None:
    complete = message.chunks is not None and message.chunks.complete
    if message.chunked and message.chunks is None and not complete:
        if len(message.block) > message.body and "warc-truncated" not in header:
            notes.add("http-chunks-removed", offset, "Transfer-Encoding: chunked, but the body is not chunked")
    elif complete and not message.chunked:
        notes.add("http-chunks-undeclared", offset, "the body is chunked, but no Transfer-Encoding header says so")


def _check_coding(header: Header, message: Message, begin: bytes, offset: int, notes: Notes) -> bool:
    """Note a content coding that header and body do not agree on; say whether the writer has decoded the body."""
    coding = _coding(message)
    if not coding:
        kind = (MEDIA_TYPE.match(message.get("content-type")) or [""])[0].lower()
        if begin.startswith(GZIP_MAGIC) and kind in PAGES and not header.url.partition("?")[0].endswith(".gz"):
            notes.add(
                "http-coding-undeclared", offset, f"the {kind} body is gzip, but no Content-Encoding header says so"
            )
        return False
    if bears_coding(coding, begin):
        return False
    as_sent = message.chunked and message.chunks is not None
    if as_sent or message.get("content-length") == str(message.size):
        told = f"Content-Encoding: {coding}, but the body is not; as its length is right, the server may have erred"
        notes.add("http-coding-absent", offset, told)
        return False
    notes.add("http-coding-removed", offset, f"Content-Encoding: {coding}, but the body has been decoded")
    return True


def _coding(message: Message) -> str:
    """Return the outermost content coding in lower case; empty when there is none."""
    names = [part.strip().lower() for value in message.values("content-encoding") for part in value.split(",")]
    found = [name for name in names if name not in {"", "identity"}]
    return found[-1] if found else ""


def _is_decoded(digest: Digest, message: Message) -> bool:
    coding = _coding(message)
    return bool(coding) and matches_decoded(digest, coding, message.begin(BEGIN), message.payload())
