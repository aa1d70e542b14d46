"""What is done once a day is over: its indexes are merged, its manifest is sealed."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from pipelines.archive.indexes import merge_day
from pipelines.archive.manifests import MANIFESTS, Entry, Event, day_of, has_day, iter_entries, write_part
from pipelines.archive.seals import GRACE, ROOT, Stamp, root_key, seal_days
from pipelines.stores import ObjectStore, content_of, stored_content, stored_size

CDXJ = "text/x-cdxj"
INDEX = re.compile(r"cdxj/(20\d\d)/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/")


def close_days(store: ObjectStore, *, now: datetime, stamp: Stamp | None = None) -> tuple[str, ...]:
    """Merge the indexes and seal the manifest of each day that is over; return the keys of the roots written.

    Whoever calls it again, or at the same time, does no harm.

    Raises:
        ManifestError: a manifest is damaged.
        StoreError: the store failed.
        TimestampError: `stamp` failed; all else is done.
    """
    last_day = (now - GRACE).date() - timedelta(days=1)
    if stored_size(store, root_key(last_day)) is None:
        keys = (found.key for found in store.list(MANIFESTS))
        roots = [day_of(key) for key in keys if key.endswith(ROOT) and has_day(key)]
        since = max(roots) + timedelta(days=1) if roots else None
        _merge(store, _indexed_days(iter_entries(store, since=since, until=last_day)), now)
    return seal_days(store, now=now, stamp=stamp)


def _indexed_days(entries: Iterable[Entry]) -> list[date]:
    """Return the days whose captures were indexed by what the entries tell."""
    found = {match.groups() for entry in entries if (match := INDEX.match(entry.key))}
    return sorted(date(*map(int, day)) for day in found)


def _merge(store: ObjectStore, days: Iterable[date], now: datetime) -> None:
    for day in days:
        if entries := list(_put_merged(store, day, now)):
            write_part(store, entries, now=now)


def _put_merged(store: ObjectStore, day: date, now: datetime) -> Iterator[Entry]:
    """Put the merged indexes of a day; one that lacks what came late is replaced."""
    for key, body in merge_day(store, day):
        content = content_of(body)
        before = None if store.put(key, body, media_type=CDXJ) else stored_content(store, key)
        if before is not None and before != content:
            store.replace(key, body, media_type=CDXJ)
            reason = "captures of the day were indexed later"
            yield Entry(
                key=key,
                size=content.size,
                sha256=content.sha256,
                at=now,
                event=Event.REPLACED,
                was=before.sha256,
                reason=reason,
            )
        else:
            yield Entry(key=key, size=content.size, sha256=content.sha256, at=now)
