"""The audit of an archive: what it holds against what it says."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import attrs

from pipelines.archive import DOCUMENTS, Catalog, Spool
from pipelines.archive.manifests import Entry, Event
from pipelines.archive.tombstones import tombstone_ids
from pipelines.audit.documents import check_document, parse_document
from pipelines.audit.history import check_history, entered_since, read_manifests
from pipelines.audit.ledger import Ledger
from pipelines.audit.objects import COPY, affected_by, catalog_problem, compare, removed_problem
from pipelines.audit.problems import Kind, Problem, Tally
from pipelines.audit.rebuild import Outcome, Rebuilding
from pipelines.audit.slices import Slice
from pipelines.audit.warcs import check_segments
from pipelines.errors import MissingObjectError
from pipelines.stores import Content, ObjectStore, StoredObject, content_of, stored_content
from pipelines.warc import SEGMENTS

ROOMS = (SEGMENTS, DOCUMENTS, "cdxj/", "takedowns/")
WARC = ".warc.gz"
BATCH = 256
READERS = 8


Rebuild = Callable[[Iterable[str]], Iterator[Rebuilding]]


@attrs.frozen(kw_only=True)
class Audit:
    """One look at an archive.

    Attributes:
        catalog, spool: None to leave them out.
        slice: what to look at; chain and catalog are looked at as a whole, whenever the slice is.
        is_quick: sizes only, nothing is read but manifests.
        rebuild: makes documents anew; None to leave that out.
        tally: grows as `run` goes on.
    """

    store: ObjectStore
    catalog: Catalog | None = None
    spool: Spool | None = None
    slice: Slice = attrs.field(factory=Slice)
    is_quick: bool = False
    rebuild: Rebuild | None = None
    tally: Tally = attrs.field(factory=Tally)
    _started: datetime = attrs.field(factory=lambda: datetime.now(UTC), init=False)

    def run(self) -> Iterator[Problem]:
        """Yield what is found, as it is found.

        Raises:
            StoreError: the store failed.
            CatalogError: the catalog did.
        """
        with Ledger() as ledger:
            yield from read_manifests(self.store, ledger)
            yield from check_history(self.store, self.tally)
            if self.catalog:
                rows = self.catalog.revisions()
                ledger.add_rows((row.document_key, row.warc_filename) for row in rows)
            unlisted = []
            for room in ROOMS:
                for problem in self._check_room(ledger, room):
                    if problem.kind == Kind.UNLISTED:
                        unlisted.append(problem)
                    else:
                        yield problem
            yield from self._confirm_unlisted(unlisted)
            yield from self._check_gaps(ledger)
            yield from self._check_rows(ledger)
            yield from self._rebuild()

    def _check_room(self, ledger: Ledger, room: str) -> Iterator[Problem]:
        """Yield what is wrong with the objects of a room."""
        found = self._listed(ledger, room)
        if room == SEGMENTS and not self.is_quick:
            yield from self._check_segments(ledger, room)
            found = (stored for stored in found if not stored.key.endswith(WARC))
        reads_all = room == DOCUMENTS and (self.slice.since or self.slice.until)
        removed = frozenset(tombstone_ids(self.store)) if room == DOCUMENTS else frozenset()
        check = self._check_size if self.is_quick and not reads_all else self._check_object
        with ThreadPoolExecutor(READERS, thread_name_prefix="verify") as pool:
            while batch := list(islice(found, BATCH)):
                entries = [ledger.see(stored.key) for stored in batch]
                for stored, entry, problems in zip(batch, entries, pool.map(check, batch, entries), strict=True):
                    if problems is None:
                        continue
                    self._count(stored)
                    yield from problems
                    if removed.intersection(stored.key.split("/")[2:3]):
                        yield removed_problem(stored.key)
                    if room == DOCUMENTS and self.catalog and not ledger.has_row(stored.key) and entry:
                        yield catalog_problem(stored.key, "is in no row of the catalog")

    def _listed(self, ledger: Ledger, room: str) -> Iterator[StoredObject]:
        for stored in self.store.list(room):
            if self.slice.may_hold(stored.key):
                yield stored
            else:
                ledger.see(stored.key)

    def _count(self, stored: StoredObject) -> None:
        self.tally.objects += 1
        self.tally.size += stored.size
        self.tally.documents += stored.key.startswith(DOCUMENTS)
        self.tally.segments += stored.key.endswith(WARC)

    def _check_segments(self, ledger: Ledger, room: str) -> Iterator[Problem]:
        segments = [stored for stored in self._listed(ledger, room) if stored.key.endswith(WARC)]
        for stored, report in zip(segments, check_segments(self.store, segments), strict=True):
            self._count(stored)
            self.tally.records += report.records
            affects = f"the records of {ledger.documents_of(stored.key.rpartition('/')[2])} documents"
            entry = ledger.see(stored.key)
            yield from compare(stored.key, entry, report.content, affects)
            if report.errors:
                more = f" (and {report.errors - len(report.findings)} more)" * (report.errors > len(report.findings))
                message = "; ".join(report.findings) + more
                yield Problem(key=stored.key, kind=Kind.WARC, message=message, affects=affects, repair=COPY)

    def _check_size(self, stored: StoredObject, entry: Entry | None) -> list[Problem]:
        content = Content(stored.size, entry.sha256 if entry else "")
        return list(compare(stored.key, entry, content, affected_by(stored.key)))

    def _check_object(self, stored: StoredObject, entry: Entry | None) -> list[Problem] | None:
        """Return what is wrong with an object that is read whole; None when it does not belong to the slice."""
        if not stored.key.startswith(DOCUMENTS):
            return list(compare(stored.key, entry, stored_content(self.store, stored.key), affected_by(stored.key)))
        try:
            body = self.store.get(stored.key)
        except MissingObjectError:
            return list(compare(stored.key, entry, None, affected_by(stored.key)))
        problems = list(compare(stored.key, entry, content_of(body), affected_by(stored.key)))
        document = parse_document(stored.key, body)
        if isinstance(document, Problem):
            return [*problems, document]
        if not self.slice.holds(document):
            return None
        return [*problems, *(() if self.is_quick else self._check_record(stored.key, document))]

    def _check_record(self, key: str, document: dict[str, Any]) -> Iterator[Problem]:
        """Yield what is wrong with a document's record; one in a segment that waits in the spool only waits."""
        segment = document["newskeep"]["capture"].get("warc", {}).get("filename")
        for problem in check_document(self.store, key, document):
            if problem.kind == Kind.RECORD and self.spool and segment in self.spool.segment_names():
                yield Problem(key=key, kind=Kind.WAITING, message=f"its segment {segment} waits in the spool")
            else:
                yield problem

    def _confirm_unlisted(self, unlisted: list[Problem]) -> Iterator[Problem]:
        """Yield what is listed nowhere still: a crawl may have entered it while we looked."""
        if not unlisted:
            return
        keys = {problem.key for problem in unlisted}
        entered = entered_since(self.store, keys, self._started - timedelta(days=1))
        waiting = self.spool.segment_names() if self.spool else frozenset()
        for problem in unlisted:
            name = problem.key.rpartition("/")[2].removesuffix(".cdxj").removesuffix(WARC)
            if self._waits(problem.key) or f"{name}{WARC}" in waiting:
                yield Problem(key=problem.key, kind=Kind.WAITING, message="is stored, and entered once its upload ends")
            elif problem.key not in entered:
                yield problem

    def _check_gaps(self, ledger: Ledger) -> Iterator[Problem]:
        """Yield what the manifests list and the store lacks, and what was taken away or replaced for a reason."""
        for entry in ledger.unseen():
            if entry.event != Event.REMOVED and self._looks_at(entry):
                affects = affected_by(entry.key)
                message = f"is missing; it was stored at {entry.at:%Y-%m-%d %H:%M} with {entry.size} bytes"
                yield Problem(key=entry.key, kind=Kind.MISSING, message=message, affects=affects, repair=COPY)
        for entry in ledger.explained():
            if self._looks_at(entry):
                message = f"was {entry.event} at {entry.at:%Y-%m-%d %H:%M}: {entry.reason or 'no reason was given'}"
                yield Problem(key=entry.key, kind=Kind.EXPLAINED, message=message)

    def _looks_at(self, entry: Entry) -> bool:
        """Whether the slice holds an object; of a document that is gone, by the time of its entry."""
        since, until = self.slice.since, self.slice.until
        if entry.key.startswith(DOCUMENTS) and ((since and entry.at < since) or (until and entry.at >= until)):
            return False
        return self.slice.may_hold(entry.key)

    def _check_rows(self, ledger: Ledger) -> Iterator[Problem]:
        for key in ledger.rows_without_document():
            if not self.slice.may_hold(key):
                continue
            if self._waits(key):
                yield Problem(key=key, kind=Kind.WAITING, message="waits in the spool; the next crawl uploads it")
            elif not self._is_stored(key):
                yield catalog_problem(key, "is in the catalog, but neither in the store nor in the spool")

    def _waits(self, key: str) -> bool:
        return self.spool is not None and self.spool.read_document(key) is not None

    def _is_stored(self, key: str) -> bool:
        """Whether the store has a document that no manifest lists, which was told already."""
        return any(found.key == key for found in self.store.list(key))

    def _rebuild(self) -> Iterator[Problem]:
        if self.rebuild is None:
            return
        for rebuilt in self.rebuild(self._documents()):
            self.tally.rebuilt[rebuilt.outcome.value] = self.tally.rebuilt.get(rebuilt.outcome.value, 0) + 1
            if problem := _rebuilding_problem(rebuilt):
                yield problem

    def _documents(self) -> Iterator[str]:
        """Yield the keys of the slice's documents; which are of its times, the catalog knows."""
        if self.catalog and (self.slice.since or self.slice.until):
            rows = self.catalog.revisions(self.slice.sources or None, self.slice.since, self.slice.until)
            yield from (row.document_key for row in rows)
        else:
            yield from (found.key for found in self.store.list(DOCUMENTS) if self.slice.may_hold(found.key))


def _rebuilding_problem(rebuilt: Rebuilding) -> Problem | None:
    """Return what speaks against a document; nothing when other versions made it."""
    if rebuilt.outcome == Outcome.UNREADABLE:
        message = f"cannot be made anew: {rebuilt.problem}"
    elif rebuilt.outcome == Outcome.NO_TEXT and not rebuilt.versions:
        message = f"its record gives no text: {rebuilt.problem}"
    elif rebuilt.outcome == Outcome.DIFFERS:
        message = f"its record gives another document by the same versions; different: {', '.join(rebuilt.fields)}"
    else:
        return None
    key, affects = rebuilt.key, affected_by(rebuilt.key)
    return Problem(key=key, kind=Kind.REBUILD, message=message, affects=affects, repair=COPY)
