"""From `ARCHIVE_URL` to an object store."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines.errors import SettingsError
from pipelines.stores.files import FileStore
from pipelines.stores.objects import ObjectStore, StoredObject
from pipelines.stores.s3 import connect_s3

__all__ = ["ObjectStore", "StoredObject", "open_store"]

FORMS = "write file:FOLDER, file:///ABSOLUTE/FOLDER or s3://BUCKET/PREFIX"


def open_store(url: str) -> ObjectStore:
    """Return the store at `url`: `file:archive`, `file:///srv/archive` or `s3://bucket/prefix`.

    Nothing is asked or made yet; `ObjectStore.check` does that.

    Raises:
        SettingsError: `url` is none of the three forms.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FileStore(folder_of(url))
    if parts.scheme == "s3":
        if not parts.netloc:
            raise SettingsError("ARCHIVE_URL", f"{url!r} names no bucket; {FORMS}")
        return connect_s3(parts.netloc, parts.path)
    raise SettingsError("ARCHIVE_URL", f"{url!r} is no store; {FORMS}")


def folder_of(url: str) -> Path:
    """Return the path that a `file:` URL names.

    Raises:
        SettingsError: the URL names a host or no path.
    """
    parts = urlsplit(url)
    if parts.netloc not in {"", "localhost"} or not parts.path:
        raise SettingsError("ARCHIVE_URL", f"{url!r} names no folder on this machine; {FORMS}")
    return Path(unquote(parts.path))
