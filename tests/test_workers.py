import asyncio
import os
import time
from datetime import UTC, datetime

import pytest

from pipelines import workers
from pipelines.errors import ExtractionCrash, ExtractionTimeout, NotHtmlError
from pipelines.model import Article, Capture, Page


def page(payload: bytes) -> Page:
    capture = Capture(
        source="test",
        url="https://news.example/a",
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        status=200,
        media_type="text/html",
        payload_digest="sha256:0",
    )
    return Page(capture=capture, payload=payload)


def read_oddly(page: Page, _source: object) -> Article:
    """Stand in for extraction: the payload says what happens to the worker."""
    match page.payload:
        case b"hang":
            time.sleep(60)
        case b"die":
            os._exit(9)
        case b"fault":
            raise ValueError("odd")
        case b"image":
            raise NotHtmlError("no HTML")
    return Article(url=page.capture.url, headline=page.payload.decode())


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(workers, "read_article", read_oddly)
    with workers.ExtractionPool(workers=2, deadline=1.0) as pool:
        yield pool


def test_what_a_page_does_to_its_worker_costs_that_page_alone(pool):
    payloads = [b"one", b"hang", b"two", b"die", b"three", b"fault", b"image", b"four"]

    results = [result for _, result in pool.map((page(payload), None) for payload in payloads)]

    assert [type(result) for result in results] == [
        Article,
        ExtractionTimeout,
        Article,
        ExtractionCrash,
        Article,
        ExtractionCrash,
        NotHtmlError,
        Article,
    ]
    assert "ValueError: odd" in str(results[5])


def test_a_page_is_read_without_blocking_the_loop(pool):
    async def read() -> tuple[Article, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.ensure_future(tick())
        with pytest.raises(ExtractionTimeout):
            await pool.read(page(b"hang"))
        article = await pool.read(page(b"headline"))
        ticking.cancel()
        return article, ticks

    article, ticks = asyncio.run(read())

    assert article.headline == "headline"
    assert ticks > 50


def test_articles_come_back_in_the_order_of_the_pages(pool):
    payloads = [str(number).encode() for number in range(50)]

    assert [result.headline for _, result in pool.map((page(payload), None) for payload in payloads)] == [
        payload.decode() for payload in payloads
    ]
