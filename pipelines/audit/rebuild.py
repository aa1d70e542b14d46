"""The decisive proof: every document made anew from the archive alone, and compared byte for byte."""

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any

import attrs

from pipelines.archive import location_of, to_document, to_json, validate_document
from pipelines.audit.pages import page_of
from pipelines.audit.reading import read_ahead, read_articles
from pipelines.boilerplate import page_hints
from pipelines.dedupe import article_id, content_fingerprint
from pipelines.errors import ArchiveError, DocumentError, ExtractionError
from pipelines.model import Article, Page, Revision, RevisionKind, Source
from pipelines.stores import ObjectStore
from pipelines.warc import read_record
from pipelines.workers import ExtractionPool, Job, present_versions


class Outcome(StrEnum):
    """What came of making a document anew."""

    SAME = "same"
    DIFFERS = "differs"
    OTHER_VERSIONS_SAME = "other-versions-same"
    OTHER_VERSIONS_DIFFER = "other-versions-differ"
    NO_TEXT = "no-text"
    UNREADABLE = "unreadable"


# (made by other versions, the same bytes) -> what that means
OUTCOMES = {
    (False, True): Outcome.SAME,
    (False, False): Outcome.DIFFERS,
    (True, True): Outcome.OTHER_VERSIONS_SAME,
    (True, False): Outcome.OTHER_VERSIONS_DIFFER,
}


@attrs.frozen(kw_only=True)
class Rebuilding:
    """A document and what it is when it is made anew.

    Attributes:
        fields: dotted names of what differs (`articleBody`, `newskeep.capture.charset`), sorted; `bytes` alone when
            only the way it is written does.
        versions: component -> version as recorded and version now, where these differ; None for a missing one.
        problem: why there is no text, or what cannot be read; None when both documents are there.
    """

    key: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    versions: Mapping[str, tuple[str | None, str | None]] = MappingProxyType({})
    problem: str | None = None


@attrs.frozen(kw_only=True)
class _Loaded:
    """A document as stored, and the page it was made from; `problem` when one of them cannot be read."""

    key: str
    body: bytes = b""
    document: Mapping[str, Any] = MappingProxyType({})
    page: Page | None = None
    source: Source | None = None
    problem: str | None = None

    @property
    def job(self) -> Job | None:
        return (self.page, self.source) if self.page else None


def rebuild_documents(store: ObjectStore, keys: Iterable[str], *, pool: ExtractionPool) -> Iterator[Rebuilding]:
    """Yield what each document is when it is made anew from the record it names, in the order of `keys`.

    Only what the archive holds is used: record, candidate and hints. Where other versions made the document, the
    comparison is a report, not a proof.

    Raises:
        WorkersError: no extraction worker stays alive.
    """
    loaded = read_ahead(partial(_load, store), keys)
    for item, result in read_articles(pool, ((item, item.job) for item in loaded)):
        yield _rebuilding(item, result)


def _load(store: ObjectStore, key: str) -> _Loaded:
    try:
        body = store.get(key)
        document = json.loads(body)
        validate_document(document)
        place = location_of(document)
        if place is None:
            return _Loaded(key=key, problem="names no record: it was not made by a crawl that recorded")
        page, source = page_of(document, read_record(store, place))
    except (ArchiveError, DocumentError, ValueError) as error:
        return _Loaded(key=key, problem=str(error))
    return _Loaded(key=key, body=body, document=document, page=page, source=source)


def _rebuilding(loaded: _Loaded, result: Article | ExtractionError | None) -> Rebuilding:
    if loaded.page is None or result is None:
        return Rebuilding(key=loaded.key, outcome=Outcome.UNREADABLE, problem=loaded.problem)
    recorded, present = loaded.document["newskeep"]["versions"], present_versions()
    versions = {
        name: (recorded.get(name), present.get(name))
        for name in sorted({*recorded, *present})
        if recorded.get(name) != present.get(name)
    }
    if isinstance(result, ExtractionError):
        return Rebuilding(key=loaded.key, outcome=Outcome.NO_TEXT, versions=versions, problem=str(result))
    document = to_document(_revision(loaded.document, loaded.page, loaded.source, result, recorded))
    same = to_json(document) == loaded.body
    return Rebuilding(
        key=loaded.key,
        outcome=OUTCOMES[bool(versions), same],
        fields=() if same else tuple(sorted(differing_fields(loaded.document, _plain(document)))) or ("bytes",),
        versions=versions,
    )


def _revision(
    document: Mapping[str, Any], page: Page, source: Source | None, article: Article, versions: Mapping[str, str]
) -> Revision:
    """Return the revision with its place among the others as the document tells: that does not follow from the page."""
    ours = document["newskeep"]
    kind = RevisionKind(ours["revision"]["kind"])
    return Revision(
        # A reprocessed revision stays with its article, whatever the page is called by now.
        article_id=ours["articleId"] if kind is RevisionKind.REPROCESSED else article_id(article),
        article=article,
        capture=page.capture,
        candidate=page.candidate,
        number=ours["revision"]["number"],
        kind=kind,
        fingerprint=content_fingerprint(article),
        previous=ours["revision"].get("previous"),
        versions=versions,
        hints=page_hints(source, article),
    )


def differing_fields(one: Mapping[str, Any], other: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of the values that differ; a list counts as one value."""
    for name in {*one, *other}:
        mine, theirs = one.get(name), other.get(name)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            yield from differing_fields(mine, theirs, f"{prefix}{name}.")
        elif mine != theirs:
            yield f"{prefix}{name}"


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document as it would be read back."""
    return dict(json.loads(to_json(document)))
