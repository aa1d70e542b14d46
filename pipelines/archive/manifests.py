"""Manifests: what the archive holds, noted as it comes, so that nothing can be lost or changed unseen.

A part is a file of JSON lines under `manifests/YYYY/MM/DD/<HHMMSSmmm>-<8 hex of its sha256>.jsonl`, written once. Every
object under `documents/`, `warc/`, `cdxj/` and `takedowns/` has a line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import attrs

from pipelines.errors import ManifestError, StoreError
from pipelines.stores.objects import ObjectStore, content_of

MANIFESTS = "manifests/"
PART = ".jsonl"
MEDIA_TYPE = "application/jsonl"


class Event(StrEnum):
    """What happened to an object."""

    STORED = "stored"
    REPLACED = "replaced"
    REMOVED = "removed"


@attrs.frozen(kw_only=True)
class Entry:
    """One line of a manifest.

    Attributes:
        key: the object's key in the store.
        size, sha256: of what the object holds from then on, in bytes and as `sha256:<hex>`; of nothing when removed.
        at: when it was noted, UTC, by the clock of whoever noted it.
        was: digest of what it held before; None when it is new.
        reason: why it was replaced or removed.
    """

    key: str
    size: int
    sha256: str
    at: datetime
    event: Event = Event.STORED
    was: str | None = None
    reason: str | None = None


def write_part(store: ObjectStore, entries: Iterable[Entry], *, now: datetime) -> str:
    """Write the entries as one part, in their order, read it back, and return its key.

    Raises:
        ValueError: there are no entries.
        StoreError: the store failed, or gives back something else; no part may be relied upon.
    """
    body = b"".join(_line(entry) for entry in entries)
    if not body:
        raise ValueError("a part of a manifest needs an entry")
    key = _part_key(body, now)
    write_and_compare(store, key, body, media_type=MEDIA_TYPE)
    return key


def write_and_compare(store: ObjectStore, key: str, body: bytes, *, media_type: str) -> None:
    """Put the object once and read it back; to write the same again is no failure.

    Raises:
        StoreError: the store failed, or holds something else under the key.
    """
    store.put(key, body, media_type=media_type)
    if store.get(key) != body:
        raise StoreError(f"{store.url}/{key}: gives back something else than was written", retryable=True)


def iter_entries(store: ObjectStore, *, since: date | None = None, until: date | None = None) -> Iterator[Entry]:
    """Yield the entries in the order of their parts' keys, from the day `since` on and up to the day `until`.

    Raises:
        ManifestError: a part is damaged.
        StoreError: the store failed.
    """
    for key in part_keys(store):
        day = day_of(key)
        if (since is None or day >= since) and (until is None or day <= until):
            yield from read_part(store, key)


def archive_state(store: ObjectStore) -> dict[str, Entry]:
    """Return the entry of each key that holds (see `later_of`), removed ones as well; raise as `iter_entries`."""
    state: dict[str, Entry] = {}
    for entry in iter_entries(store):
        known = state.get(entry.key)
        state[entry.key] = later_of(known, entry) if known else entry
    return state


def later_of(first: Entry, second: Entry) -> Entry:
    """Return which of two entries of a key holds, the second one read later.

    The clocks of two machines may differ, so what follows from the events themselves goes before the order of the
    parts: keys are never used again after a removal, nothing is stored anew after it was replaced, and a replacement
    names what it replaced.
    """
    ranks = list(Event)
    if first.event != second.event:
        return max(first, second, key=lambda entry: ranks.index(entry.event))
    if first.event == Event.REPLACED and first.was == second.sha256 and second.was != first.sha256:
        return first
    return second


def read_part(store: ObjectStore, key: str) -> Iterator[Entry]:
    """Yield the entries of one part; raise as `iter_entries`."""
    for number, line in enumerate(store.get(key).splitlines(), 1):
        try:
            yield _entry(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise ManifestError(f"{store.url}/{key}", f"line {number} is no entry of a manifest") from error


def part_keys(store: ObjectStore, prefix: str = MANIFESTS) -> list[str]:
    """Return the keys of all parts below a prefix, sorted."""
    return sorted(found.key for found in store.list(prefix) if found.key.endswith(PART) and has_day(found.key))


def has_day(key: str) -> bool:
    """Whether a key is that of a part or root; others under `manifests/` are strangers, which `check_chain` tells."""
    try:
        day_of(key)
    except ManifestError:
        return False
    return True


def day_of(key: str) -> date:
    """Return the day in the key of a part or root.

    Raises:
        ManifestError: there is none.
    """
    try:
        year, month, day = key.removeprefix(MANIFESTS).split("/")[:3]
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ManifestError(key, "is not the key of a manifest, which begins with manifests/YYYY/MM/DD/") from None


def day_prefix(day: date) -> str:
    """Return where the parts and the root of a day lie."""
    return f"{MANIFESTS}{day:%Y/%m/%d}/"


def _part_key(body: bytes, now: datetime) -> str:
    moment = now.astimezone(UTC)
    name = f"{moment:%H%M%S}{moment.microsecond // 1000:03d}"
    return f"{day_prefix(moment.date())}{name}-{content_of(body).sha256[7:15]}{PART}"


def _line(entry: Entry) -> bytes:
    values = attrs.asdict(entry) | {"at": entry.at.astimezone(UTC).isoformat()}
    known = {name: value for name, value in values.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _entry(values: Mapping[str, Any]) -> Entry:
    at, event = datetime.fromisoformat(values["at"]), Event(values["event"])
    texts = (values["key"], values["sha256"], values.get("was", ""), values.get("reason", ""))
    if at.tzinfo is None or not isinstance(values["size"], int) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a value of another kind")
    return Entry(**{**values, "at": at, "event": event})
