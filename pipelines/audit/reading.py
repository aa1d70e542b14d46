"""Many pages read anew: asked of the store a few ahead, extracted on all cores, given back in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from pipelines.errors import ExtractionError
from pipelines.model import Article
from pipelines.workers import ExtractionPool, Job

READERS = 8
AHEAD = 16  # pages of up to some megabytes wait in memory

Asked = TypeVar("Asked")
Given = TypeVar("Given")


def read_ahead(read: Callable[[Asked], Given], items: Iterable[Asked]) -> Iterator[Given]:
    """Yield what `read` gives for each item, in order; it runs in several threads, a few items ahead."""
    waiting: deque[Future[Given]] = deque()
    with ThreadPoolExecutor(READERS, thread_name_prefix="audit") as threads:
        try:
            for item in items:
                waiting.append(threads.submit(read, item))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def read_articles(
    pool: ExtractionPool, items: Iterable[tuple[Given, Job | None]]
) -> Iterator[tuple[Given, Article | ExtractionError | None]]:
    """Yield each item with the article of its page, the reason there is none, or None when it has no page; in order."""
    waiting: deque[tuple[Given, bool]] = deque()

    def jobs() -> Iterator[Job]:
        for item, job in items:
            waiting.append((item, job is not None))
            if job is not None:
                yield job

    for _, result in pool.map(jobs()):
        while not waiting[0][1]:
            yield waiting.popleft()[0], None
        yield waiting.popleft()[0], result
    while waiting:
        yield waiting.popleft()[0], None
