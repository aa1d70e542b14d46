"""Rows of the catalog, from candidates and documents and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import RowMapping

from pipelines.model import Candidate, Channel
from pipelines.urls import url_key


@attrs.frozen(kw_only=True)
class RevisionRow:
    """What the catalog knows of a document.

    Attributes:
        document_key: key of the document in the store.
        date_published: UTC; the document has it in the zone of the page.
        warc_filename, warc_offset, warc_length, warc_record_id: where the exchange lies; None when not recorded.
    """

    document_key: str
    article_id: str
    number: int
    kind: str
    source: str
    url: str
    headline: str | None
    date_published: datetime | None
    fetched_at: datetime
    fingerprint: str
    payload_digest: str
    warc_filename: str | None
    warc_offset: int | None
    warc_length: int | None
    warc_record_id: str | None


def revision_row(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the row for the document under `key`."""
    ours = document["newskeep"]
    capture = ours["capture"]
    warc = capture.get("warc", {})
    return attrs.asdict(
        RevisionRow(
            document_key=key,
            article_id=ours["articleId"],
            number=ours["revision"]["number"],
            kind=ours["revision"]["kind"],
            source=ours["source"],
            url=document["url"],
            headline=document.get("headline"),
            date_published=_moment(document.get("datePublished")),
            fetched_at=datetime.fromisoformat(capture["fetchedAt"]),
            fingerprint=ours["revision"]["fingerprint"],
            payload_digest=capture["payloadDigest"],
            warc_filename=warc.get("filename"),
            warc_offset=warc.get("offset"),
            warc_length=warc.get("length"),
            warc_record_id=warc.get("recordId"),
        )
    )


def done_rows(document: Mapping[str, Any], next_due: datetime | None = None) -> list[dict[str, Any]]:
    """Return a row for each URL that led to the document: found, asked for, answered, and its own.

    The first, by which it was asked for, is to be asked for again when `next_due` says.
    """
    ours = document["newskeep"]
    capture, candidate = ours["capture"], ours.get("candidate")
    addresses = (candidate["url"] if candidate else None, capture.get("requestedUrl"), capture["url"], document["url"])
    fetched_at = datetime.fromisoformat(capture["fetchedAt"])
    outcome = {
        "source": ours["source"],
        "state": "done",
        "reason": None,
        "fetched_at": fetched_at,
        "failures": 0,
        "status": capture["status"],
        "etag": capture.get("etag"),
        "last_modified": capture.get("lastModified"),
        "payload_digest": capture["payloadDigest"],
        "article_id": ours["articleId"],
        "discovered_at": fetched_at,
    }
    rows: dict[str, dict[str, Any]] = {}
    for url in filter(None, addresses):
        due = None if rows else next_due
        rows.setdefault(url_key(url), {"url_key": url_key(url), "url": url, **outcome, "next_due": due})
    return list(rows.values())


def candidate_row(key: str, candidate: Candidate, now: datetime) -> dict[str, Any]:
    """Return the row of a candidate that waits."""
    return {
        "url_key": key,
        "url": candidate.url,
        "source": candidate.source,
        "channel": candidate.channel.value,
        "found_on": candidate.found_on,
        "published": candidate.published,
        "discovered_at": now,
        "state": "pending",
        "failures": 0,
        "hints": {
            "title": candidate.title,
            "modified": candidate.modified.isoformat() if candidate.modified else None,
            "language": candidate.language,
            "publication": candidate.publication,
            "authors": list(candidate.authors),
            "keywords": list(candidate.keywords),
        },
    }


def row_candidate(row: RowMapping) -> Candidate:
    """Return the candidate that the row of a waiting URL was made from."""
    hints = row["hints"] or {}
    return Candidate(
        url=row["url"],
        source=row["source"],
        channel=Channel(row["channel"]),
        found_on=row["found_on"],
        title=hints.get("title"),
        published=row["published"],
        modified=_moment(hints.get("modified")),
        language=hints.get("language"),
        publication=hints.get("publication"),
        authors=tuple(hints.get("authors", ())),
        keywords=tuple(hints.get("keywords", ())),
    )


def merge_candidates(known: Candidate, later: Candidate) -> Candidate:
    """Return `known` with what it lacked and `later` has."""
    names = ("title", "published", "modified", "language", "publication", "authors", "keywords")
    return attrs.evolve(known, **{name: getattr(known, name) or getattr(later, name) for name in names})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
