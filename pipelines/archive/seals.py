"""Sealing: the parts of a day under one root, and each root in the next, so that a change in the past is seen.

A root, `manifests/YYYY/MM/DD/root.json`, lists parts and holds the Merkle tree hash (RFC 6962 section 2.1) over the
previous root (as `sha256:<hex>`; nothing for the first) and then every line, without its line break, of every part
listed, in the order of their keys. A time stamp of the hash may lie beside it, as `root.tsr`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import attrs

from pipelines.archive.manifests import MANIFESTS, PART, day_of, day_prefix, has_day
from pipelines.archive.merkle import tree_hash
from pipelines.errors import ManifestError, StoreError
from pipelines.stores.objects import ObjectStore, content_of

ROOT = "/root.json"
STAMP = "/root.tsr"
GRACE = timedelta(hours=1)  # a part that was named before midnight may be written after it

Stamp = Callable[[bytes], bytes]


@attrs.frozen(kw_only=True)
class SealedPart:
    """A part as a root lists it."""

    key: str
    sha256: str
    size: int
    lines: int


@attrs.frozen(kw_only=True)
class Previous:
    """The root before, and its day as YYYY-MM-DD."""

    day: str
    root: str


@attrs.frozen(kw_only=True)
class Root:
    """What seals a day.

    Attributes:
        day: YYYY-MM-DD.
        previous: the root of the last day sealed before; None for the first.
        parts: those of the day, and those of earlier days that came after their own day was sealed, by key.
        lines: of all parts together.
        root: the tree hash, `sha256:<hex>`.
    """

    day: str
    previous: Previous | None
    parts: tuple[SealedPart, ...]
    lines: int
    root: str

    @property
    def digest(self) -> bytes:
        """The tree hash as 32 bytes, which is what a time stamp is for."""
        return bytes.fromhex(self.root.removeprefix("sha256:"))


def seal_days(store: ObjectStore, *, now: datetime, stamp: Stamp | None = None) -> tuple[str, ...]:
    """Seal each day that has been over for an hour, oldest first; return the keys of the roots written.

    Whoever comes second to a day goes on from the root that is there. A part that came after its day was sealed
    goes into the next root. When a root of a later day is there, a clock is wrong, perhaps this one, and nothing is
    sealed until that day is over.

    `stamp` gives the time stamp of a root. Only the newest root gets one, when it has none: the chain leads from it
    to all before.

    Raises:
        ManifestError: a part or root is damaged; days before it are sealed.
        StoreError: the store failed.
        TimestampError: `stamp` failed; every day is sealed, and the stamp is tried again by the next call.
    """
    last_day = (now.astimezone(UTC) - GRACE).date() - timedelta(days=1)
    newest = root_key(last_day)
    written: tuple[str, ...] = ()
    keys = {found.key for found in store.list(day_prefix(last_day))}
    if newest not in keys:
        keys = {found.key for found in store.list(MANIFESTS) if has_day(found.key)}
        written = _seal(store, keys, last_day)
        newest = max({*written, *_roots(keys)}, default="")
    if stamp and newest and stamp_key(newest) not in keys:
        _put_stamp(store, newest, stamp)
    return written


def read_root(store: ObjectStore, key: str) -> Root:
    """Return the root under `key`.

    Raises:
        ManifestError: it is none.
        StoreError: it is missing or cannot be read.
    """
    try:
        values = json.loads(store.get(key))
        previous = Previous(**values["previous"]) if values["previous"] else None
        parts = tuple(SealedPart(**part) for part in values["parts"])
        root = Root(**{**values, "previous": previous, "parts": parts})
        date.fromisoformat(root.day)
        if not all(has_day(part.key) for part in parts):
            raise ManifestError(key, "lists what is no part")
        if len(root.digest) != 32:
            raise ManifestError(key, "its root is no SHA-256")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ManifestError(key, f"is no root of a day: {error}") from error
    return root


def root_key(day: date) -> str:
    """Return the key of the root of a day."""
    return f"{day_prefix(day)}root.json"


def stamp_key(root: str) -> str:
    """Return the key of the time stamp beside a root."""
    return f"{root.removesuffix(ROOT)}{STAMP}"


def part_lines(store: ObjectStore, key: str) -> tuple[SealedPart, list[bytes]]:
    """Return a part as a root lists it, and its lines without line breaks; StoreError when it cannot be read."""
    body = store.get(key)
    lines = body.split(b"\n")
    if not lines[-1]:
        lines.pop()
    content = content_of(body)
    return SealedPart(key=key, sha256=content.sha256, size=content.size, lines=len(lines)), lines


def leaves_of(previous: Previous | None, parts: Iterable[Sequence[bytes]]) -> Iterator[bytes]:
    """Yield the leaves of a root's tree: the previous root, then the lines of each part."""
    if previous:
        yield previous.root.encode()
    for lines in parts:
        yield from lines


