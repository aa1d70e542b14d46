"""The named fields of a record: which may be there, and what they may hold (WARC 1.1 §5)."""

import ipaddress
import re
from datetime import datetime

from pipelines.warc.lint.digests import parse_digest
from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.header import Header, bare
from pipelines.warc.lint.records import RawRecord

TYPES = {"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"}
CAPTURES = {"request", "response", "resource", "metadata", "revisit"}

MANDATORY = ("WARC-Record-ID", "Content-Length", "WARC-Date", "WARC-Type")
REQUIRED = {
    "WARC-Target-URI": TYPES - {"warcinfo", "metadata"},
    "WARC-Profile": {"revisit"},
    "WARC-Segment-Number": {"continuation"},
    "WARC-Segment-Origin-ID": {"continuation"},
}
ALLOWED = {
    "WARC-Concurrent-To": CAPTURES,
    "WARC-Payload-Digest": TYPES - {"warcinfo", "metadata"},
    "WARC-IP-Address": CAPTURES,
    "WARC-Refers-To": {"metadata", "revisit", "conversion"},
    "WARC-Refers-To-Target-URI": {"revisit"},
    "WARC-Refers-To-Date": {"revisit"},
    "WARC-Target-URI": TYPES - {"warcinfo"},
    "WARC-Warcinfo-ID": TYPES - {"warcinfo"},
    "WARC-Filename": {"warcinfo"},
    "WARC-Profile": {"revisit"},
    "WARC-Identified-Payload-Type": TYPES - {"warcinfo", "metadata"},
    "WARC-Segment-Origin-ID": {"continuation"},
    "WARC-Segment-Total-Length": {"continuation"},
}
REPEATABLE = {"warc-concurrent-to", "warc-protocol"}
REFERENCES = ("WARC-Concurrent-To", "WARC-Refers-To", "WARC-Warcinfo-ID", "WARC-Segment-Origin-ID")
TRUNCATED = {"length", "time", "disconnect", "unspecified"}

REFERENCE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>]+>\Z")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x20\x7f]+\Z")
UNESCAPED = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)
W3CDTF = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z)?)?)?\Z", re.ASCII)
MEDIA_TYPE = re.compile(
    r"[!#$%&'*+\-.^_`|~\w]+/[!#$%&'*+\-.^_`|~\w]+"
    r"(?:\s*;\s*[!#$%&'*+\-.^_`|~\w]+=(?:[!#$%&'*+\-.^_`|~\w]+|\"(?:[^\"\\]|\\.)*\"))*\s*;?\Z",
    re.ASCII,
)


def check_fields(record: RawRecord, notes: Notes) -> None:
    """Note which fields are missing, out of place, repeated or wrong in themselves."""
    header, offset = record.header, record.offset
    _check_presence(header, offset, notes)
    _check_references(header, offset, notes)
    _check_dates(header, offset, notes)
    _check_target(header, offset, notes)
    _check_content(record, notes)
    _check_digests(header, offset, notes)
    _check_segment(header, offset, notes)
    if "warc-ip-address" in header:
        _check_address(header.get("warc-ip-address"), offset, notes)
    reason = header.get("warc-truncated")
    if "warc-truncated" in header and reason not in TRUNCATED:
        notes.add("truncated-unknown", offset, f"WARC-Truncated: {shown(reason)}")


def is_media_type(value: str) -> bool:
    """Whether the value is a media type (RFC 2045 §5.1)."""
    return MEDIA_TYPE.match(value) is not None


def _check_presence(header: Header, offset: int, notes: Notes) -> None:
    kind = header.type
    required = [*MANDATORY, *(name for name, types in REQUIRED.items() if kind in types)]
    for name in required:
        if not header.get(name.lower()):
            notes.add("field-missing", offset, f"{kind or 'a record'} without {name}")
    for name, types in ALLOWED.items():
        if kind in TYPES - types and name.lower() in header:
            notes.add("field-forbidden", offset, f"{kind} with {name}")
    for name, count in header.names.items():
        if count > 1 and name not in REPEATABLE:
            notes.add("field-repeated", offset, f"{name} stands there {count} times")
    if kind and kind not in TYPES:
        notes.add("type-unknown", offset, f"WARC-Type: {shown(kind)}")


