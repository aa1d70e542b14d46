"""Whether an article is new, changed or known."""

from collections.abc import Mapping
from typing import Protocol

from pipelines.dedupe.fingerprint import content_fingerprint
from pipelines.dedupe.identity import article_id
from pipelines.model import Article, Candidate, Capture, Hints, Revision, RevisionKind


class KnownRevision(Protocol):
    """What must be known of a revision to tell whether the next one differs."""

    @property
    def document_key(self) -> str:
        """Key of its document in the store."""
        ...

    @property
    def number(self) -> int:
        """1 for the first."""
        ...

    @property
    def fingerprint(self) -> str:
        """As `content_fingerprint` gives it."""
        ...

    @property
    def payload_digest(self) -> str:
        """Of the body that it was read from."""
        ...


class History(Protocol):
    """Remembers revisions; the catalog is one."""

    def latest_revision(self, article_id: str) -> KnownRevision | None:
        """Return the revision with the highest number; None when the article is new."""
        ...


def plan_revision(
    article: Article,
    *,
    capture: Capture,
    candidate: Candidate | None,
    history: History,
    versions: Mapping[str, str],
    hints: Hints | None = None,
) -> Revision | None:
    """Return the revision to archive; None when the article reads as its latest revision does.

    A difference that comes from the very same bytes is our doing (another extractor, other rules) and makes a
    `reprocessed` revision, not a `changed` one.
    """
    identity, fingerprint = article_id(article), content_fingerprint(article)
    latest = history.latest_revision(identity)
    if latest is None:
        kind = RevisionKind.FIRST
    elif latest.fingerprint == fingerprint:
        return None
    elif latest.payload_digest == capture.payload_digest:
        kind = RevisionKind.REPROCESSED
    else:
        kind = RevisionKind.CHANGED
    return Revision(
        article_id=identity,
        article=article,
        capture=capture,
        candidate=candidate,
        number=latest.number + 1 if latest else 1,
        kind=kind,
        fingerprint=fingerprint,
        previous=latest.document_key if latest else None,
        versions=versions,
        hints=hints,
    )
