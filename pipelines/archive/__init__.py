"""Revision -> objects, and back: the store, the WARC segments, the documents, the catalog."""

from pipelines.archive.catalog import Catalog, Rebuilt, open_catalog
from pipelines.archive.document import (
    read_document,
    read_documents,
    to_document,
    to_json,
    validate_document,
)
from pipelines.archive.exchange import Exchange
from pipelines.archive.keys import DOCUMENTS, revision_key, segment_key
from pipelines.archive.objects import ObjectStore, StoredObject
from pipelines.archive.reader import Recorded, captures_of, iter_captures, read_at, read_record
from pipelines.archive.rows import RevisionRow
from pipelines.archive.spool import Recovery, Spool
from pipelines.archive.store import open_store
from pipelines.archive.streams import Warc, find_warcs
from pipelines.archive.warc import WarcWriter

__all__ = [
    "DOCUMENTS",
    "Catalog",
    "Exchange",
    "ObjectStore",
    "Rebuilt",
    "Recorded",
    "Recovery",
    "RevisionRow",
    "Spool",
    "StoredObject",
    "Warc",
    "WarcWriter",
    "captures_of",
    "find_warcs",
    "iter_captures",
    "open_catalog",
    "open_store",
    "read_at",
    "read_document",
    "read_documents",
    "read_record",
    "revision_key",
    "segment_key",
    "to_document",
    "to_json",
    "validate_document",
]
