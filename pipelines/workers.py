"""Pages become articles in worker processes: a hang or a crash costs its page alone.

Trafilatura has crashed in threads (trafilatura#925) and has no timeout of its own (#704); it also grows in
memory over thousands of pages (#216). So each page runs in a process that is killed at a deadline and
replaced after a number of pages. The pool itself is pebble's.
"""

import asyncio
import fcntl
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from typing import Self

import attrs
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.boilerplate import load_rules, model_version, remove_boilerplate, rules_version, source_rules
from pipelines.confidence import confidence_version, require_confidence
from pipelines.errors import ExtractionCrash, ExtractionError, ExtractionTimeout, WorkersError
from pipelines.extract import component_versions, extract_article
from pipelines.model import Article, Page, Source

# Extraction yields to fetching: at equal priority two busy workers delayed the event loop by over a second.
NICENESS = 10
CONTEXT = multiprocessing.get_context("forkserver")

# The pool breaks when a worker dies between two pages, and forgets some of what waits (pebble 5.2). So whoever waits
# looks after it every so many seconds, and a page is tried again; when pools break one after the other, it is no page's
# fault. Nor is the first death of its worker: the kernel kills whom it likes when memory runs out.
PATIENCE = 1.0
GRACE = 10.0  # a pool that finishes nothing for so much longer than a page may take has lost it
ATTEMPTS = 4
MAX_BREAKS = 3

Job = tuple[Page, Source | None]
Submitted = tuple[ProcessPool, "ProcessFuture[Article]"]


def read_article(page: Page, source: Source | None = None, *, min_confidence: float | None = None) -> Article:
    """Return the clean article of `page`: extracted, freed of boilerplate, and judged, in this process.

    Raises:
        ExtractionError: the page gives no article; NoArticleError when the confidence in it is below
            `min_confidence` (None: the threshold that was measured).
    """
    article = extract_article(page, source=source)
    if article.blocks:
        rules = (*source_rules(source), *load_rules()) if source else load_rules()
        article = remove_boilerplate(article, rules, template=source.template if source else ())
    return require_confidence(article, min_confidence)


def present_versions() -> dict[str, str]:
    """Return component -> version of all that `read_article` is made of."""
    learned = {"model": model_version(), "confidence": confidence_version()}
    return {**component_versions(), "rules": rules_version(), **learned}


