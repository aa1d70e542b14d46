"""The files that an argument names."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import StoreError, WarcError
from pipelines.stores.opening import folder_of, open_store
from pipelines.warc.streams import FileWarc, StoredWarc, Warc

SUFFIXES = (".warc", ".warc.gz", ".wacz")


def find_lintable(url: str) -> Sequence[Warc]:
    """Return the WARC or WACZ at `url` (a path, `file:` or `s3://` URL), or each in that folder, sorted by name.

    Raises:
        WarcError: the folder holds none.
        StoreError: the store holds none there, or failed.
    """
    if url.startswith("s3://"):
        return _stored(url)
    if re.match(r"(?!file:)[a-z0-9+.-]+://", url, re.IGNORECASE):
        raise WarcError(f"{url}: cannot be read from there; give a path, a file: or an s3:// URL")
    path = folder_of(url) if url.startswith("file:") else Path(url)
    if not path.is_dir():
        return [FileWarc(path)]
    found = sorted(file for file in path.rglob("*") if file.name.endswith(SUFFIXES) and file.is_file())
    if not found:
        raise WarcError(f"{path}: no .warc, .warc.gz or .wacz file in this folder")
    return [FileWarc(file) for file in found]


def _stored(url: str) -> Sequence[Warc]:
    parts = urlsplit(url)
    if not parts.netloc:
        raise WarcError(f"{url!r} names no bucket; write s3://BUCKET/KEY")
    store, key = open_store(f"s3://{parts.netloc}"), parts.path.removeprefix("/")
    found = [stored.key for stored in store.list(key) if stored.key.endswith(SUFFIXES)]
    if key.endswith(SUFFIXES):
        found = [one for one in found if one == key]
    if not found:
        raise StoreError(f"{url}: no such WARC or WACZ")
    return [StoredWarc(store, one) for one in found]
