"""Pages become articles in worker processes: a hang or a crash costs its page alone.

Trafilatura has crashed in threads (trafilatura#925) and has no timeout of its own (#704); it also grows in
memory over thousands of pages (#216). So each page runs in a process that is killed at a deadline and
replaced after a number of pages. The pool itself is pebble's.
"""

import asyncio
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from typing import Self

import attrs
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.boilerplate import load_rules, remove_boilerplate, source_rules
from pipelines.errors import ExtractionCrash, ExtractionError, ExtractionTimeout
from pipelines.extract import extract_article
from pipelines.model import Article, Page, Source

# Extraction yields to fetching: at equal priority two busy workers delayed the event loop by over a second.
NICENESS = 10
CONTEXT = multiprocessing.get_context("forkserver")
# The server imports once; workers are forked from it warm.
CONTEXT.set_forkserver_preload(["pipelines.workers"])

Job = tuple[Page, Source | None]


def read_article(page: Page, source: Source | None = None) -> Article:
    """Return the clean article of `page`: extracted, then freed of boilerplate, in this process.

    Raises:
        ExtractionError: the page gives no article.
    """
    article = extract_article(page, source=source)
    return remove_boilerplate(article, (*source_rules(source), *load_rules()) if source else load_rules())


@attrs.define(kw_only=True)
class ExtractionPool:
    """Worker processes that turn pages into clean articles.

    Attributes:
        workers: processes.
        deadline: seconds a page may take before its worker is killed.
        recycle_after: pages a worker reads before it is replaced.
    """

    workers: int = attrs.field(factory=lambda: os.cpu_count() or 1)
    deadline: float = 30.0
    recycle_after: int = 500
    _pool: ProcessPool | None = attrs.field(default=None, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def read(self, page: Page, source: Source | None = None) -> Article:
        """Return the clean article of `page`, without blocking the event loop.

        Raises:
            ExtractionError: no article; ExtractionTimeout and ExtractionCrash when the worker was lost.
        """
        try:
            article: Article = await asyncio.wrap_future(self._submit((page, source)))
        except Exception as error:
            raise _named(error, page, self.deadline) from error
        return article

    def map(self, jobs: Iterable[Job]) -> Iterator[tuple[Page, Article | ExtractionError]]:
        """Yield each page with its article or the reason there is none, in the order given.

        At most four pages a worker wait at a time, so `jobs` may be endless.
        """
        waiting: deque[tuple[Page, ProcessFuture[Article]]] = deque()
        for job in jobs:
            waiting.append((job[0], self._submit(job)))
            if len(waiting) >= 4 * self.workers:
                yield self._result(*waiting.popleft())
        while waiting:
            yield self._result(*waiting.popleft())

    def close(self) -> None:
        """End the workers; pages still waiting are given up."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates in part
            self._pool.join()
            self._pool = None

    def _submit(self, job: Job) -> "ProcessFuture[Article]":
        if self._pool is None or not self._pool.active:
            self._pool = ProcessPool(
                max_workers=self.workers,
                max_tasks=self.recycle_after,
                initializer=os.nice,
                initargs=(NICENESS,),
                context=CONTEXT,
            )
        return self._pool.schedule(read_article, args=job, timeout=self.deadline)

    def _result(self, page: Page, future: "ProcessFuture[Article]") -> tuple[Page, Article | ExtractionError]:
        try:
            return page, future.result()
        except Exception as error:  # noqa: BLE001 - a worker may raise anything; it becomes a named failure
            return page, _named(error, page, self.deadline)


def _named(error: Exception, page: Page, deadline: float) -> ExtractionError:
    """Return what a worker's failure means for its page."""
    url = page.capture.url
    match error:
        case ExtractionError():
            return error
        case DeadlineError():
            return ExtractionTimeout(f"{url}: extraction took longer than {deadline:g} s; its worker was ended")
        case ProcessExpired() | BrokenProcessPool():
            return ExtractionCrash(f"{url}: the worker died: {error}")
    return ExtractionCrash(f"{url}: {type(error).__name__}: {error}")
