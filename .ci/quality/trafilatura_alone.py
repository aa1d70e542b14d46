"""What trafilatura says of a page without us."""

import logging
from collections.abc import Iterable

import trafilatura
from trafilatura.settings import Document

from quality.pages import read_page, spread
from quality.places import Row

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def extract_alone(payload: bytes, url: str) -> Document | None:
    """Return trafilatura's document with its metadata; None when it finds none."""
    found = trafilatura.bare_extraction(payload, url=url, with_metadata=True)
    return found if isinstance(found, Document) else None


def read_alone(truths: Iterable[Row]) -> dict[str, str]:
    """Return page id -> the text that trafilatura finds by itself."""
    return dict(spread(_text_of, truths))


def _text_of(truth: Row) -> tuple[str, str]:
    page = read_page(truth)
    document = extract_alone(page.payload, page.capture.url)
    return truth["id"], (document.text or "" if document else "")
