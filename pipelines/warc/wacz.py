"""WACZ 1.1.1: a WARC with its index and its pages in one ZIP file, for ReplayWeb.page, pywb and their kin.

Source:
    https://specs.webrecorder.net/wacz/1.1.1/
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any

import attrs

from pipelines.model import WarcLocation
from pipelines.stores.objects import ObjectStore
from pipelines.warc.records import GZIP, warc_date
from pipelines.warc.selection import SelectedWarc, Sink

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

    @contextmanager
    def resource(self, path: str, *, deflated: bool = False) -> Iterator[_Resource]:
        """Give a file to write to, which is listed once it is complete."""
        information = zipfile.ZipInfo(path, self._now.timetuple()[:6])
        information.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
        information.external_attr = 0o644 << 16
        with self.zip.open(information, "w", force_zip64=True) as file:
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
) -> int:
    """Write the pages' captures as a WACZ; return how many pages it has.

    Captures go through one at a time; what must wait for its place in the package waits on the disk.

    Args:
        pages: in the order in which they are to be listed.
        store: the archive.
        output: need not be seekable.
        information: more lines for the warcinfo record; its `software` is the package's, too.
        now: the time, aware.

    Raises:
        WarcError: the segment of a capture is missing, or holds something else at its place.
        StoreError: the store failed.
    """
    package = _Package(output, now)
    with package.zip, tempfile.TemporaryFile() as waiting:
        count = _write_captures(package, pages, waiting, store, information, now)
        waiting.seek(0)
        with package.resource("pages/pages.jsonl", deflated=True) as file:
            shutil.copyfileobj(waiting, file)
        described = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": f"{count} archived pages",
            "created": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "software": information.get("software", "newskeep"),
            "resources": list(package.resources),
        }
        datapackage = package.write_json("datapackage.json", described)
        package.write_json("datapackage-digest.json", {"path": datapackage["path"], "hash": datapackage["hash"]})
    return count


def _write_captures(
    package: _Package,
    pages: Iterable[WaczPage],
    listed: Sink,
    store: ObjectStore,
    information: Mapping[str, str],
    now: datetime,
) -> int:
    """Write archive and indexes into the package, and the pages to `listed`."""
    moment = now.astimezone(UTC)
    filename = f"newskeep-export-{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}.warc.gz"
    listed.write(_json_line({"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}))
    count = 0
    with package.resource(f"archive/{filename}") as file:
        warc = SelectedWarc(store, file, filename=filename, information=information, now=now)
        with warc:
            for count, page in enumerate(pages, 1):
                warc.add(page.location)
                listed.write(_page_line(page))
            ...
    return count


def _page_line(page: WaczPage) -> bytes:
    moment = warc_date(page.captured_at)
    return _json_line({"id": page.id, "url": page.url, "ts": moment, "title": page.title, "text": page.text})


def _json_line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"
