"""Proving the chain: every root against its parts and against the root before."""

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from pipelines.archive.manifests import MANIFESTS, PART, day_of, has_day
from pipelines.archive.merkle import tree_hash
from pipelines.archive.seals import ROOT, Previous, Root, SealedPart, leaves_of, part_lines, read_root, root_key
from pipelines.errors import ManifestError, MissingObjectError
from pipelines.stores.objects import ObjectStore


@attrs.frozen(kw_only=True)
class ChainProblem:
    """What is wrong with a manifest.

    Attributes:
        key: of the part or root.
        message: what, in a few words.
    """

    key: str
    message: str


def check_chain(store: ObjectStore) -> Iterator[ChainProblem]:
    """Yield what is wrong with the parts and roots, oldest first: changed, missing, added or out of order.

    Whoever can change the newest root as well can make a new chain that is right in itself; only a time stamp, or a
    root noted elsewhere, tells. Parts of days that are not sealed yet are in no root and no problem.

    Raises:
        StoreError: the store failed.
    """
    keys = []
    for found in store.list(MANIFESTS):
        if not has_day(found.key):
            yield ChainProblem(key=found.key, message="is of no day: no crawl wrote it")
        elif found.key.endswith((PART, ROOT)):
            keys.append(found.key)
    keys.sort()
    roots = [key for key in keys if key.endswith(ROOT)]
    sealed: set[str] = set()
    before: Root | None = None
    is_before_known, all_are_known = True, True
    for key in roots:
        try:
            root = read_root(store, key)
        except ManifestError as error:
            yield ChainProblem(key=key, message=str(error).removeprefix(f"{key}: "))
            is_before_known = all_are_known = False
            continue
        if is_before_known:
            yield from _check_links(key, root, before)
        yield from _check_parts(store, key, root, sealed)
        sealed |= {part.key for part in root.parts}
        before, is_before_known = root, True
    if roots and all_are_known:
        yield from _check_unlisted(keys, sealed, day_of(roots[-1]))


def _check_links(key: str, root: Root, before: Root | None) -> Iterator[ChainProblem]:
    """Yield what is wrong with the place of a root in the chain."""
    if root_key(date.fromisoformat(root.day)) != key:
        yield ChainProblem(key=key, message=f"says it is of {root.day}")
    expected = Previous(day=before.day, root=before.root) if before else None
    if root.previous == expected:
        return
    if root.previous and (not expected or root.previous.day != expected.day):
        yield ChainProblem(
            key=key, message=f"follows the root of {root.previous.day}, but the one before it here is {_name(expected)}"
        )
    elif root.previous:
        yield ChainProblem(key=key, message=f"names another root for {root.previous.day}: that day was changed since")
    else:
        yield ChainProblem(key=key, message=f"follows no root, but {_name(expected)} is before it")


def _name(previous: Previous | None) -> str:
    return f"that of {previous.day}" if previous else "none"


def _check_parts(store: ObjectStore, key: str, root: Root, sealed: set[str]) -> Iterator[ChainProblem]:
    """Yield what is wrong with the parts that a root lists, and with its tree hash when all of them are right."""
    listed = [part.key for part in root.parts]
    if listed != sorted(set(listed)):
        yield ChainProblem(key=key, message="lists its parts out of order or twice")
    problems: list[ChainProblem] = []

    def read() -> Iterator[Sequence[bytes]]:
        for part in root.parts:
            lines, message = _check_part(store, part)
            if part.key in sealed:
                message = message or f"is listed again in {key}"
            if message:
                problems.append(ChainProblem(key=part.key, message=message))
            yield lines

    digest = tree_hash(leaves_of(root.previous, read()))
    yield from problems
    if root.lines != sum(part.lines for part in root.parts):
        yield ChainProblem(key=key, message="does not have the number of lines of its parts")
    if not problems and digest != root.digest:
        yield ChainProblem(key=key, message="its hash is not the one of the lines it lists")


def _check_part(store: ObjectStore, listed: SealedPart) -> tuple[Sequence[bytes], str | None]:
    """Return the lines of a part and what is wrong with it."""
    try:
        part, lines = part_lines(store, listed.key)
    except MissingObjectError:
        return (), "is missing, although a root lists it"
    if part == listed:
        return lines, None
    if part.lines != listed.lines:
        return lines, f"has {part.lines} lines, not the {listed.lines} that were sealed"
    return lines, f"was changed: {part.size} bytes with {part.sha256}, not {listed.size} with {listed.sha256}"


def _check_unlisted(keys: Sequence[str], sealed: set[str], newest: date) -> Iterator[ChainProblem]:
    """Yield the parts in no root although a later day is sealed.

    One of the newest day sealed may have come late, from a clock that is behind; it waits for the next root.
    """
    for key in keys:
        if key.endswith(PART) and key not in sealed and day_of(key) < newest:
            yield ChainProblem(key=key, message="is in no root, although a later day is sealed: it was added since")
