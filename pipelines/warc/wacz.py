"""WACZ 1.1.1: a WARC with its index and its pages in one ZIP file, for ReplayWeb.page, pywb and their kin.

Source:
    https://specs.webrecorder.net/wacz/1.1.1/
"""

import hashlib
import itertools
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any

import attrs

from pipelines.model import WarcLocation
from pipelines.stores.objects import ObjectStore
from pipelines.warc.records import GZIP, sha256_digest, warc_date
from pipelines.warc.selection import SelectedWarc, Sink
from pipelines.warc.sorting import DiskSet
from pipelines.warc.writer import host_name

VERSION = "1.1.1"
INDEX = "index.cdx.gz"
INDEX_BLOCK = 1024  # lines; a reader fetches one block for each URL it looks up


@attrs.frozen(kw_only=True)
class WaczPage:
    """A page that a reader of the package is offered.

    Attributes:
        id: unique in the package.
        url, captured_at: of the capture, by which it is found.
        text: for searching.
        location: where the archive holds the capture.
    """

    id: str
    url: str
    captured_at: datetime
    title: str
    text: str
    location: WarcLocation


class _Resource:
    """A file of the package, measured as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self._size = 0

    def write(self, body: bytes) -> int:
        """Take the bytes."""
        self._sha256.update(body)
        self._size += len(body)
        return self._file.write(body)

    def entry(self, path: str) -> dict[str, Any]:
        """Return what datapackage.json says of it."""
        name = path.rpartition("/")[2].lower()
        return {"name": name, "path": path, "hash": f"sha256:{self._sha256.hexdigest()}", "bytes": self._size}


class _Package:
    """The ZIP file, and the resources in it so far."""

    def __init__(self, output: IO[bytes], now: datetime) -> None:
        self.zip = zipfile.ZipFile(output, "w")
        self.resources: list[dict[str, Any]] = []
        self._now = now.astimezone(UTC)
        self.stamp = f"{self._now:%Y%m%d%H%M%S}{self._now.microsecond // 1000:03d}"

    @contextmanager
    def resource(self, path: str, *, deflated: bool = False) -> Iterator[_Resource]:
        """Give a file to write to, which is listed once it is complete."""
        information = zipfile.ZipInfo(path, self._now.timetuple()[:6])
        information.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
        information.external_attr = 0o644 << 16
        # Never in ZIP64 form, whose longer local header ReplayWeb.page does not expect; `max_bytes` keeps below it.
        with self.zip.open(information, "w") as file:
            resource = _Resource(file)
            yield resource
        self.resources.append(resource.entry(path))

    def write_json(self, path: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Write a small file; return its entry."""
        with self.resource(path, deflated=True) as file:
            file.write(json.dumps(value, indent=2).encode() + b"\n")
        return self.resources[-1]


def write_wacz(
    pages: Iterable[WaczPage],
    store: ObjectStore,
    output: IO[bytes],
    *,
    information: Mapping[str, str],
    now: datetime,
    max_bytes: int = 10**9,
) -> int:
    """Write the pages' captures as a WACZ; return how many pages it has.

    Captures go through one at a time; what must wait for its place in the package waits on the disk.

    Args:
        pages: in the order in which they are to be listed.
        store: the archive.
        output: need not be seekable.
        information: more lines for the warcinfo record; its `software` is the package's, too.
        now: the time, aware.
        max_bytes: a WARC of the package that reaches this is followed by another.

    Raises:
        WarcError: the segment of a capture is missing, or holds something else at its place.
        StoreError: the store failed.
    """
    moment = now.astimezone(UTC)
    package = _Package(output, moment)
    with package.zip, tempfile.TemporaryFile() as listed, DiskSet() as taken, DiskSet() as index:

        def begin(file: Sink, filename: str) -> SelectedWarc:
            return SelectedWarc(
                store, file, taken=taken, index=index, filename=filename, information=information, now=now
            )

        count = _write_pages(package, pages, listed, begin, max_bytes)
        _write_index(package, index)
        listed.seek(0)
        with package.resource("pages/pages.jsonl", deflated=True) as file:
            shutil.copyfileobj(listed, file)
        _describe(package, count, information, moment)
    return count


def _write_pages(
    package: _Package,
    pages: Iterable[WaczPage],
    listed: Sink,
    begin: Callable[[Sink, str], SelectedWarc],
    max_bytes: int,
) -> int:
    """Put each page's capture into a WARC of the package and its line into the list; return how many there were."""
    listed.write(_json_line({"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}))
    waiting, count = iter(pages), 0
    page = next(waiting, None)
    for serial in itertools.count():
        filename = f"newskeep_export-{package.stamp}-{serial:05d}-{host_name()}.warc.gz"
        with package.resource(f"archive/{filename}") as file:
            warc = begin(file, filename)
            while page is not None and warc.size < max_bytes:
                warc.add(page.location)
                listed.write(_page_line(page))
                page, count = next(waiting, None), count + 1
        if page is None:
            break
    return count


def _page_line(page: WaczPage) -> bytes:
    moment = warc_date(page.captured_at)
    return _json_line({"id": page.id, "url": page.url, "ts": moment, "title": page.title, "text": page.text})


def _write_index(package: _Package, lines: Iterable[bytes]) -> None:
    """Write the lines in compressed blocks, and where each block begins (ZipNum)."""
    waiting, offset = iter(lines), 0
    places = [b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "%s"}\n' % INDEX.encode()]
    with package.resource(f"indexes/{INDEX}") as file:
        while block := list(islice(waiting, INDEX_BLOCK)):
            packer = zlib.compressobj(wbits=GZIP)
            packed = packer.compress(b"".join(block)) + packer.flush()
            file.write(packed)
            place = {"offset": offset, "length": len(packed), "digest": sha256_digest(packed)}
            places.append(block[0].partition(b"{")[0] + _json_line(place))
            offset += len(packed)
    with package.resource("indexes/index.idx", deflated=True) as file:
        file.write(b"".join(places))


def _describe(package: _Package, count: int, information: Mapping[str, str], moment: datetime) -> None:
    """Write datapackage.json, which lists every other file, and the digest that vouches for it."""
    described = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": f"{count} archived pages",
        "created": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "software": information.get("software", "newskeep"),
        "resources": list(package.resources),
    }
    datapackage = package.write_json("datapackage.json", described)
    package.write_json("datapackage-digest.json", {"path": datapackage["path"], "hash": datapackage["hash"]})


def _json_line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"
