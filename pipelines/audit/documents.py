"""A document against the schema, its key, and the record that it names."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pipelines.archive import location_of, validate_document
from pipelines.archive.keys import document_key
from pipelines.audit.problems import Kind, Problem
from pipelines.errors import ArchiveError, DocumentError, StoreError
from pipelines.stores import ObjectStore
from pipelines.warc import Recorded, read_record
from pipelines.warc.records import sha256_digest

REPAIR = (
    "restore a copy; or, where its record is sound, delete the document, run `scrapy catalog rebuild`, and then "
    "`scrapy reprocess` with the WARC that holds the record"
)


def parse_document(key: str, body: bytes) -> dict[str, Any] | Problem:
    """Return the document, or why it is none."""
    try:
        document = json.loads(body)
        validate_document(document)
    except (ValueError, DocumentError) as error:
        return _problem(key, Kind.DOCUMENT, f"is no document that fits the schema: {error}")
    return dict(document)


def check_document(store: ObjectStore, key: str, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong between a document, its key and its record.

    Raises:
        StoreError: the store failed in a way that may pass.
    """
    ours = document["newskeep"]
    if key != document_key(document):
        yield _problem(key, Kind.DOCUMENT, "is not under the key that its source, id, number and fingerprint give")
    location = location_of(document)
    if location is None:
        return
    try:
        recorded = read_record(store, location)
    except StoreError as error:
        if error.retryable:
            raise
        yield _problem(key, Kind.RECORD, f"its record cannot be read: {error}")
    except ArchiveError as error:
        yield _problem(key, Kind.RECORD, f"its record cannot be read: {error}")
    else:
        if wrong := _differences(ours["capture"], recorded):
            yield _problem(key, Kind.RECORD, f"its record differs in: {', '.join(wrong)}")


def _differences(capture: Mapping[str, Any], recorded: Recorded) -> list[str]:
    """Return the names of what the document and the record tell differently."""
    pairs = {
        "url": (capture["url"], recorded.url),
        "fetchedAt": (datetime.fromisoformat(capture["fetchedAt"]), recorded.fetched_at),
        "status": (capture["status"], recorded.status),
        "payloadDigest": (capture["payloadDigest"], sha256_digest(recorded.body)),
    }
    return [name for name, (said, found) in pairs.items() if said != found]


def _problem(key: str, kind: Kind, message: str) -> Problem:
    article = key.split("/")[2:3]
    affects = f"article {article[0]}" if article else "one document"
    return Problem(key=key, kind=kind, message=message, affects=affects, repair=REPAIR)
