"""Rounds of kills, each judged against a crawl that nobody disturbed."""

import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import attrs

from pipelines.stores import ObjectStore
from pipelines.stores.s3 import S3Store
from tests.crashes.audit import Findings, Texts, audit_archive
from tests.crashes.crawls import BUCKET_PREFIX, Crawls, Ended
from tests.crashes.moments import draw_moment, draw_outage
from tests.crashes.server import KillableStore
from tests.crashes.sites import Site

KILLS = 5  # in a row, at most; then the crawl is left to finish
OUTAGES = 0.3  # the share of crawls whose store is killed, unless they are before it
FINISHING = 4  # crawls in peace, of which one must end with exit status 0
NOTHING = Findings(texts=Counter(), invalid=(), gaps=(), untidy=())


@attrs.frozen(kw_only=True)
class Harm:
    """How an archive differs from that of an undisturbed crawl.

    Attributes:
        lost: URLs of articles that are missing, or have another text.
        twice: URLs of texts that have more documents than there.
        other: URLs of documents that the undisturbed crawl has not.
        refetches: requests for articles beyond those there.
    """

    lost: tuple[str, ...]
    twice: tuple[str, ...]
    other: tuple[str, ...]
    refetches: int


@attrs.frozen(kw_only=True)
class Truth:
    """What an undisturbed crawl archived, and how often it asked for each article."""

    texts: Texts
    asked: Counter[str]

    @property
    def articles(self) -> int:
        """How many articles there are."""
        return len({url for url, _ in self.texts})

    def compare(self, findings: Findings, asked: Counter[str]) -> Harm:
        """Return how another archive of the same site differs, `asked` being all requests that made it."""
        texts = findings.texts
        return Harm(
            lost=_urls(self.texts.keys() - texts.keys()),
            twice=_urls((texts - self.texts).keys() & self.texts.keys()),
            other=_urls(texts.keys() - self.texts.keys()),
            refetches=sum(max(0, asked[url] - times) for url, times in self.asked.items()),
        )


@attrs.frozen(kw_only=True)
class Undisturbed:
    """A crawl that nobody disturbed, and its archive."""

    crawls: Crawls
    store: ObjectStore
    truth: Truth


@attrs.frozen(kw_only=True)
class Round:
    """What some kills in a row did to one archive.

    Attributes:
        number: which round it is; with the soak's seed it says all about it.
        folder: where it all lies; it is gone when nothing is wrong.
        script: the crawls that were to be killed, in order.
        crawls: how many there were in all.
        findings, harm: of the archive in the end; None when no crawl ended well.
        seconds: how long it took.
    """

    number: int
    folder: Path
    script: tuple[Ended, ...]
    crawls: int
    findings: Findings | None
    harm: Harm | None
    seconds: float

    @property
    def kills(self) -> int:
        """Crawls killed."""
        return sum(ended.was_killed for ended in self.script)

    @property
    def store_kills(self) -> int:
        """How often the store was killed."""
        return sum(ended.store_killed for ended in self.script)

    @property
    def refetches(self) -> int:
        """Requests for articles beyond the undisturbed crawl's."""
        return self.harm.refetches if self.harm else 0

    @property
    def problems(self) -> tuple[str, ...]:
        """All that is wrong, one line each; refetches are judged over all rounds."""
        if self.findings is None:
            return (f"none of {FINISHING} crawls in peace ended with exit status 0",)
        return tuple(f"{name}: {line}" for name, lines in self._faults() for line in lines)

    @property
    def figures(self) -> tuple[int, ...]:
        """The numbers of the table, after the round's own."""
        harm = (len(lines) for _, lines in self._faults())
        return (self.kills, self.store_kills, self.crawls, *harm, self.refetches, round(self.seconds))

    def _faults(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        harm, found = self.harm or Harm(lost=(), twice=(), other=(), refetches=0), self.findings or NOTHING
        return (
            ("lost", harm.lost),
            ("twice", harm.twice),
            ("other", harm.other),
            ("invalid", found.invalid),
            ("gap", found.gaps),
            ("untidy", found.untidy),
        )


class Soak:
    """Rounds over one site and one store, drawn from one seed; their folders lie in `folder`."""

    def __init__(self, folder: Path, site: Site, store: KillableStore, *, seed: int, outages: float = OUTAGES) -> None:
        self._folder = folder
        self._site = site
        self._store = store
        self._seed = seed
        self._outages = outages

    def crawl_undisturbed(self) -> Undisturbed:
        """Crawl once without a kill.

        Raises:
            RuntimeError: that crawl failed, or its archive is not in order.
        """
        crawls, store = self._archive("undisturbed")
        self._site.asked()
        if (ended := crawls.run()).status != 0:
            raise RuntimeError(f"{crawls.log}: the undisturbed crawl ended with {ended.status}")
        asked, findings = self._site.asked(), audit_archive(crawls, store)
        if wrong := (*findings.invalid, *findings.gaps, *findings.untidy):
            raise RuntimeError(f"{crawls.folder}: the undisturbed archive is not in order: {wrong[0]}")
        articles = Counter({url: asked[url] for url, _ in findings.texts})
        return Undisturbed(crawls=crawls, store=store, truth=Truth(texts=findings.texts, asked=articles))

    def run_round(self, number: int, truth: Truth, *, kills: int = KILLS) -> Round:
        """Kill `kills` crawls at most, let one finish, and judge the archive. The folder stays when it is bad."""
        began, random = time.monotonic(), Random(f"{self._seed}/{number}")
        crawls, store = self._archive(f"round-{number:03d}")
        self._site.asked()
        script = tuple(_disturb(crawls, random, kills, self._outages))
        done = script[-1].status == 0 or _finish(crawls)
        asked, findings = self._site.asked(), audit_archive(crawls, store) if done else None
        judged = Round(
            number=number,
            folder=crawls.folder,
            script=script,
            crawls=crawls.runs,
            findings=findings,
            harm=truth.compare(findings, asked) if findings else None,
            seconds=time.monotonic() - began,
        )
        if judged.problems:
            lines = (*(ended.story for ended in script), "", *judged.problems)
            (crawls.folder / "problems.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        else:
            shutil.rmtree(crawls.folder)
        return judged

    def _archive(self, name: str) -> tuple[Crawls, ObjectStore]:
        """Return crawls into a new bucket and folder, and the archive they fill."""
        folder = self._folder / name
        folder.mkdir(parents=True)
        client = self._store.client()
        client.create_bucket(Bucket=name)
        return Crawls(folder, self._site, self._store, name), S3Store(client, name, BUCKET_PREFIX)


def _disturb(crawls: Crawls, random: Random, kills: int, outages: float) -> Iterator[Ended]:
    """Crawl and kill, until one ends well in spite of it."""
    for _ in range(kills):
        ended = crawls.run(draw_moment(random), draw_outage(random, share=outages))
        yield ended
        if ended.status == 0:
            return


def _finish(crawls: Crawls) -> bool:
    """Crawl until one ends well; return whether one did."""
    return any(crawls.run().status == 0 for _ in range(FINISHING))


def _urls(texts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(url for url, _ in texts))
