"""Article -> Revision: the same article is kept once for each state that differs."""

from pipelines.dedupe.fingerprint import content_fingerprint
from pipelines.dedupe.identity import article_id
from pipelines.dedupe.revise import History, KnownRevision, plan_revision
from pipelines.dedupe.revisit import document_due, next_due

__all__ = [
    "History",
    "KnownRevision",
    "article_id",
    "content_fingerprint",
    "document_due",
    "next_due",
    "plan_revision",
]
