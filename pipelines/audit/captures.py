"""Captures of a WARC, ours or another's -> the pages worth reading, each with its source."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

import attrs

from pipelines.audit.pages import read_capture
from pipelines.audit.report import ChangeReport
from pipelines.audit.slices import Slice
from pipelines.model import Candidate, Channel, Page, Source
from pipelines.warc import Recorded, Warc, captures_of
from pipelines.workers import Job

PAGE_TYPES = frozenset({"", "text/html", "application/xhtml+xml"})
MAX_BYTES = 16 * 2**20


@attrs.frozen(kw_only=True)
class WarcReader:
    """Chooses the captures that may be articles; the report counts the others by reason.

    Attributes:
        sources: seeds by id.
        ours: whether our own crawl wrote the WARC.
        name: the source of pages that no seed owns; None takes the name of their host.
        max_bytes: a page that opens to more counts as cut short.
    """

    sources: Mapping[str, Source]
    wanted: Slice
    ours: bool
    name: str | None
    report: ChangeReport
    max_bytes: int = MAX_BYTES

    def pages(self, warc: Warc) -> Iterator[Job]:
        """Yield the pages of `warc` in the order of their records.

        Raises:
            WarcError, StoreError: it cannot be read; the pages before the damage are given first.
        """
        for recorded in captures_of(warc):
            name = self._source_name(recorded)
            if not _is_in(self.wanted, name, recorded.fetched_at):
                continue
            seed = self.sources.get(name)
            asked = recorded.metadata.get("hint-url") if self.ours else None
            capture, payload = read_capture(recorded, source=name, requested_url=asked, limit=self.max_bytes)
            reason = _refusal(recorded, capture.media_type) or self._refusal(recorded, seed)
            if reason:
                self.report.sources[name].skipped[reason] += 1
            else:
                yield Page(capture=capture, payload=payload, candidate=self._candidate(recorded, name)), seed

    def _source_name(self, recorded: Recorded) -> str:
        """Return the id of the source: as our own crawl recorded it, else the seed that owns the URL most narrowly."""
        if self.ours and recorded.metadata.get("source"):
            return recorded.metadata["source"]
        host = (urlsplit(recorded.url).hostname or "unknown").removeprefix("www.")
        owners = [source for source in self.sources.values() if source.owns(recorded.url)]
        if owners:
            return max(owners, key=lambda source: (_reach(source, host), source.id)).id
        return self.name or host

    def _refusal(self, recorded: Recorded, seed: Source | None) -> str | None:
        if self.ours and "source" in recorded.metadata and "channel" not in recorded.metadata:
            return "asked for discovery"
        if seed and seed.owns(recorded.url) and not seed.accepts(recorded.url):
            return "left by the seed"
        return None

    def _candidate(self, recorded: Recorded, name: str) -> Candidate | None:
        """Return the hints that led to the page, as far as the metadata record of our own crawl tells them."""
        told = recorded.metadata if self.ours else {}
        if "channel" not in told:
            return None
        return Candidate(
            url=told.get("hint-url", recorded.url),
            source=name,
            channel=Channel(told["channel"]),
            found_on=told.get("via", ""),
            title=told.get("hint-title"),
            language=told.get("hint-language"),
            publication=told.get("hint-publication"),
            authors=tuple(told.get("hint-author", "").splitlines()),
            keywords=tuple(told.get("hint-keyword", "").splitlines()),
            published=_moment(told.get("hint-published")),
            modified=_moment(told.get("hint-modified")),
        )


def _is_in(wanted: Slice, source: str, moment: datetime) -> bool:
    if wanted.sources and source not in wanted.sources:
        return False
    return (wanted.since is None or moment >= wanted.since) and (wanted.until is None or moment < wanted.until)


def _refusal(recorded: Recorded, media_type: str) -> str | None:
    """Return why a capture is no page to read; None when it may be one."""
    if recorded.type == "revisit":
        return "revisit"  # the page that it repeats has been read where it lies
    if recorded.status != 200:
        return f"status {recorded.status}"
    if media_type not in PAGE_TYPES:
        return "not HTML"
    if not recorded.url.startswith(("http://", "https://")):
        return "not of the web"
    return None if recorded.location.record_id else "no WARC-Record-ID"


def _reach(source: Source, host: str) -> int:
    """Return how many characters of the host the source names: the longest is the closest."""
    return max((len(own) for own in source.hosts if host == own or host.endswith(f".{own}")), default=0)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
