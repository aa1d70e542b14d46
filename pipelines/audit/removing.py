"""Removing what a tombstone names, in an order that may end anywhere and begin again."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

import attrs

from pipelines.archive import Catalog
from pipelines.archive.indexes import INDEX_SUFFIX, INDEXES, SEGMENT_SUFFIX
from pipelines.archive.manifests import Entry, Event, archive_state, write_part
from pipelines.archive.tombstones import RemovedCapture, Tombstone, tombstone_json
from pipelines.errors import StoreError, WarcError
from pipelines.stores import Content, ObjectStore, content_of, stored_content
from pipelines.warc import SEGMENTS
from pipelines.warc.blanking import blank_member
from pipelines.warc.extents import extents_of, read_lines
from pipelines.warc.streams import StoredWarc

JSON = "application/json"
WARC = "application/warc"
CDXJ = "text/x-cdxj"
NOTHING = content_of(b"")

Places = Mapping[str, Collection[int]]


@attrs.frozen
class _Change:
    """An object before (digest; None when it is new) and after; equal where an earlier run has changed it."""

    before: str | None
    after: Content


def carry_out(store: ObjectStore, catalog: Catalog, stone: Tombstone, *, now: datetime) -> None:
    """Remove what the tombstone names: it is written first, the manifest last. To do it again changes nothing.

    Only one takedown may work on an archive at a time: a segment is read, changed and put back.

    Raises:
        StoreError, WarcError, CatalogError, ManifestError: it is not complete; the same call again completes it.
    """
    changes = _keep(store, stone)
    for document in stone.documents:
        store.delete(document.key)
        if stored_content(store, document.key) is not None:
            raise StoreError(f"{store.url}/{document.key}: still there after it was deleted", retryable=True)
        changes[document.key] = _Change(document.sha256, NOTHING)
    places = defaultdict(list)
    for capture in stone.captures:
        places[capture.segment].append(capture)
    for segment, captures in places.items():
        changes[segment] = _blank(store, stone, segment, captures)
    changes |= dict(_strip_indexes(store, {key: {one.offset for one in found} for key, found in places.items()}))
    catalog.removals.carry_out(stone)
    _enter(store, stone, changes, now)


def _keep(store: ObjectStore, stone: Tombstone) -> dict[str, _Change]:
    """Write the tombstone; in the place of one that named less."""
    body, before = tombstone_json(stone), None
    if not store.put(stone.key, body, media_type=JSON):
        found = store.get(stone.key)
        before = content_of(found).sha256
        if found != body:
            store.replace(stone.key, body, media_type=JSON)
    return {stone.key: _Change(before, _confirmed(store, stone.key, body))}


def _blank(store: ObjectStore, stone: Tombstone, segment: str, captures: Collection[RemovedCapture]) -> _Change:
    """Put a record of the takedown in the place of each capture in a segment."""
    warc = StoredWarc(store, segment)
    waiting = [capture for capture in captures if not _is_blank(warc, capture)]
    if not waiting:
        stored = stored_content(store, segment) or NOTHING
        return _Change(stored.sha256, stored)
    blanks = {capture.offset: _blank_of(warc, stone, capture) for capture in waiting}
    body = bytearray(store.get(segment))
    before = content_of(bytes(body)).sha256
    for offset, blank in blanks.items():
        body[offset : offset + len(blank)] = blank
    store.replace(segment, bytes(body), media_type=WARC)
    return _Change(before, _confirmed(store, segment, bytes(body)))


def _is_blank(warc: StoredWarc, capture: RemovedCapture) -> bool:
    """Whether the capture has been overwritten.

    Raises:
        WarcError: there is neither the capture nor a record of its takedown.
    """
    if content_of(warc.read(capture.offset, capture.length)).sha256 == capture.sha256:
        return False
    if "takedown" in read_lines(warc, capture.offset):
        return True
    raise WarcError(f"{warc.name}: byte {capture.offset} does not hold what is to be removed; run `scrapy verify`")


def _blank_of(warc: StoredWarc, stone: Tombstone, capture: RemovedCapture) -> bytes:
    extent = next(extents_of(warc, capture.offset))
    lines = (
        ("takedown", stone.article_id),
        ("removed-at", stone.at.astimezone(UTC).isoformat()),
        ("removed-records", str(capture.records)),
        ("removed-digest", capture.sha256),
        ("reason", stone.reason),
    )
    return blank_member(
        capture.length,
        lines,
        date=stone.at,
        name=f"{warc.key}#{capture.offset}",
        warcinfo_id=extent.warcinfo_id,
        spare="reason",
    )


def _strip_indexes(store: ObjectStore, places: Mapping[str, Collection[int]]) -> Iterator[tuple[str, _Change]]:
    """Take the lines of these captures out of every index of their segments."""
    names = {segment.rpartition("/")[2]: offsets for segment, offsets in places.items()}
    days = {segment.removeprefix(SEGMENTS).rpartition("/")[0] for segment in places}
    stems = [segment.removesuffix(SEGMENT_SUFFIX).removesuffix(".warc") + INDEX_SUFFIX for segment in places]
    for prefix in (*stems, *(f"{INDEXES}{day}/" for day in sorted(days))):
        for key in [found.key for found in store.list(prefix) if found.key.endswith(INDEX_SUFFIX)]:
            found = store.get(key)
            kept = b"".join(line for line in found.splitlines(keepends=True) if not _names(line, names))
            if kept != found:
                store.replace(key, kept, media_type=CDXJ)
            yield key, _Change(content_of(found).sha256, _confirmed(store, key, kept))


def _names(line: bytes, places: Places) -> bool:
    """Whether a line of CDXJ names one of the captures."""
    values = json.loads(line.split(b" ", 2)[2])
    return int(values["offset"]) in places.get(values["filename"].rpartition("/")[2], ())


def _enter(store: ObjectStore, stone: Tombstone, changes: Mapping[str, _Change], now: datetime) -> None:
    """Write the manifest's lines for what it does not tell yet."""
    state = archive_state(store)
    entries = [_entry(stone, key, change, state.get(key), now) for key, change in changes.items()]
    told = [entry for entry in entries if entry is not None]
    if told:
        write_part(store, told, now=now)


def _entry(stone: Tombstone, key: str, change: _Change, known: Entry | None, now: datetime) -> Entry | None:
    was = known.sha256 if known else change.before
    if (known and known.event == Event.REMOVED) or (was == change.after.sha256 and (known or key != stone.key)):
        return None
    removed = Event.REMOVED if change.after is NOTHING else Event.REPLACED
    return Entry(
        key=key,
        size=change.after.size,
        sha256=change.after.sha256,
        at=now,
        event=Event.STORED if key == stone.key and known is None else removed,
        was=None if key == stone.key and known is None else was,
        reason=f"takedown of {stone.article_id}: {stone.reason}",
    )


def _confirmed(store: ObjectStore, key: str, body: bytes) -> Content:
    """Return what the object holds, which the store gives back as it was sent."""
    content = content_of(body)
    if stored_content(store, key) != content:
        raise StoreError(f"{store.url}/{key}: gives back something else than was written", retryable=True)
    return content
