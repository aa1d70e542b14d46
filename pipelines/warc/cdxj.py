"""CDXJ: one line for each capture of a segment, sorted, so that a URL's captures are found without reading it.

A line is the URL's sort key (`pipelines.warc.surt`), the time in 14 digits and a JSON object. What that holds, and in
which order, is what cdxj-indexer 1.5 writes for the same file.

Source:
    https://specs.webrecorder.net/cdxj/0.1.0/
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs

from pipelines.warc.members import Member, iter_members
from pipelines.warc.records import FIELDS
from pipelines.warc.surt import to_surt

INDEXED = {"response", "revisit", "resource", "metadata"}
CAPTURES = {"response", "revisit", "resource"}
HTTP_SCHEMES = ("http:", "https:")
END_OF_TYPE = re.compile(r"[;\s]")

Fields = dict[str, str]


@attrs.frozen(kw_only=True)
class IndexLine:
    """A line of an index.

    Attributes:
        line: UTF-8, with its line break.
        source: as the capture's metadata record says (`source`); None when it does not.
    """

    line: bytes
    source: str | None = None


def index_segment(path: Path) -> list[IndexLine]:
    """Return the lines of a segment, one gzip member a record, sorted by their bytes.

    Raises:
        WarcError: it cannot be read, or a member is damaged.
    """
    return sorted(index_members(iter_members(path), path.name), key=lambda found: found.line)


def index_members(members: Iterable[Member], filename: str) -> Iterator[IndexLine]:
    """Yield the lines of records in the order they lie in the WARC of this name.

    Metadata records of warc-fields have no line of their own; one tells the source of the capture it follows.
    """
    waiting: IndexLine | None = None
    capture = ""
    for member in members:
        head, _, block = member.content.removesuffix(b"\r\n\r\n").partition(b"\r\n\r\n")
        fields = parse_fields(head)
        kind = fields.get("warc-type", "")
        if kind == "metadata" and waiting and capture and capture in fields.get("warc-concurrent-to", ""):
            waiting = attrs.evolve(waiting, source=waiting.source or parse_fields(b"\r\n" + block).get("source"))
        if kind not in INDEXED or (kind not in {"response", "revisit"} and fields.get("content-type") == FIELDS):
            continue
        if waiting:
            yield waiting
        waiting = IndexLine(line=_line(kind, fields, block, member, filename))
        capture = fields.get("warc-record-id", "") if kind in CAPTURES else ""
    if waiting:
        yield waiting


def parse_fields(head: bytes) -> Fields:
    """Return the named fields after the first line, by their names in lower case.

    Of a repeated one the first counts, except that the values of `WARC-Concurrent-To` are joined by a blank.
    """
    fields: Fields = {}
    for line in head.splitlines()[1:]:
        name, colon, value = _decoded(line).partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "warc-concurrent-to":
            fields[name] = f"{fields.get(name, '')} {value}".strip()
        elif colon:
            fields.setdefault(name, value)
    return fields


def _line(kind: str, fields: Fields, block: bytes, member: Member, filename: str) -> bytes:
    url = fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">").replace(" ", "%20")
    is_http = kind in {"response", "revisit"} and url.startswith(HTTP_SCHEMES) and block
    status, headers, payload = _parse_http(block) if is_http else (None, Fields(), block)
    values = {
        "url": url or None,
        "mime": "warc/revisit" if kind == "revisit" else _media_type(kind, fields, headers),
        "status": status,
        "digest": fields.get("warc-payload-digest") or _digest(kind, payload),
        "length": str(member.length),
        "offset": str(member.offset),
        "filename": filename,
    }
    known = {name: value for name, value in values.items() if value is not None}
    return f"{to_surt(url)} {_timestamp(fields['warc-date'])} {json.dumps(known)}\n".encode()


def _parse_http(block: bytes) -> tuple[str | None, Fields, bytes]:
    """Return status, headers and payload, which keeps its transfer coding."""
    head, _, payload = block.partition(b"\r\n\r\n")
    status_line = _decoded(head.partition(b"\n")[0]).strip()
    return status_line.partition(" ")[2].strip().partition(" ")[0], parse_fields(head), payload


def _media_type(kind: str, fields: Fields, headers: Fields) -> str | None:
    value = (headers if kind == "response" else fields).get("content-type")
    return END_OF_TYPE.split(value, maxsplit=1)[0] if value else value


def _digest(kind: str, payload: bytes) -> str | None:
    """Return the digest that cdxj-indexer makes up for a record that has none."""
    if kind == "revisit":
        return None
    sha1 = hashlib.sha1(payload, usedforsecurity=False)
    return f"sha1:{base64.b32encode(sha1.digest()).decode()}"


def _timestamp(date: str) -> str:
    return f"{datetime.fromisoformat(date).astimezone(UTC):%Y%m%d%H%M%S}"


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
