"""Which part of an archive to look at."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

DAY = re.compile(r"/(\d{4})/(\d{2})/(\d{2})/")


@attrs.frozen(kw_only=True)
class Slice:
    """Sources and times; all of the archive unless told otherwise.

    Attributes:
        sources: ids; empty for all.
        since, until: captured then or later, and before; UTC.
    """

    sources: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.sources and self.since is None and self.until is None

    def may_hold(self, key: str) -> bool:
        """Whether an object belongs to the slice as far as its key tells: by source, and by day where it names one."""
        room, *names = key.split("/")
        if self.sources and room == "documents":
            return names[0] in self.sources
        if self.sources and room == "cdxj":
            return any(name.removesuffix(".cdxj") in self.sources for name in names[3:5])
        day = DAY.search(key)
        if day is None:
            return room == "documents" or self.is_all
        year, month, number = map(int, day.groups())
        start = datetime(year, month, number, tzinfo=UTC)
        return self._overlaps(start, start + timedelta(days=1))

    def holds(self, document: Mapping[str, Any]) -> bool:
        """Whether a document belongs to the slice, by the time of its capture."""
        at = datetime.fromisoformat(document["newskeep"]["capture"]["fetchedAt"])
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def _overlaps(self, start: datetime, end: datetime) -> bool:
        return (self.since is None or end > self.since) and (self.until is None or start < self.until)
