"""What the manifests of an archive say, and whether they can be believed."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime

from pipelines.archive.chain import check_chain
from pipelines.archive.manifests import MANIFESTS, day_prefix, has_day, part_keys, read_part
from pipelines.archive.seals import ROOT, read_root, stamp_key
from pipelines.archive.timestamps import check_stamp
from pipelines.audit.ledger import Ledger
from pipelines.audit.objects import COPY
from pipelines.audit.problems import Kind, Problem, Tally
from pipelines.errors import ManifestError, TimestampError
from pipelines.stores import ObjectStore

COMPARE = "compare with a copy of manifests/ kept elsewhere, and restore what was changed"


def read_manifests(store: ObjectStore, ledger: Ledger) -> Iterator[Problem]:
    """Enter all entries in the ledger; yield the parts that cannot be read."""
    for key in part_keys(store):
        try:
            for entry in read_part(store, key):
                ledger.add(entry)
        except ManifestError as error:
            affects = "the proof of what it lists, which looks listed nowhere"
            yield Problem(key=key, kind=Kind.CHAIN, message=str(error), affects=affects, repair=COPY)


def entered_since(store: ObjectStore, keys: Collection[str], since: datetime) -> set[str]:
    """Return which of the keys are in a part of the day of `since` or later; parts that cannot be read are left out."""
    found: set[str] = set()
    for part in part_keys(store):
        if part >= day_prefix(since.date()):
            with suppress(ManifestError):
                found.update(entry.key for entry in read_part(store, part) if entry.key in keys)
    return found


def check_history(store: ObjectStore, tally: Tally) -> Iterator[Problem]:
    """Yield what is wrong with parts, roots and time stamps; count days and stamps."""
    for found in check_chain(store):
        affects = "what the manifests of that day prove"
        yield Problem(key=found.key, kind=Kind.CHAIN, message=found.message, affects=affects, repair=COMPARE)
    keys = {found.key for found in store.list(MANIFESTS)}
    for root in sorted(key for key in keys if key.endswith(ROOT) and has_day(key)):
        tally.days += 1
        if stamp_key(root) in keys:
            tally.stamps += 1
            yield from _check_stamp(store, root)


def _check_stamp(store: ObjectStore, root: str) -> Iterator[Problem]:
    key = stamp_key(root)
    try:
        check_stamp(store.get(key), read_root(store, root).digest)
    except (TimestampError, ManifestError) as error:
        affects = "the proof that the archive held this then"
        yield Problem(key=key, kind=Kind.STAMP, message=str(error), affects=affects, repair=COMPARE)
