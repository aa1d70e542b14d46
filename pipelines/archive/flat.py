"""Documents as flat rows, for spreadsheets and data frames."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import IO, Any

Document = Mapping[str, Any]
Row = dict[str, Any]


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"


# Names and kinds never depend on the data. Several authors, keywords or images are joined by "; ".
COLUMNS = {
    "document_key": Kind.TEXT,
    "source": Kind.TEXT,
    "article_id": Kind.TEXT,
    "revision": Kind.NUMBER,
    "revision_kind": Kind.TEXT,
    "url": Kind.TEXT,
    "headline": Kind.TEXT,
    "description": Kind.TEXT,
    "authors": Kind.TEXT,
    "date_published": Kind.TIME,
    "date_modified": Kind.TIME,
    "in_language": Kind.TEXT,
    "article_section": Kind.TEXT,
    "keywords": Kind.TEXT,
    "publisher": Kind.TEXT,
    "is_accessible_for_free": Kind.TRUTH,
    "word_count": Kind.NUMBER,
    "article_body": Kind.TEXT,
    "image_urls": Kind.TEXT,
    "image_credits": Kind.TEXT,
    "removed_blocks": Kind.NUMBER,
    "fetched_at": Kind.TIME,
    "status": Kind.NUMBER,
    "payload_digest": Kind.TEXT,
    "fingerprint": Kind.TEXT,
    "warc_filename": Kind.TEXT,
    "warc_offset": Kind.NUMBER,
    "warc_length": Kind.NUMBER,
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def flat_row(key: str, document: Document) -> Row:
    """Return the document under `key` as a row with every name in `COLUMNS`; None where it says nothing."""
    ours = document["newskeep"]
    capture, revision = ours["capture"], ours["revision"]
    warc, images = capture.get("warc", {}), document.get("image", ())
    values = {
        "document_key": key,
        "source": ours["source"],
        "article_id": ours["articleId"],
        "revision": revision["number"],
        "revision_kind": revision["kind"],
        "url": document["url"],
        "headline": document.get("headline"),
        "description": document.get("description"),
        "authors": _joined(author["name"] for author in document.get("author", ())),
        "date_published": document.get("datePublished"),
        "date_modified": document.get("dateModified"),
        "in_language": document.get("inLanguage"),
        "article_section": document.get("articleSection"),
        "keywords": _joined(document.get("keywords", ())),
        "publisher": document.get("publisher", {}).get("name"),
        "is_accessible_for_free": document.get("isAccessibleForFree"),
        "word_count": document["wordCount"],
        "article_body": document["articleBody"],
        "image_urls": _joined(image.get("contentUrl") for image in images),
        "image_credits": _joined(image.get("creditText") for image in images),
        "removed_blocks": len(ours["removed"]),
        "fetched_at": capture["fetchedAt"],
        "status": capture["status"],
        "payload_digest": capture["payloadDigest"],
        "fingerprint": revision["fingerprint"],
        "warc_filename": warc.get("filename"),
        "warc_offset": warc.get("offset"),
        "warc_length": warc.get("length"),
    }
    return {name: datetime.fromisoformat(value) if _is_time(name, value) else value for name, value in values.items()}


def write_csv(documents: Iterable[tuple[str, Document]], output: IO[bytes]) -> int:
    """Write a header and a row each, UTF-8, by RFC 4180; return how many.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
    """
    text = io.TextIOWrapper(output, encoding="utf-8", errors="replace", newline="", write_through=True)
    count = 0
    try:
        table = csv.DictWriter(text, COLUMNS)
        table.writeheader()
        for key, document in documents:
            table.writerow({name: _cell(value) for name, value in flat_row(key, document).items()})
            count += 1
    finally:
        text.detach()
    return count


def write_jsonl(documents: Iterable[tuple[str, Document]], output: IO[bytes]) -> int:
    """Write whole documents, one a line; return how many."""
    count = 0
    for _, document in documents:
        line = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        output.write(f"{line}\n".encode("utf-8", "replace"))
        count += 1
    return count


def _is_time(name: str, value: object) -> bool:
    return COLUMNS[name] is Kind.TIME and value is not None


def _joined(values: Iterable[str | None]) -> str | None:
    return "; ".join(filter(None, values)) or None


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
