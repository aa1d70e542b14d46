"""Reading again what the archive holds, or what a WARC brings, with today's extraction, rules and seeds.

A revision is written where anything that a reader of the document sees differs, its text or its metadata: everything
but `newskeep`. (A crawl asks for less, the content fingerprint: there a page is read again because it may have
changed, here because the reading has.) Nothing is ever deleted: what gives no article today is reported, and stays.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from pipelines.archive import Catalog, Outlet, RevisionRow, location_of, read_document, to_document, to_json
from pipelines.audit.captures import WarcReader
from pipelines.audit.imports import import_warc, is_imported, local_files, own_segment
from pipelines.audit.pages import page_of
from pipelines.audit.reading import read_ahead, read_articles
from pipelines.audit.report import ChangeReport
from pipelines.audit.slices import Slice
from pipelines.boilerplate import page_hints
from pipelines.dedupe import article_id, content_fingerprint, next_due, plan_revision
from pipelines.errors import ArchiveError, DocumentError, ExtractionError, MissingObjectError, NoArticleError
from pipelines.learning import Learner
from pipelines.model import Article, Page, Revision, RevisionKind, Source
from pipelines.stores import ObjectStore
from pipelines.warc import Warc, read_record
from pipelines.warc.streams import FileWarc
from pipelines.workers import ExtractionPool, Job, present_versions

BATCH = 500  # revisions, after which they are sent on
Document = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class _Stored:
    """A document of the archive, and the page it was read from; `problem` when one of them cannot be read."""

    row: RevisionRow
    document: Document = attrs.field(factory=dict)
    page: Page | None = None
    source: Source | None = None
    problem: str | None = None

    @property
    def job(self) -> Job | None:
        return (self.page, self.source) if self.page else None


@attrs.define(kw_only=True)
class Reprocessing:
    """Reads pages again and adds what differs; the report tells what came of it.

    Attributes:
        sources: today's seeds by id; for a source that has none any more, what its documents recorded counts.
        outlet: takes new revisions; None for a dry run, which changes nothing.
        send: called now and then to move what the outlet has taken to the store.
    """

    store: ObjectStore
    catalog: Catalog
    pool: ExtractionPool
    sources: Mapping[str, Source]
    outlet: Outlet | None = None
    send: Callable[[], object] = lambda: None
    report: ChangeReport = attrs.field(factory=ChangeReport)
    _learner: Learner = attrs.field(init=False)
    _added: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Take each source's template as it is known now; reading again adds nothing to it."""
        self._learner = Learner(self.catalog.templates)

    def read_archive(self, wanted: Slice) -> None:
        """Read the articles of the archive again whose latest revision was captured within `wanted`.

        Raises:
            CatalogError, StoreError, WarcError: the catalog, the store or the disk failed; what was added is kept.
            WorkersError: no extraction worker stays alive.
        """
        names = sorted(wanted.sources) if wanted.sources else None
        rows = self.catalog.revisions(names, wanted.since, wanted.until, latest_only=True)
        stored = (item for item in read_ahead(self._load, rows) if item is not None)
        for item, result in read_articles(self.pool, ((item, item.job) for item in stored)):
            if item.page is None or result is None:
                self.report.problems.append(f"{item.row.document_key}: {item.problem}")
            elif isinstance(result, ExtractionError):
                self._refuse(item.page, result)
            else:
                self._compare(item, result)

    def read_input(self, warc: Warc, folder: Path, wanted: Slice, *, name: str | None = None) -> None:
        """Read a WARC or WACZ that somebody named: one that is foreign is imported first, and sent with what it gave.

        In a dry run nothing is imported. `folder` is the spool's; the rest as `read_warc`.
        """
        segment = own_segment(self.store, warc)
        if segment is not None:
            self.read_warc(segment, wanted, ours=not is_imported(segment.name), name=name)
            return
        with local_files(warc, folder) as files:
            for path in files:
                imported = import_warc(path, folder, self.store) if self.outlet else FileWarc(path)
                self.read_warc(imported, wanted, ours=False, name=name)
                self.send()

    def read_warc(self, warc: Warc, wanted: Slice, *, ours: bool, name: str | None = None) -> None:
        """Read the pages of a WARC.

        Args:
            warc: a segment of the archive, an imported one included; in a dry run, any.
            wanted: which captures.
            ours: whether our own crawl wrote it: then its metadata tell source and candidate.
            name: the source of pages that no seed owns; None takes the name of their host.

        Raises:
            WarcError: the WARC is damaged; what came before is done. Otherwise as `read_archive`.
        """
        reader = WarcReader(sources=self.sources, wanted=wanted, ours=ours, name=name, report=self.report)
        pages = ((page, seed and self._learner.equip(seed)) for page, seed in reader.pages(warc))
        for (page, source), result in read_articles(self.pool, ((job, job) for job in pages)):
            if isinstance(result, ExtractionError):
                self._refuse(page, result)
            elif result is not None:
                self._settle(page, source, result)

    # -- the archive -------------------------------------------------------------------------------------------

    def _load(self, row: RevisionRow) -> _Stored | None:
        """Return the document and its page; None when the article's latest revision is another one."""
        try:
            latest = self.catalog.latest_revision(row.article_id)
            if latest is None or latest.document_key != row.document_key:
                return None
            document = self._document(row.document_key)
            place = location_of(document)
            if place is None:
                return _Stored(row=row, problem="names no record to be read again")
            page, recorded = page_of(document, read_record(self.store, place))
        except (MissingObjectError, DocumentError, ArchiveError) as error:
            if isinstance(error, ArchiveError) and getattr(error, "retryable", False):
                raise
            return _Stored(row=row, problem=str(error))
        source = self.sources.get(row.source, recorded)
        if source is not None:
            source = self._learner.equip(source, recorded=recorded.template if recorded else ())
        return _Stored(row=row, document=document, page=page, source=source)

    def _document(self, key: str) -> Document:
        waiting = self.outlet.spool.read_document(key) if self.outlet else None
        return read_document(self.store, key) if waiting is None else dict(json.loads(waiting))

    def _compare(self, stored: _Stored, article: Article) -> None:
        """Add a reprocessed revision when the article reads otherwise than its document."""
        assert stored.page is not None  # it was read from it
        changes = self.report.sources[stored.row.source]
        changes.seen += 1
        revision = Revision(
            article_id=stored.row.article_id,  # an article stays one, whatever its page is called by today's reading
            article=article,
            capture=stored.page.capture,
            candidate=stored.page.candidate,
            number=stored.row.number + 1,
            kind=RevisionKind.REPROCESSED,
            fingerprint=content_fingerprint(article),
            previous=stored.row.document_key,
            versions=present_versions(),
            hints=page_hints(stored.source, article),
        )
        after = _as_read(revision)
        if _public(after) == _public(stored.document):
            changes.unchanged += 1
            return
        changes.note_change(stored.document, after)
        self._add(revision)

    # -- WARCs -------------------------------------------------------------------------------------------------

    def _settle(self, page: Page, source: Source | None, article: Article) -> None:
        """Add what a capture brings: a new article, a later state of a known one, or the same state read otherwise."""
        changes = self.report.sources[page.capture.source]
        latest = self.catalog.latest_revision(article_id(article))
        location = page.capture.location
        if latest and location and latest.warc_record_id == location.record_id:
            document = self._document(latest.document_key)
            if latest.warc_filename == location.filename and (source or "hints" not in document["newskeep"]):
                self._compare(_Stored(row=latest, document=document, page=page, source=source), article)
            else:  # read with less than there was the first time: a copy, or a source without its seed
                changes.seen += 1
                changes.skipped["in the archive already"] += 1
            return
        changes.seen += 1
        if latest and latest.fetched_at > page.capture.fetched_at:
            changes.skipped["older than the archive's"] += 1
            return
        if self.catalog.removals.holds(article_id(article)):
            changes.skipped["taken down"] += 1
            came = f"its record came back with {location.filename}" if location else "it came back"
            self.report.problems.append(
                f"{page.capture.url}: was taken down and {came}; run `scrapy takedown` for it again"
            )
            return
        revision = plan_revision(
            article,
            capture=page.capture,
            candidate=page.candidate,
            history=self.catalog,
            versions=present_versions(),
            hints=page_hints(source, article),
        )
        if revision is None:
            changes.unchanged += 1
        elif latest is None:
            changes.new += 1
            self._add(revision)
        else:
            changes.note_change(self._document(latest.document_key), _as_read(revision))
            self._add(revision)

    # -- both --------------------------------------------------------------------------------------------------

    def _refuse(self, page: Page, error: ExtractionError) -> None:
        changes = self.report.sources[page.capture.source]
        changes.seen += 1
        changes.refused[f"{error.reason}/{error.cause}" if isinstance(error, NoArticleError) else error.reason] += 1

    def _add(self, revision: Revision) -> None:
        if self.outlet is None:
            return
        self.outlet.add(revision, next_due=_due(revision))
        self._added += 1
        if self._added % BATCH == 0:
            self.send()


def _due(revision: Revision) -> datetime | None:
    return next_due(revision.article.date_published, revision.capture.fetched_at)


def _as_read(revision: Revision) -> Document:
    """Return the document as it will be read back."""
    return dict(json.loads(to_json(to_document(revision))))


def _public(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "newskeep"}
