"""Where documents lie in the store."""

from collections.abc import Mapping
from typing import Any

from pipelines.model import Revision

DOCUMENTS = "documents/"


def revision_key(revision: Revision) -> str:
    """Return the key of a revision's document: the same content has the same key, whatever crashed in between."""
    return _key(revision.capture.source, revision.article_id, revision.number, revision.fingerprint)


def document_key(document: Mapping[str, Any]) -> str:
    """Return the key that a document's own source, id, number and fingerprint give."""
    ours = document["newskeep"]
    return _key(ours["source"], ours["articleId"], ours["revision"]["number"], ours["revision"]["fingerprint"])


def _key(source: str, article_id: str, number: int, fingerprint: str) -> str:
    return f"{DOCUMENTS}{source}/{article_id}/{number:04d}-{fingerprint.partition(':')[2][:12]}.json"
