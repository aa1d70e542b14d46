"""Learn how sure an article's signals make us: writes `pipelines/confidence/model.json`.

    python -m training.confidence --corpus FOLDER --web FOLDER [--measured FILE] [--dry-run]

Two questions are learned, and the confidence is the product of their answers: is a page an article, and is the text of
an article good? It is good when its F1 is .9 or more (4-word shingles, by the corpus' own `score.py`); where only
pieces of the text are known, when it holds all of them and none that do not belong to it.

Ten folds, of which none shares a registered domain (a language of our own pages, a seed of the fake web) with another,
give the figures; the model is fitted on all. Given `--measured FILE`, the signals are kept there, so that the pages are
read (some three minutes of work) only once.
"""

import argparse
import gzip
import importlib.util
import json
import math
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.boilerplate import load_rules, remove_boilerplate
from pipelines.confidence import read_signals
from pipelines.confidence.judge import MODEL
from pipelines.confidence.signals import DIRECTIONS
from pipelines.errors import ExtractionError
from pipelines.extract import extract_article, saved_page
from training.logistic import fit, probability
from training.no_articles import Sample, fake_web_pages, hollow_pages, own_pages

GOOD = 0.9
FOLDS = 10
BINS = 10
RIDGE = 1.0
SEEDS = (3, 11, 29)
# Of real articles no more than this many of the corpus' 1124 may be refused.
MAX_REFUSED = 4
FETCHED = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = tuple(DIRECTIONS)

Measured = dict[str, Any]


