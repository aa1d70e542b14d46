"""Revision -> objects, and back: the spool, the documents, the catalog."""

from pipelines.archive.catalog import Catalog, Rebuilt, open_catalog
from pipelines.archive.days import close_days
from pipelines.archive.document import (
    location_of,
    read_document,
    read_documents,
    to_document,
    to_json,
    validate_document,
)
from pipelines.archive.keys import DOCUMENTS, revision_key
from pipelines.archive.originals import Originals
from pipelines.archive.outlet import Outlet, adopt_documents
from pipelines.archive.refusals import Refusal
from pipelines.archive.rows import RevisionRow
from pipelines.archive.spool import Spool
from pipelines.archive.spooled import SpooledStore
from pipelines.archive.timestamps import request_stamp
from pipelines.archive.uploader import Uploader

__all__ = [
    "DOCUMENTS",
    "Catalog",
    "Originals",
    "Outlet",
    "Rebuilt",
    "Refusal",
    "RevisionRow",
    "Spool",
    "SpooledStore",
    "Uploader",
    "adopt_documents",
    "close_days",
    "location_of",
    "open_catalog",
    "read_document",
    "read_documents",
    "request_stamp",
    "revision_key",
    "to_document",
    "to_json",
    "validate_document",
]
