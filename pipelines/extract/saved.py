"""Pages saved as files -> Pages, as if they had been fetched."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import SettingsError
from pipelines.model import Capture, Page

SUFFIXES = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")
GZIP_MAGIC = b"\x1f\x8b"
MAX_BYTES = 50_000_000
CANONICAL = re.compile(
    rb"""<link\b(?=[^>]{0,500}\brel\s*=\s*["']?canonical\b)[^>]{0,500}?\bhref\s*=\s*["']?(https?://[^"'\s>]{1,2000})""",
    re.IGNORECASE,
)


def find_saved(path: Path) -> Iterator[Path]:
    """Yield the saved pages at `path`: itself, or all below the folder, in order of their names.

    Raises:
        SettingsError: there is no such file or folder, or no page in the folder.
    """
    if path.is_dir():
        pages = sorted(file for file in path.rglob("*") if file.name.lower().endswith(SUFFIXES) and file.is_file())
        if not pages:
            raise SettingsError(str(path), f"no saved page in this folder ({', '.join(SUFFIXES)})")
        yield from pages
    elif path.exists():
        yield path
    else:
        raise SettingsError(str(path), "no such file or folder")


def read_saved(path: Path, url: str | None = None) -> Page:
    """Return the page saved at `path`, gzip undone.

    Its URL is `url`, else the page's canonical link, else the file's own; it counts as fetched when the file was
    last written.

    Raises:
        SettingsError: the file cannot be read.
    """
    try:
        stored = path.read_bytes()
        written = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
        payload = _unpacked(stored)
    except (OSError, EOFError, zlib.error) as error:
        raise SettingsError(str(path), f"cannot be read: {error}") from error
    canonical = CANONICAL.search(payload[:200_000])
    address = url or (canonical[1].decode("ascii", "replace") if canonical else path.resolve().as_uri())
    return saved_page(payload, url=address, fetched_at=written)


def saved_page(payload: bytes, *, url: str, fetched_at: datetime, charset: str | None = None) -> Page:
    """Return `payload` as a page that answered at `url`, without a record in any WARC."""
    digest = f"sha256:{hashlib.sha256(payload).hexdigest()}"
    capture = Capture(
        source="saved",
        url=url,
        fetched_at=fetched_at,
        status=200,
        media_type="text/html",
        charset=charset,
        payload_digest=digest,
    )
    return Page(capture=capture, payload=payload)


def _unpacked(stored: bytes) -> bytes:
    """Undo gzip, up to a size no page has: a bomb must not fill the memory."""
    if not stored.startswith(GZIP_MAGIC):
        return stored
    decompressor = zlib.decompressobj(wbits=31)
    payload = decompressor.decompress(stored, MAX_BYTES)
    if not decompressor.eof and not decompressor.unconsumed_tail:
        raise EOFError("the gzip data ends too early")
    return payload
