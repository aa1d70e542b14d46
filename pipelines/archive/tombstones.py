"""Tombstones: what stays of an article that was taken down.

`takedowns/<article id>.json` tells why and when, and names what went by key, place and digest, so that gaps explain
themselves and whoever holds a copy can prove which it is. It keeps no text, no headline and no author. Its URLs stay,
since they must never be asked for again.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from pipelines.errors import DocumentError, MissingObjectError
from pipelines.stores.objects import ObjectStore

TAKEDOWNS = "takedowns/"


@attrs.frozen(kw_only=True)
class RemovedDocument:
    """A document that was deleted.

    Attributes:
        size: in bytes.
        sha256: `sha256:<hex>` of what it held.
    """

    key: str
    size: int
    sha256: str


@attrs.frozen(kw_only=True)
class RemovedCapture:
    """The records of a capture that were overwritten.

    Attributes:
        segment: key of the WARC, which stays.
        offset, length: of all the records together, in bytes.
        records: how many they were.
        sha256: `sha256:<hex>` of their bytes as they lay in the file.
    """

    segment: str
    offset: int
    length: int
    records: int
    sha256: str


@attrs.frozen(kw_only=True)
class Tombstone:
    """An article that was taken down.

    Attributes:
        article_id: 32 hex digits; of a page that never became an article, those that its URL would give.
        at: when, UTC; of the first time where it was taken down again.
        by: who ordered or did it; None when not told.
        source: `Source.id`; empty when not known.
        urls: every URL that it was found, asked for or answered under.
    """

    article_id: str
    reason: str
    at: datetime
    by: str | None = None
    source: str = ""
    urls: tuple[str, ...] = ()
    documents: tuple[RemovedDocument, ...] = ()
    captures: tuple[RemovedCapture, ...] = ()

    @property
    def key(self) -> str:
        """Where it lies in the store."""
        return f"{TAKEDOWNS}{self.article_id}.json"


def tombstone_json(stone: Tombstone) -> bytes:
    """Return the tombstone as UTF-8 JSON; the same one always gives the same bytes."""
    values = {
        "articleId": stone.article_id,
        "reason": stone.reason,
        "removedAt": stone.at.astimezone(UTC).isoformat(),
        "by": stone.by,
        "source": stone.source,
        "urls": list(stone.urls),
        "documents": [attrs.asdict(document) for document in stone.documents],
        "captures": [attrs.asdict(capture) for capture in stone.captures],
    }
    known = {name: value for name, value in values.items() if value is not None}
    return f"{json.dumps(known, ensure_ascii=False, indent=2)}\n".encode("utf-8", "replace")


def read_tombstone(store: ObjectStore, article_id: str) -> Tombstone | None:
    """Return the tombstone of an article; None when it was never taken down.

    Raises:
        DocumentError: it is damaged.
        StoreError: the store failed.
    """
    key = f"{TAKEDOWNS}{article_id}.json"
    try:
        return _tombstone(json.loads(store.get(key)))
    except MissingObjectError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(f"{store.url}/{key}: not a tombstone: {error}") from error


def read_tombstones(store: ObjectStore) -> Iterator[Tombstone]:
    """Yield all tombstones, sorted by article id; raise as `read_tombstone`."""
    for article_id in tombstone_ids(store):
        stone = read_tombstone(store, article_id)
        if stone is not None:
            yield stone


def tombstone_ids(store: ObjectStore) -> Iterator[str]:
    """Yield the ids of the articles that were taken down, sorted; StoreError when the store failed."""
    for found in store.list(TAKEDOWNS):
        yield found.key.removeprefix(TAKEDOWNS).removesuffix(".json")


def _tombstone(values: Mapping[str, Any]) -> Tombstone:
    return Tombstone(
        article_id=values["articleId"],
        reason=values["reason"],
        at=datetime.fromisoformat(values["removedAt"]),
        by=values.get("by"),
        source=values["source"],
        urls=tuple(values["urls"]),
        documents=tuple(RemovedDocument(**document) for document in values["documents"]),
        captures=tuple(RemovedCapture(**capture) for capture in values["captures"]),
    )