def _check_references(header: Header, offset: int, notes: Notes) -> None:
    record_id = header.get("warc-record-id")
    if record_id and not REFERENCE.match(record_id):
        notes.add("record-id", offset, f"WARC-Record-ID: {shown(record_id)}")
    for name in REFERENCES:
        for value in header.get_all(name.lower()):
            if not REFERENCE.match(value):
                notes.add("reference", offset, f"{name}: {shown(value)}")


def _check_dates(header: Header, offset: int, notes: Notes) -> None:
    for name in ("WARC-Date", "WARC-Refers-To-Date"):
        value = header.get(name.lower())
        if value and not _is_date(value, SECONDS if header.version == "1.0" else W3CDTF):
            notes.add("date", offset, f"{name}: {shown(value)}")


def _is_date(value: str, form: re.Pattern[str]) -> bool:
    if not form.match(value):
        return False
    day, _, clock = value.rstrip("Z").partition("T")
    whole = clock.partition(".")[0].replace(":60", ":59")  # a leap second, which W3CDTF does not exclude
    try:
        datetime.fromisoformat(day + "-01-01"[len(day) - 4 :] + (f"T{whole}" if whole else ""))
    except ValueError:
        return False
    return True


def _check_target(header: Header, offset: int, notes: Notes) -> None:
    for name in ("WARC-Target-URI", "WARC-Refers-To-Target-URI"):
        value = header.get(name.lower())
        if not value:
            continue
        uri = bare(value)
        if uri != value and header.version == "1.1":
            notes.add("target-uri-bracketed", offset, f"{name}: {shown(value)}")
        if not URI.match(uri):
            notes.add("target-uri", offset, f"{name}: {shown(value)}")
        elif found := UNESCAPED.search(uri):
            notes.add("target-uri-unescaped", offset, f"{name} holds {found[0]!r}: {shown(value)}")


def _check_content(record: RawRecord, notes: Notes) -> None:
    header, offset = record.header, record.offset
    length, content_type = header.get("content-length"), header.get("content-type")
    if length and not (length.isascii() and length.isdigit()):
        notes.add("content-length", offset, f"Content-Length: {shown(length)}")
    if record.block and not content_type and header.type != "continuation":
        notes.add("content-type-missing", offset, f"a block of {len(record.block)} bytes without Content-Type")
    for name in ("Content-Type", "WARC-Identified-Payload-Type"):
        value = header.get(name.lower())
        if value and not is_media_type(value):
            notes.add("content-type", offset, f"{name}: {shown(value)}")
    expected = _expected_type(header)
    if record.block and content_type and expected and content_type.replace(" ", "").lower() not in expected:
        notes.add("media-type", offset, f"{header.type} of {shown(content_type)}, not {expected[0]}")


def _expected_type(header: Header) -> tuple[str, ...]:
    """Return the media types that such a block may have, the first as the standard gives it; none when it leaves it."""
    if header.type == "warcinfo":
        return ("application/warc-fields",)
    if not header.url.lower().startswith(("http:", "https:")):
        return ()
    if header.type in {"request", "response", "revisit"}:
        role = "request" if header.type == "request" else "response"
        return (f"application/http;msgtype={role}", "application/http", f'application/http;msgtype="{role}"')
    return ()


def _check_digests(header: Header, offset: int, notes: Notes) -> None:
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        value = header.get(name.lower())
        problem = parse_digest(value) if value else None
        if isinstance(problem, str):
            rule = "digest-unknown" if problem == "unknown" else "digest-syntax"
            notes.add(rule, offset, f"{name}: {shown(value)}")


def _check_segment(header: Header, offset: int, notes: Notes) -> None:
    for name in ("WARC-Segment-Number", "WARC-Segment-Total-Length"):
        value = header.get(name.lower())
        if value and not (value.isascii() and value.isdigit()):
            notes.add("segment", offset, f"{name}: {shown(value)}")
            return
    number = header.get("warc-segment-number").lstrip("0")
    if "warc-segment-number" not in header:
        return
    if (header.type == "continuation") == (number in {"", "1"}):
        notes.add("segment", offset, f"{header.type} with WARC-Segment-Number: {number or 0}")


def _check_address(value: str, offset: int, notes: Notes) -> None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        notes.add("ip-address", offset, f"WARC-IP-Address: {shown(value)}")
