"""CDXJ indexes, compared with the WARCs they tell of (CDXJ 0.1.0)."""

import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.package import read_object
from pipelines.warc.records import GZIP

LINE = re.compile(rb"(\S+) (\d{14}|\d{17}) (\{.*\})\s*\Z")
HEADER = b"!meta"
STEP = 1 << 16
LONGEST = 1 << 20  # bytes of a line that are looked at; a package may hold gigabytes without a line break
END = 4  # the line breaks after a record, which some indexers of plain WARCs do not count

Places = dict[int, tuple[int, str]]


class Index:
    """What the WARCs of a WACZ hold, by place, and what its indexes tell."""

    def __init__(self) -> None:
        self._places: dict[str, Places] = {}
        self._urls: set[int] = set()

    def places_of(self, path: str) -> Places:
        """Return offset to length and URL for the records of a WARC, to be filled by the caller."""
        return self._places.setdefault(path.removeprefix("archive/"), {})

    def add_url(self, url: str) -> None:
        """Take in a URL that an index has."""
        self._urls.add(hash(url))

    def has_url(self, url: str) -> bool:
        """Whether an index has the URL."""
        return hash(url) in self._urls

    def find(self, filename: str, offset: int) -> tuple[int, str] | None:
        """Return length and URL of the record there; None when there is none."""
        return self._places.get(filename.removeprefix("archive/"), {}).get(offset)


def check_index(
    name: str, stream: IO[bytes], index: Index, notes: Notes, *, offset: int, on_read: Callable[[bytes], object]
) -> None:
    """Note lines that are no CDXJ, out of order, or at odds with the WARCs.

    Raises:
        zlib.error, EOFError: a compressed index is damaged or cut short.
    """
    before = b""
    for number, line in enumerate(_lines(stream, on_read, packed=name.endswith(".gz")), start=1):
        if line.startswith(HEADER) or not line.strip():
            continue
        where = f"{shown(name)}:{number}"
        found = LINE.match(line)
        values = read_object(found[3]) if found else None
        if values is None:
            notes.add("cdxj-line", offset, f"{where}: {shown(line)}")
            continue
        if line < before:
            notes.add("cdxj-order", offset, f"{where} should stand before the line before it")
        before = line
        _check_place(values, where, offset, index, notes)


def _check_place(values: dict[str, Any], where: str, offset: int, index: Index, notes: Notes) -> None:
    url, filename = str(values.get("url") or ""), str(values.get("filename") or "")
    index.add_url(url)
    place, length = (_number(values.get(name)) for name in ("offset", "length"))
    found = index.find(filename, place) if place is not None else None
    if found is None:
        notes.add("cdxj-place", offset, f"{where}: no record at byte {place} of {shown(filename)}")
    elif length not in {found[0], found[0] - END}:
        notes.add("cdxj-place", offset, f"{where}: the record at byte {place} has {found[0]} bytes, not {length}")
    elif url != found[1]:
        notes.add("cdxj-url", offset, f"{where}: {shown(url)}, but the record at byte {place} is {shown(found[1])}")


def _number(value: Any) -> int | None:
    """Return a number that may be written as a string, as the reference indexer does."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _lines(stream: IO[bytes], on_read: Callable[[bytes], object], *, packed: bool) -> Iterator[bytes]:
    rest = b""
    for data in _inflated(stream, on_read) if packed else _read(stream, on_read):
        *lines, rest = (rest + data).split(b"\n")
        yield from lines
        rest = rest[:LONGEST]
    if rest:
        yield rest


def _read(stream: IO[bytes], on_read: Callable[[bytes], object]) -> Iterator[bytes]:
    while data := stream.read(STEP):
        on_read(data)
        yield data


def _inflated(stream: IO[bytes], on_read: Callable[[bytes], object]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(GZIP)
    for data in _read(stream, on_read):
        waiting = data
        while waiting:
            yield inflater.decompress(waiting, STEP)
            waiting = inflater.unconsumed_tail or inflater.unused_data
            if inflater.eof:
                inflater = zlib.decompressobj(GZIP)
    if inflater.unconsumed_tail:
        raise EOFError("cut short")
