"""Object stores: a folder, or anything that speaks S3."""

from pipelines.stores.files import FileStore
from pipelines.stores.objects import (
    Abilities,
    Content,
    ObjectStore,
    StoredObject,
    content_of,
    content_of_file,
    stored_content,
    stored_size,
)
from pipelines.stores.opening import folder_of, open_store
from pipelines.stores.s3 import S3Store

__all__ = [
    "Abilities",
    "Content",
    "FileStore",
    "ObjectStore",
    "S3Store",
    "StoredObject",
    "content_of",
    "content_of_file",
    "folder_of",
    "open_store",
    "stored_content",
    "stored_size",
]
