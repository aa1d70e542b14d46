"""The corpus' pages as bytes, and work spread over processes."""

import gzip
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

from pipelines.extract import saved_page
from pipelines.model import Page
from quality.places import CORPUS, Row

UNKNOWN_URL = "https://unknown.example/article"
FETCHED_AT = datetime(2026, 11, 24, tzinfo=UTC)
"""When the pages count as fetched: later than any of them, and the same on each run."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def read_page(truth: Row) -> Page:
    """Return a page of the corpus as if it had been fetched."""
    return as_page(gzip.decompress((CORPUS / "pages" / f"{truth['id']}.html.gz").read_bytes()), truth["url"])


def as_page(payload: bytes, url: str | None) -> Page:
    """Return bytes as a page that answered at `url`."""
    return saved_page(payload, url=url or UNKNOWN_URL, fetched_at=FETCHED_AT)


def spread(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the result of each item in order, worked out by as many processes as there are cores."""
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        yield from processes.map(work, items, chunksize=4)