def _roots(keys: Iterable[str]) -> list[str]:
    return sorted(key for key in keys if key.endswith(ROOT))


def _seal(store: ObjectStore, keys: set[str], last_day: date) -> tuple[str, ...]:
    """Write the roots that are missing up to a day; return the keys of those that were written here.

    Which parts are sealed already is read from the roots of this month and the last; once a month from all of them,
    so that no late part stays outside for good.
    """
    found = _roots(keys)
    month = last_day.replace(day=1)
    if found and day_of(found[-1]) >= month:
        start = (month - timedelta(days=1)).replace(day=1)
        found = [key for key in found if day_of(key) >= start]
    else:
        start = date.min
    roots = [read_root(store, key) for key in found]
    waiting = {key for key in keys if key.endswith(PART) and start <= day_of(key) <= last_day}
    waiting -= {part.key for root in roots for part in root.parts}
    newest, written = roots[-1] if roots else None, []
    for day in _days_to_seal(waiting, newest, last_day):
        due = sorted(part for part in waiting if day_of(part) <= day)
        newest, is_mine = _put_root(store, _make_root(store, day, newest, due))
        written += [root_key(day)] if is_mine else []
        waiting -= {part.key for part in newest.parts}
    return tuple(written)


def _put_root(store: ObjectStore, root: Root) -> tuple[Root, bool]:
    """Put the root, unless another one is there already; return the one in the store, and whether it was put here.

    Raises:
        StoreError: the store gives back something else than was written.
    """
    key = root_key(date.fromisoformat(root.day))
    is_mine = store.put(key, to_json(root), media_type="application/json")
    stored = read_root(store, key)
    if is_mine and stored != root:
        raise StoreError(f"{store.url}/{key}: gives back something else than was written", retryable=True)
    return stored, is_mine


def _put_stamp(store: ObjectStore, key: str, stamp: Stamp) -> None:
    """Put a time stamp beside a root; one that another sealer had in the meantime is as good."""
    store.put(stamp_key(key), stamp(read_root(store, key).digest), media_type="application/timestamp-reply")


def _days_to_seal(waiting: set[str], newest: Root | None, last_day: date) -> list[date]:
    """Return the days after the newest root that have parts; the last day when only late parts wait."""
    sealed = date.fromisoformat(newest.day) if newest else date.min
    days = {day_of(part) for part in waiting}
    return sorted({day for day in days if day > sealed} or ({last_day} if days and last_day > sealed else set()))


def _make_root(store: ObjectStore, day: date, newest: Root | None, keys: Sequence[str]) -> Root:
    """Return the root over these parts, each of which is read, one at a time.

    Raises:
        ManifestError: a part is not what its name says; to seal it would make that look right.
    """
    previous = Previous(day=newest.day, root=newest.root) if newest else None
    parts: list[SealedPart] = []

    def read() -> Iterator[Sequence[bytes]]:
        for key in keys:
            part, lines = part_lines(store, key)
            if part.sha256[7:15] != key.removesuffix(PART)[-8:]:
                raise ManifestError(f"{store.url}/{key}", "its content is not the one that its name was made from")
            parts.append(part)
            yield lines

    digest = tree_hash(leaves_of(previous, read()))
    lines = sum(part.lines for part in parts)
    return Root(day=str(day), previous=previous, parts=tuple(parts), lines=lines, root=f"sha256:{digest.hex()}")


def to_json(root: Root) -> bytes:
    """Return the root as the store holds it."""
    return json.dumps(attrs.asdict(root), indent=1).encode() + b"\n"