def main() -> None:
    """Measure, cross-validate, report, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, required=True, help="pages with their true text")
    parser.add_argument("--web", type=Path, required=True, help="folder that holds the package of a fake news web")
    parser.add_argument("--measured", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="report only")
    options = parser.parse_args()
    pages = measure(options.corpus, options.web, options.measured)
    usual = usual_values(pages)
    rows = [row_of(page, usual) for page in pages]
    questions = {"article": [is_article(page) for page in pages], "text": [is_whole(page) for page in pages]}
    articles, texts = (cross_validate(pages, rows, labels) for labels in questions.values())
    threshold = choose_threshold(pages, articles)
    record = report(pages, articles, texts, threshold)
    print(json.dumps(record, indent=1))
    if not options.dry_run:
        models = {question: learn(rows, labels) for question, labels in questions.items()}
        write_model({"threshold": threshold, "usual": usual, **models, "record": record})


def measure(corpus: Path, web: Path, kept: Path | None) -> list[Measured]:
    """Return signals, label (None when the text is not known) and group of every page."""
    if kept and kept.exists():
        return [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    with ProcessPoolExecutor(2) as workers:
        pages = list(workers.map(partial(measure_sample, corpus), samples(corpus, web), chunksize=16))
    if kept:
        kept.write_text("".join(f"{json.dumps(page)}\n" for page in pages), "utf-8")
    return pages


def samples(corpus: Path, web: Path) -> Iterator[Sample]:
    """Yield all pages: the corpus as it is, hollowed out, our own, and the fake web."""
    rows = [json.loads(line) for line in (corpus / "truth.jsonl").read_text("utf-8").splitlines()]
    payload = lambda row: gzip.decompress((corpus / "pages" / f"{row['id']}.html.gz").read_bytes())  # noqa: E731
    for row in rows:
        yield Sample(
            name=row["id"],
            group=row["domain"],
            kind="article",
            url=row.get("url") or f"https://{row['host']}/a",
            payload=payload(row),
            body=row.get("body"),
            pieces=(tuple(row.get("with") or ()), tuple(row.get("without") or ())),
        )
    yield from hollow_pages(rows, lambda row: payload(row).decode("utf-8", "replace"))
    yield from own_pages()
    yield from fake_web_pages(web, SEEDS)


def measure_sample(corpus: Path, sample: Sample) -> Measured:
    """Return what one page gives; without a known text only whether it is an article is known, which is no label."""
    result: Measured = {"name": sample.name, "group": sample.group, "kind": sample.kind, "signals": None, "label": None}
    try:
        article = extract_article(saved_page(sample.payload, url=sample.url, fetched_at=FETCHED))
    except ExtractionError:
        return result
    if not article.blocks:
        return result
    article = remove_boilerplate(article, load_rules())
    signals = {signal.name: round(signal.value, 4) for signal in read_signals(article)}
    if sample.kind not in {"article", "stub"}:
        return result | {"signals": signals, "label": 0}
    return result | {"signals": signals, "label": is_good(corpus, sample, article.article_body)}


def is_good(corpus: Path, sample: Sample, text: str) -> int | None:
    """Return 1 when `text` is what it should be, 0 when it is not, None when nothing is known."""
    if sample.body is not None:
        return int(page_f1(corpus, sample.body, text) >= GOOD)
    belongs, does_not = sample.pieces
    whole = " ".join(text.split())
    if not belongs:
        return None
    found = [" ".join(piece.split()) in whole for piece in (*belongs, *does_not)]
    return int(all(found[: len(belongs)]) and not any(found[len(belongs) :]))


def page_f1(corpus: Path, body: str, text: str) -> float:
    """Return F1 by the corpus' own definition."""
    score = sys.modules.get("corpus_score")
    if score is None:
        spec = importlib.util.spec_from_file_location("corpus_score", corpus / "score.py")
        assert spec is not None
        assert spec.loader is not None
        score = sys.modules["corpus_score"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(score)
    true, found = (score.shingles(score.words(text)) for text in (body, text))
    overlap = score.overlap(true, found)
    return float(score.harmonic(score.prec(*overlap), score.rec(*overlap)))


def usual_values(pages: Sequence[Measured]) -> dict[str, float]:
    """Return the mean of each signal over real articles: what counts as nothing said."""
    seen = defaultdict(list)
    for page in pages:
        if page["signals"] and page["kind"] == "article" and not page["group"].startswith("web-"):
            for name, value in page["signals"].items():
                seen[name].append(value)
    return {name: round(sum(seen[name]) / len(seen[name]), 4) if seen[name] else 0.0 for name in NAMES}


def row_of(page: Measured, usual: dict[str, float]) -> list[float]:
    """Return the columns: each signal's distance from the usual."""
    signals = page["signals"] or {}
    return [signals.get(name, usual[name]) - usual[name] for name in NAMES]


def is_article(page: Measured) -> int | None:
    """Return the label of the first question; None for what is shown of an article behind a paywall."""
    return None if not page["signals"] or page["kind"] == "stub" else int(page["kind"] == "article")


def is_whole(page: Measured) -> int | None:
    """Return the label of the second question, which is asked of articles only."""
    label: int | None = page["label"] if page["kind"] in {"article", "stub"} else None
    return label


def learn(rows: Sequence[Sequence[float]], labels: Sequence[int | None]) -> dict[str, Any]:
    """Return intercept and weights, fitted on all that has a label; what weighs nothing is left out."""
    known = [(row, label) for row, label in zip(rows, labels, strict=True) if label is not None]
    intercept, weights = fit([row for row, _ in known], [label for _, label in known], list(DIRECTIONS.values()), RIDGE)
    found = {name: round(weight, 4) for name, weight in zip(NAMES, weights, strict=True) if weight}
    return {"intercept": round(intercept, 4), "weights": found}


def cross_validate(
    pages: Sequence[Measured], rows: Sequence[Sequence[float]], labels: Sequence[int | None]
) -> list[float]:
    """Return for every page what a model says that saw nothing of its group; 0 where there is no text."""
    folds = [zlib.crc32(page["group"].encode()) % FOLDS for page in pages]
    guesses = [0.0] * len(pages)
    for fold in range(FOLDS):
        known = [(rows[k], label) for k, label in enumerate(labels) if label is not None and folds[k] != fold]
        model = fit([row for row, _ in known], [label for _, label in known], list(DIRECTIONS.values()), RIDGE)
        for place, page in enumerate(pages):
            if folds[place] == fold and page["signals"]:
                guesses[place] = probability(*model, rows[place])
    return guesses


def is_real(page: Measured) -> bool:
    """Whether it is a page of the corpus as it is."""
    return bool(page["kind"] == "article" and not page["group"].startswith("web-"))


def choose_threshold(pages: Sequence[Measured], guesses: Sequence[float]) -> float:
    """Return the highest round threshold at which no more than `MAX_REFUSED` articles are refused."""
    articles = sorted(guess for page, guess in zip(pages, guesses, strict=True) if is_real(page))
    return math.floor(100 * articles[MAX_REFUSED]) / 100


def report(
    pages: Sequence[Measured], articles: Sequence[float], texts: Sequence[float], threshold: float
) -> dict[str, Any]:
    """Return the training record: sizes, cross-validated calibration, and what the threshold lets through."""
    told = [
        (a * t, page["label"]) for page, a, t in zip(pages, articles, texts, strict=True) if page["label"] is not None
    ]
    bins: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for guess, label in told:
        bins[min(BINS - 1, int(guess * BINS))].append((guess, label))
    table = [
        [len(found), round(sum(g for g, _ in found) / len(found), 3), round(sum(y for _, y in found) / len(found), 3)]
        for _, found in sorted(bins.items())
    ]
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for page, guess in zip(pages, articles, strict=True):
        kind = page["kind"] if page["kind"] != "article" else "article" if is_real(page) else "web-article"
        kinds[kind][0] += 1
        kinds[kind][1] += guess >= threshold
    rate = sum(label for _, label in told) / len(told)
    return {
        "pages": len(told),
        "successes": round(rate, 4),
        "brier": round(sum((guess - label) ** 2 for guess, label in told) / len(told), 4),
        "brier_of_the_rate": round(rate * (1 - rate), 4),
        "calibration_error": round(sum(n * abs(guess - label) for n, guess, label in table) / len(told), 4),
        "reliability": table,
        "kept_of": {kind: f"{passed} of {seen}" for kind, (seen, passed) in sorted(kinds.items())},
        "refused_articles": sorted(
            page["name"] for page, guess in zip(pages, articles, strict=True) if is_real(page) and guess < threshold
        ),
    }


def write_model(model: dict[str, Any]) -> None:
    """Write the model's file."""
    MODEL.write_text(f"{json.dumps(model, indent=2)}\n", "utf-8")


if __name__ == "__main__":
    main()
