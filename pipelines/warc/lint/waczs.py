"""The check of a WACZ file (WACZ 1.1.1), the WARCs in it included."""

import hashlib
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import attrs

from pipelines.warc.lint.cdxj import Index, check_index
from pipelines.warc.lint.findings import Finding, Notes, shown
from pipelines.warc.lint.package import DIGEST, PACKAGE, Contents, check_package
from pipelines.warc.lint.pages import PAGES, check_pages
from pipelines.warc.lint.warcs import Place, Readable, lint_warc
from pipelines.warc.streams import FileWarc

WARCS = (".warc", ".warc.gz")
INDEXES = (".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz", ".idx")
LISTS = (".jsonl",)
FOLDERS = {"archive": (WARCS, "wacz-archive"), "indexes": (INDEXES, "wacz-indexes"), "pages": (LISTS, "wacz-extra")}
ALGORITHMS = ("sha256", "md5")  # those that writers of WACZ offer
BLOCK = 1 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@attrs.frozen
class ZippedWarc:
    """A WARC in a WACZ."""

    zip: zipfile.ZipFile
    wacz: str
    entry: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """Where it lies: `<wacz>!archive/<name>`."""
        return f"{self.wacz}!{self.entry.filename}"

    def open(self) -> IO[bytes]:
        """Return it as a stream."""
        return self.zip.open(self.entry)


def lint_wacz(wacz: Readable | Path) -> Iterator[Finding]:
    """Yield what breaks the rules in a WACZ file: first the WARCs in it, then the indexes, the pages and the package.

    Offsets are those of an entry in the ZIP file; within a WARC, of the record in that WARC.

    Raises:
        WarcError: the file is missing or cannot be read.
        StoreError: the store failed.
    """
    file = FileWarc(wacz) if isinstance(wacz, Path) else wacz
    notes = Notes(file.name)
    with closing(file.open()) as stream:
        try:
            packed = zipfile.ZipFile(stream)
        except BROKEN as error:
            notes.add("wacz-zip", 0, f"no ZIP file: {error}")
            yield from notes.drain()
            return
        with packed:
            yield from _Package(packed, notes).check()


class _Package:
    def __init__(self, packed: zipfile.ZipFile, notes: Notes) -> None:
        self._zip = packed
        self._notes = notes
        self._entries = {entry.filename: entry for entry in packed.infolist() if not entry.is_dir()}
        self._contents: dict[str, Contents] = {}
        self._index = Index()

    def check(self) -> Iterator[Finding]:
        """Yield the findings; each file is read once."""
        self._check_names()
        for name, entry in self._entries.items():
            if name.startswith("archive/") and name.endswith(WARCS):
                yield from self._check_warc(entry)
            elif not (name in {PACKAGE, DIGEST} or name.startswith("pages/") or _is_index(name)):
                self._digest(entry)
        for name, entry in self._entries.items():
            if _is_index(name):
                self._check_index(entry)
        for name, entry in self._entries.items():
            if name.startswith("pages/"):
                body = self._read(entry)
                if body is not None and name.endswith(LISTS):
                    check_pages(name, body, entry.header_offset, self._index, self._notes)
        package, digest = (
            self._read(self._entries[name]) if name in self._entries else None for name in (PACKAGE, DIGEST)
        )
        check_package(package, digest, self._contents, self._notes)
        yield from self._notes.drain()

    def _check_names(self) -> None:
        names, notes = self._entries, self._notes
        if not notes.file.endswith(".wacz"):
            notes.add("wacz-suffix", 0, "the name does not end in .wacz")
        for name, count in Counter(self._zip.namelist()).items():
            if count > 1:
                notes.add("wacz-repeated", self._zip.getinfo(name).header_offset, f"{count} files named {shown(name)}")
        for name, entry in names.items():
            suffixes, rule = FOLDERS.get(name.partition("/")[0] if "/" in name else "", ((), ""))
            if rule and not name.endswith(suffixes):
                notes.add(rule, entry.header_offset, f"{shown(name)} does not belong here")
            stored = name.startswith("archive/") or name.endswith(".gz")
            if stored and entry.compress_type != zipfile.ZIP_STORED:
                notes.add("wacz-stored", entry.header_offset, f"{shown(name)} is compressed again by ZIP")
        if not any(name.startswith("archive/") and name.endswith(WARCS) for name in names):
            notes.add("wacz-archive", 0, "no WARC in archive/")
        if not any(map(_is_index, names)):
            notes.add("wacz-indexes", 0, "no index in indexes/")
        if PAGES not in names:
            notes.add("wacz-pages", 0, f"no {PAGES}")

    def _check_warc(self, entry: zipfile.ZipInfo) -> Iterator[Finding]:
        digests, places = _Digests(), self._index.places_of(entry.filename)

        def keep(place: Place) -> None:
            places[place.offset] = (place.length, place.url)

        try:
            yield from lint_warc(ZippedWarc(self._zip, self._notes.file, entry), on_read=digests.update, on_record=keep)
        except BROKEN as error:
            self._damaged(entry, error)
        else:
            self._contents[entry.filename] = digests.contents()

    def _check_index(self, entry: zipfile.ZipInfo) -> None:
        digests = _Digests()
        try:
            with self._zip.open(entry) as stream:
                if entry.filename.endswith(".idx"):
                    digests.update(stream.read())
                else:
                    check_index(
                        entry.filename,
                        stream,
                        self._index,
                        self._notes,
                        offset=entry.header_offset,
                        on_read=digests.update,
                    )
        except BROKEN as error:
            self._damaged(entry, error)
        else:
            self._contents[entry.filename] = digests.contents()

    def _digest(self, entry: zipfile.ZipInfo) -> None:
        digests = _Digests()
        try:
            with self._zip.open(entry) as stream:
                while body := stream.read(BLOCK):
                    digests.update(body)
        except BROKEN as error:
            self._damaged(entry, error)
        else:
            self._contents[entry.filename] = digests.contents()

    def _read(self, entry: zipfile.ZipInfo) -> bytes | None:
        """Return a small file; None when it is damaged, which is noted."""
        try:
            body = self._zip.read(entry)
        except BROKEN as error:
            self._damaged(entry, error)
            return None
        digests = _Digests()
        digests.update(body)
        self._contents[entry.filename] = digests.contents()
        return body

    def _damaged(self, entry: zipfile.ZipInfo, error: BaseException) -> None:
        self._notes.add("wacz-damaged", entry.header_offset, f"{shown(entry.filename)} cannot be read: {error}")
        self._contents[entry.filename] = Contents(size=None, digests={})


def _is_index(name: str) -> bool:
    return name.startswith("indexes/") and name.endswith(INDEXES)


class _Digests:
    """Size and digests of what is read."""

    def __init__(self) -> None:
        self._size = 0
        self._found = {name: hashlib.new(name, usedforsecurity=False) for name in ALGORITHMS}

    def update(self, body: bytes) -> None:
        self._size += len(body)
        for digest in self._found.values():
            digest.update(body)

    def contents(self) -> Contents:
        return Contents(size=self._size, digests={name: digest.hexdigest() for name, digest in self._found.items()})
