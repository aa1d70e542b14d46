"""From `ARCHIVE_URL` to an object store."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines.errors import SettingsError
from pipelines.stores.files import FileStore
from pipelines.stores.objects import ObjectStore, StoredObject
from pipelines.stores.s3_client import connect_s3

__all__ = ["ObjectStore", "StoredObject", "open_store"]

FORMS = "write file:FOLDER, file:///ABSOLUTE/FOLDER or s3://BUCKET/PREFIX"


def open_store(url: str, *, lock_days: int = 0) -> ObjectStore:
    """Return the store at `url`: `file:archive`, `file:///srv/archive` or `s3://bucket/prefix`.

    Nothing is asked or made yet; `ObjectStore.check` does that. For `lock_days` after it is written an object can be
    removed only with the right to bypass governance (S3 object lock).

    Raises:
        SettingsError: `url` is none of the three forms, or the store there cannot lock.
    """
    parts = urlsplit(url)
    if lock_days < 0:
        raise SettingsError("OBJECT_LOCK_DAYS", f"{lock_days} is negative; write a number of days, or 0 for no lock")
    if parts.scheme == "file":
        if lock_days:
            raise SettingsError("OBJECT_LOCK_DAYS", f"{url} is a folder, which cannot lock; set 0 or use s3://")
        return FileStore(folder_of(url))
    if parts.scheme == "s3":
        if not parts.netloc:
            raise SettingsError("ARCHIVE_URL", f"{url!r} names no bucket; {FORMS}")
        return connect_s3(parts.netloc, parts.path, lock_days=lock_days)
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
