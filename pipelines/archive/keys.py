"""Where documents lie in the store."""

from pipelines.model import Revision

DOCUMENTS = "documents/"


def revision_key(revision: Revision) -> str:
    """Return the key of a revision's document: the same content has the same key, whatever crashed in between."""
    digits = revision.fingerprint.partition(":")[2][:12]
    return f"{DOCUMENTS}{revision.capture.source}/{revision.article_id}/{revision.number:04d}-{digits}.json"
