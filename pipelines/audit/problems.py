"""What an audit finds, and what it has looked at."""

from enum import StrEnum

import attrs


class Kind(StrEnum):
    """What is wrong; the first group is damage, the last two only need to be known."""

    MISSING = "missing"
    CHANGED = "changed"
    UNLISTED = "unlisted"
    WARC = "warc"
    DOCUMENT = "document"
    RECORD = "record"
    CATALOG = "catalog"
    CHAIN = "chain"
    STAMP = "stamp"
    REBUILD = "rebuild"
    EXPLAINED = "explained"
    WAITING = "waiting"


@attrs.frozen(kw_only=True)
class Problem:
    """One thing found in the archive.

    Attributes:
        key: of the object.
        message: what is wrong, in one line.
        affects: what suffers by it; empty when nothing does.
        repair: what can be done; empty when nothing needs to be.
    """

    key: str
    kind: Kind
    message: str
    affects: str = ""
    repair: str = ""

    @property
    def is_damage(self) -> bool:
        """Whether the archive is not what it should be: a gap with a reason, or what still waits, is none."""
        return self.kind not in {Kind.EXPLAINED, Kind.WAITING}


@attrs.define(kw_only=True)
class Tally:
    """How much an audit has looked at; it grows as the audit goes on.

    Attributes:
        size: bytes of the objects, as the store lists them.
        records: of the WARCs that were checked.
        days: sealed ones whose root was checked.
        rebuilt: documents made anew from their records, by outcome.
    """

    objects: int = 0
    size: int = 0
    segments: int = 0
    records: int = 0
    documents: int = 0
    days: int = 0
    stamps: int = 0
    rebuilt: dict[str, int] = attrs.field(factory=dict)
