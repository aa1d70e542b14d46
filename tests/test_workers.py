import asyncio
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from pipelines import workers
from pipelines.errors import ExtractionCrash, ExtractionTimeout, NotHtmlError, WorkersError
from pipelines.model import Article, Capture, Page

# A main program whose worker says who it is and then hangs.
HANGING_CRAWL = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from pipelines import workers

def hang():
    print(os.getpid(), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    workers.ExtractionPool(workers=1).start().schedule(hang).result()
"""


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


def read_oddly(page: Page, _source: object, **_: object) -> Article:
    """Stand in for extraction: the payload says what happens to the worker."""
    match page.payload:
        case b"hang":
            time.sleep(60)
        case b"die":
            os._exit(9)
        case b"die idle":  # once its answer is back and the page is nobody's any more
            threading.Thread(target=_die_when_asked, args=(Path(page.capture.source),)).start()
        case b"die once":
            sign = Path(page.capture.source)
            if not sign.exists():
                sign.touch()
                os._exit(9)
        case b"fault":
            raise ValueError("odd")
        case b"image":
            raise NotHtmlError("no HTML")
    return Article(url=page.capture.url, headline=page.payload.decode())


def _die_when_asked(sign: Path) -> None:
    while not sign.exists():
        time.sleep(0.01)
    os._exit(9)


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


def test_workers_that_die_between_two_pages_are_replaced_and_no_page_is_blamed(pool, tmp_path):
    sign, payloads = tmp_path / "die", [str(number).encode() for number in range(20)]
    last = page(b"die idle")
    last = attrs.evolve(last, capture=attrs.evolve(last.capture, source=str(sign)))

    async def read() -> list[Article]:
        await pool.read(last)
        sign.touch()
        await asyncio.sleep(0.3)
        return await asyncio.gather(*(pool.read(page(payload)) for payload in payloads))

    assert [article.headline for article in asyncio.run(read())] == [payload.decode() for payload in payloads]


def test_a_worker_that_is_killed_in_a_page_costs_nothing_when_the_page_can_be_read(pool, tmp_path):
    sign, fragile = tmp_path / "died", page(b"die once")
    fragile = attrs.evolve(fragile, capture=attrs.evolve(fragile.capture, source=str(sign)))

    assert asyncio.run(pool.read(fragile)).headline == "die once"
    sign.unlink()
    assert [result.headline for _, result in pool.map([(fragile, None)])] == ["die once"]


def test_workers_that_cannot_start_are_no_page_s_fault(pool, monkeypatch):
    monkeypatch.setattr(workers, "settle_in", os._exit)  # called without a status, it fails

    with pytest.raises(WorkersError):
        asyncio.run(pool.read(page(b"one")))
    with pytest.raises(WorkersError):
        list(pool.map([(page(b"one"), None)] * 3))


def test_a_worker_that_hangs_does_not_outlive_its_crawl(tmp_path):
    script = tmp_path / "crawl.py"
    script.write_text(HANGING_CRAWL)
    crawl = subprocess.Popen([sys.executable, script, Path.cwd()], stdout=subprocess.PIPE, text=True)
    worker = Path("/proc", crawl.stdout.readline().strip())
    assert worker.exists()
    crawl.kill()
    crawl.wait()
    crawl.stdout.close()

    deadline = time.monotonic() + 10
    while worker.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not worker.exists()
