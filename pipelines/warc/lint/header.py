"""The header of a record, taken apart strictly."""

import re
from collections import defaultdict
from functools import cached_property

import attrs

from pipelines.warc.lint.findings import Notes, shown

VERSION = re.compile(rb"WARC/(\d+\.\d+)\r?\Z")
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
VERSIONS = {"1.0", "1.1"}


@attrs.define(kw_only=True, slots=False)
class Header:
    """Version and named fields of a record.

    Attributes:
        version: `1.1`; empty when the line is none.
        fields: name and value in order, without the white space around values.
    """

    version: str
    fields: tuple[tuple[str, str], ...]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for name, value in self.fields:
            found[name.lower()].append(value)
        return dict(found)

    @cached_property
    def type(self) -> str:
        """`WARC-Type` in lower case; empty when there is none."""
        return self.get("warc-type").lower()

    def get(self, name: str) -> str:
        """Return the first value of the field, whose name is given in lower case; empty when there is none."""
        return self._by_name.get(name, [""])[0]

    def get_all(self, name: str) -> list[str]:
        """Return all values of the field."""
        return self._by_name.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def names(self) -> dict[str, int]:
        """Each name in lower case with how often it stands there."""
        return {name: len(values) for name, values in self._by_name.items()}

    @cached_property
    def record_id(self) -> str:
        """The record's id without angle brackets."""
        return bare(self.get("warc-record-id"))

    @cached_property
    def url(self) -> str:
        """The target URI without angle brackets; empty when there is none."""
        return bare(self.get("warc-target-uri"))


def bare(uri: str) -> str:
    """Return a URI without the angle brackets around it."""
    return uri[1:-1] if uri[:1] == "<" and uri[-1:] == ">" else uri


def parse_header(raw: bytes, offset: int, notes: Notes) -> Header:
    """Return the header that `raw` holds, blank line included; note what its form breaks (§4)."""
    body = raw.rstrip(b"\r\n")
    if raw.count(b"\n") != raw.count(b"\r\n"):
        notes.add("header-line-break", offset, "a line of the header ends in LF alone")
    first, *lines = body.split(b"\n")
    version = VERSION.match(first)
    if version is None or version[1].decode() not in VERSIONS:
        notes.add("version", offset, f"{shown(first.rstrip())} is not WARC/1.0 or WARC/1.1")
    fields: list[tuple[str, str]] = []
    for line in lines:
        _add_line(fields, _decoded(line.removesuffix(b"\r"), offset, notes), offset, notes)
    for name, value in fields:
        if CONTROL.search(value):
            notes.add("header-control", offset, f"{name} holds a control character: {shown(value)}")
    return Header(version=version[1].decode() if version else "", fields=tuple(fields))


def _decoded(line: bytes, offset: int, notes: Notes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        notes.add("header-utf8", offset, f"not UTF-8: {shown(line)}")
        return line.decode("utf-8", "replace")


def _add_line(fields: list[tuple[str, str]], line: str, offset: int, notes: Notes) -> None:
    if line[:1] in {" ", "\t"} and fields:
        name, value = fields.pop()
        fields.append((name, f"{value} {line.strip()}"))
        notes.add("header-folded", offset, f"{name} goes on over a second line")
        return
    name, colon, value = line.partition(":")
    if not colon or not TOKEN.match(name):
        notes.add("header-line", offset, f"no named field: {shown(line)}")
    else:
        fields.append((name, value.strip(" \t")))