def settle_in() -> None:
    """Prepare a worker process: it stands back behind fetching and does not outlive its crawl.

    A worker that hangs in a page cannot look after its crawl, so the kernel does: when the crawl dies, its end of a
    pipe closes, and the worker gets SIGIO, which ends it.
    """
    os.nice(NICENESS)
    crawl = multiprocessing.parent_process()
    assert crawl is not None  # this is a worker
    fcntl.fcntl(crawl.sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(crawl.sentinel, fcntl.F_SETFL, fcntl.fcntl(crawl.sentinel, fcntl.F_GETFL) | os.O_ASYNC)


@attrs.define(kw_only=True)
class ExtractionPool:
    """Worker processes that turn pages into clean articles.

    Attributes:
        workers: processes.
        deadline: seconds a page may take before its worker is killed.
        recycle_after: pages a worker reads before it is replaced.
        min_confidence: below it a page is no article; None for the threshold that was measured.
        preload: further modules that the main program imports: every worker imports it anew, and what the fork
            server has loaded costs nothing then.
    """

    workers: int = attrs.field(factory=lambda: os.cpu_count() or 1)
    deadline: float = 30.0
    recycle_after: int = 500
    min_confidence: float | None = None
    preload: tuple[str, ...] = ()
    _pool: ProcessPool | None = attrs.field(default=None, init=False)
    _breaks: int = attrs.field(default=0, init=False)  # since a page was last read
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _pending: int = attrs.field(default=0, init=False)
    _moved: float = attrs.field(default=0.0, init=False)  # monotonic seconds when a page was last done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def read(self, page: Page, source: Source | None = None) -> Article:
        """Return the clean article of `page`, without blocking the event loop.

        Raises:
            ExtractionError: no article; ExtractionTimeout and ExtractionCrash when the worker was lost.
            WorkersError: no worker lives long enough to read anything.
        """
        for attempt in range(ATTEMPTS):
            pool, future = await asyncio.to_thread(self._submit, (page, source))
            waiting = asyncio.wrap_future(future)
            waiting.add_done_callback(lambda done: done.cancelled() or done.exception())  # it is read from `future`
            while not (await asyncio.wait({waiting}, timeout=PATIENCE))[0] and self._works(pool):
                pass
            if _is_broken(future):
                waiting.cancel()
                await asyncio.to_thread(self._replace, pool)
            elif attempt or not _has_died(future):
                return self._outcome(page, future)
        raise ExtractionCrash(f"{page.capture.url}: {ATTEMPTS} times, all workers died")

    def map(self, jobs: Iterable[Job]) -> Iterator[tuple[Page, Article | ExtractionError]]:
        """Yield each page with its article or the reason there is none, in the order given.

        At most four pages a worker wait at a time, so `jobs` may be endless.
        """
        waiting: deque[tuple[Job, Submitted]] = deque()
        for job in jobs:
            waiting.append((job, self._submit(job)))
            if len(waiting) >= 4 * self.workers:
                yield self._result(*waiting.popleft())
        while waiting:
            yield self._result(*waiting.popleft())

    def close(self) -> None:
        """End the workers; pages still waiting are given up."""
        with self._lock:
            if self._pool is not None:
                self._pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates in part
                self._pool.join()
                self._pool = None

    def start(self) -> ProcessPool:
        """Start the workers, which takes a second or two, and return their pool; reading a page starts them at need.

        Raises:
            WorkersError: they could not be started.
        """
        with self._lock:
            if self._pool is not None:
                return self._pool
            if self._breaks >= MAX_BREAKS:
                raise WorkersError("no extraction worker stays alive; is there enough memory, is newskeep whole?")
            # Workers are forked from a server that has loaded everything once.
            CONTEXT.set_forkserver_preload(["pipelines.warm", *self.preload])
            pool = ProcessPool(
                max_workers=self.workers,
                max_tasks=self.recycle_after,
                initializer=settle_in,
                context=CONTEXT,
            )
            try:
                _ = pool.active  # asking starts it
            except BrokenProcessPool as error:
                raise WorkersError(f"no extraction worker can be started: {error.__cause__}") from error
            self._pool, self._pending = pool, 0
            return pool

    def _submit(self, job: Job) -> "Submitted":
        """Hand the job to a pool, a new one when the last has broken."""
        asked = {"min_confidence": self.min_confidence}
        while True:
            pool = self.start()
            try:
                future = pool.schedule(read_article, args=job, kwargs=asked, timeout=self.deadline)
            except RuntimeError:  # it broke just now
                self._replace(pool)
            else:
                if not self._pending:  # an idle pool owes nothing
                    self._moved = time.monotonic()
                self._pending += 1
                future.add_done_callback(self._note_progress)
                return pool, future

    def _note_progress(self, _: object) -> None:
        self._pending = max(0, self._pending - 1)
        self._moved = time.monotonic()

    def _works(self, pool: ProcessPool) -> bool:
        """Whether the pool is alive, and has finished a page within the time that one may take."""
        return bool(pool.active) and time.monotonic() - self._moved < self.deadline + GRACE

    def _replace(self, pool: ProcessPool) -> None:
        """Put a broken pool away; whoever notices first does it."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
                self._breaks += 1
                pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates in part
                pool.join()

    def _result(self, job: Job, submitted: "Submitted") -> tuple[Page, Article | ExtractionError]:
        page = job[0]
        for attempt in range(ATTEMPTS):
            pool, future = submitted
            while not wait((future,), PATIENCE).done and self._works(pool):
                pass
            if _is_broken(future):
                self._replace(pool)
            elif attempt or not _has_died(future):
                try:
                    return page, self._outcome(page, future)
                except ExtractionError as error:
                    return page, error
            submitted = self._submit(job)
        return page, ExtractionCrash(f"{page.capture.url}: {ATTEMPTS} times, all workers died")

    def _outcome(self, page: Page, future: "ProcessFuture[Article]") -> Article:
        """Return the article, or raise the ExtractionError that tells why there is none."""
        self._breaks = 0
        try:
            return future.result()
        except Exception as error:
            raise _named(error, page, self.deadline) from error


def _is_broken(future: "ProcessFuture[Article]") -> bool:
    """Whether the pool, not the page, kept a job from being done; a job that nobody had begun is never told."""
    return not future.done() or isinstance(future.exception(), BrokenProcessPool)


def _has_died(future: "ProcessFuture[Article]") -> bool:
    """Whether the worker died while it read the page."""
    return isinstance(future.exception(), ProcessExpired)


def _named(error: Exception, page: Page, deadline: float) -> ExtractionError:
    """Return what a worker's failure means for its page."""
    url = page.capture.url
    match error:
        case ExtractionError():
            return error
        case DeadlineError():
            return ExtractionTimeout(f"{url}: extraction took longer than {deadline:g} s; its worker was ended")
        case ProcessExpired():
            return ExtractionCrash(f"{url}: the worker died: {error}")
    return ExtractionCrash(f"{url}: {type(error).__name__}: {error}")
