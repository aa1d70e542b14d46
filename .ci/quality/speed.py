"""CPU time a page, everything included, against trafilatura with metadata: page by page, in one process.

Interleaving keeps a busy machine out of the ratio, as both take turns under the same load; who goes first alternates,
as the second finds warm caches.
"""

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, median, quantiles

from pipelines.errors import ExtractionError
from pipelines.model import Page
from pipelines.workers import read_article
from quality.pages import read_page
from quality.places import Figures
from quality.report import columns
from quality.scorer import load_truths
from quality.trafilatura_alone import extract_alone

SAMPLE = 300
WARM_UP = 10
SEED = 3
RESAMPLES = 2000

Timing = tuple[float, float]  # seconds of trafilatura's and of ours


def judge_speed(_: Path) -> Figures:
    """Return how much CPU time we take for what trafilatura takes 1 for, and print both."""
    sample = random.Random(SEED).sample(load_truths(), WARM_UP + SAMPLE)
    pages = [read_page(truth) for truth in sample]
    for page in pages[:WARM_UP]:
        time_page(page, ours_first=True)
    timings = [time_page(page, ours_first=bool(turn % 2)) for turn, page in enumerate(pages[WARM_UP:])]
    theirs, ours = zip(*timings, strict=True)
    rows = [("trafilatura", *_spread(theirs)), ("newskeep", *_spread(ours))]
    print(columns(f"CPU milliseconds a page, {SAMPLE} pages", ("", "mean", "median", "p95"), rows))
    low, high = bootstrap_ratio(timings)
    return {
        "ratio of means": ratio_of_means(timings),
        "ratio of means, 95 % from": low,
        "ratio of means, 95 % to": high,
        "ratio of medians": median(ours) / median(theirs),
    }


def time_page(page: Page, *, ours_first: bool) -> Timing:
    """Return the CPU seconds that trafilatura and we take for the page."""
    if ours_first:
        ours = _cpu(lambda: _read(page))
        return _cpu(lambda: extract_alone(page.payload, page.capture.url)), ours
    return _cpu(lambda: extract_alone(page.payload, page.capture.url)), _cpu(lambda: _read(page))


def ratio_of_means(timings: Sequence[Timing]) -> float:
    """Return our time for one of trafilatura's."""
    return sum(ours for _, ours in timings) / sum(theirs for theirs, _ in timings)


def bootstrap_ratio(timings: Sequence[Timing]) -> tuple[float, float]:
    """Return the 95 % interval of the ratio of means over resampled pages."""
    chance = random.Random(SEED)
    ratios = sorted(ratio_of_means(chance.choices(timings, k=len(timings))) for _ in range(RESAMPLES))
    return ratios[RESAMPLES // 40], ratios[-RESAMPLES // 40]


def _read(page: Page) -> None:
    try:
        read_article(page)
    except ExtractionError:
        return  # a refusal takes time too


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _spread(seconds: Sequence[float]) -> tuple[str, str, str]:
    values = (fmean(seconds), median(seconds), quantiles(seconds, n=20)[-1])
    mean, middle, high = (f"{1000 * value:.1f}" for value in values)
    return mean, middle, high
