"""Crawls as whole processes: launched, watched and killed."""

import os
import signal
import subprocess
import sys
import sysconfig
import time
from contextlib import suppress
from pathlib import Path

import attrs

from pipelines.warc.writer import OPEN_SUFFIX
from tests.crashes.moments import Moment, Outage, Sign
from tests.crashes.server import KillableStore
from tests.crashes.sites import Site

SCRAPY = Path(sysconfig.get_path("scripts")) / "scrapy"
PROJECT = Path(__file__).resolve().parents[2]
LOOK_EVERY = 0.002  # seconds
PATIENCE = 120.0  # seconds that a crawl may take, which is done in ten
BUCKET_PREFIX = "archive"


@attrs.frozen(kw_only=True)
class Ended:
    """How a crawl came to its end.

    Attributes:
        moment, outage: what was planned for it.
        status: its exit status; None when it was killed.
        store_killed: whether the store was, meanwhile.
    """

    moment: Moment | None
    outage: Outage | None
    status: int | None
    store_killed: bool

    @property
    def was_killed(self) -> bool:
        """Whether the kill came before the crawl was through."""
        return self.status is None

    @property
    def story(self) -> str:
        """What was planned and what came of it, in one line."""
        end = "killed" if self.was_killed else f"ended by itself with {self.status}"
        return f"{self.moment or 'undisturbed'}; {self.outage or 'store untouched'}: {end}"


class Crawls:
    """Crawls of a site into one archive, one after the other; all of it lies in `folder` and a bucket."""

    def __init__(self, folder: Path, site: Site, store: KillableStore, bucket: str) -> None:
        self.folder = folder
        self.store = store
        self.bucket = bucket
        self.spool = folder / "spool"
        self.runs = 0
        self._site = site
        site.write_seeds(folder / "seeds")

    @property
    def archive_url(self) -> str:
        return f"s3://{self.bucket}/{BUCKET_PREFIX}"

    @property
    def catalog_url(self) -> str:
        return f"sqlite:///{self.folder / 'catalog.sqlite'}"

    @property
    def log(self) -> Path:
        """What the last crawl said."""
        return self.folder / f"crawl-{self.runs:02d}.log"

    def segments_in_spool(self) -> set[str]:
        """Return the names of the segments that wait, the one that grows among them."""
        return {path.name.removesuffix(OPEN_SUFFIX) for path in self.spool.glob("*.warc.gz*")}

    def run(self, moment: Moment | None = None, outage: Outage | None = None) -> Ended:
        """Crawl, and kill the crawl at `moment` and the store during `outage`; the store runs when this returns.

        A crawl that ends before its moment, or that is to have none, gives its exit status.

        Raises:
            RuntimeError: it does not end.
        """
        process = self._launch()
        try:
            return self._watch(process, moment, outage)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not self.store.is_running:
                self.store.start()
            self.store.wait_until_ready()

    def _launch(self) -> "subprocess.Popen[bytes]":
        self.runs += 1
        own = {
            "ARCHIVE_URL": self.archive_url,
            "CATALOG_URL": self.catalog_url,
            "SPOOL_DIR": str(self.spool),
            "SEEDS_DIR": str(self.folder / "seeds"),
            "CONTACT": "https://newskeep.example/tests",
            "DOWNLOAD_DELAY": "0.05",
            "WARC_MAX_BYTES": "30000",  # a segment holds some ten exchanges
            "EXTRACTION_WORKERS": "1",
            "PROGRESS": "off",
        }
        environment = {
            **os.environ,
            **self.store.server.environment,
            **{f"NEWSKEEP_{name}": value for name, value in own.items()},
            "http_proxy": self._site.proxy,
            "no_proxy": "127.0.0.1",
        }
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, str(SCRAPY), "crawl", "news"],
                cwd=PROJECT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _watch(self, process: "subprocess.Popen[bytes]", moment: Moment | None, outage: Outage | None) -> Ended:
        began, trigger, store_killed = time.monotonic(), _Trigger(self, moment) if moment else None, False
        while (elapsed := time.monotonic() - began) < PATIENCE:
            if outage and elapsed >= outage.start and not store_killed:
                self.store.kill()
                store_killed = True
            if outage and elapsed >= outage.end and not self.store.is_running:
                self.store.start()
            status = process.poll()
            if status is None and trigger and trigger.is_due():
                trigger.kill(process.pid)
            elif status is None:
                time.sleep(LOOK_EVERY)
                continue
            return Ended(moment=moment, outage=outage, status=status, store_killed=store_killed)
        raise RuntimeError(f"{self.log}: the crawl did not end within {PATIENCE:.0f} s")


class _Trigger:
    """Waits for the sign, then for the delay, then kills."""

    def __init__(self, crawls: Crawls, moment: Moment) -> None:
        self._crawls = crawls
        self._moment = moment
        self._left_over = crawls.segments_in_spool()
        self._seen: set[str] = set()
        self._due_at: float | None = None

    def is_due(self) -> bool:
        """Whether it is time to kill."""
        if self._due_at is None and self._has_come():
            self._due_at = time.monotonic() + self._moment.delay
        return self._due_at is not None and time.monotonic() >= self._due_at

    def kill(self, pid: int) -> None:
        """Kill the crawl, alone or with its workers (SIGKILL)."""
        (os.killpg if self._moment.whole_group else os.kill)(pid, signal.SIGKILL)

    def _has_come(self) -> bool:
        match self._moment.sign:
            case Sign.LAUNCH:
                return True
            case Sign.OPENED:
                return self._says(b"Spider opened")
            case Sign.ENDING:
                return self._says(b"Closing spider")
        present = self._crawls.segments_in_spool()
        self._seen |= present
        counted = self._seen - (self._left_over if self._moment.sign is Sign.SEGMENT else present)
        return len(counted) >= self._moment.count

    def _says(self, line: bytes) -> bool:
        return line in self._crawls.log.read_bytes()
