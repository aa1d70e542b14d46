"""Learn which blocks are text: writes `pipelines/boilerplate/data/blocks.json`.

    python -m training.blocks --corpus FOLDER [--measured FILE] [--dry-run]

A block is text when at least half of its 4-word shingles occur in the page's true text; a very short one only beside
such a line, and the second of two alike is none. Where only pieces of the text are known, the lines that hold them
are learned from as well. Lines weigh by their share of the page's words, so that every page counts alike. Five folds,
of which no two share a registered domain, give the figures; the model is fitted on all. Given `--measured FILE`, what
the pages measure is kept there, so that reading them (two minutes) is done once.
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import pickle
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
import lightgbm
import numpy as np

from pipelines.boilerplate import load_rules, rules_version
from pipelines.boilerplate.clean import decide_blocks
from pipelines.boilerplate.forest import LEAVES, Forest
from pipelines.boilerplate.hearing import Hearing, hear_rules
from pipelines.boilerplate.model import CASE, MODEL, describe_blocks
from pipelines.errors import ExtractionError
from pipelines.extract import extract_article, saved_page
from pipelines.extract.measures import MEASURES
from pipelines.model import Block

FOLDS = 5
ROUNDS = 120
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 10,
    "max_bin": 63,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
THRESHOLD = 0.55
IS_TEXT = 0.5
SHORT = 3
# How much a page's lines teach: checked by hand, by a model and people, taken over from another extractor.
TRUST = {"aeb": 1.0, "fundus": 1.0, "wcxb": 0.6, "readability": 0.5, "newspaper": 0.5}
NEWS_TRUST = 1.0
PIECE_WEIGHT = 0.03
FETCHED = datetime(2026, 11, 23, tzinfo=UTC)


@attrs.frozen
class Sample:
    """A page of the corpus as read.

    Attributes:
        truth: its line of the corpus.
        blocks: the candidates, not yet scored.
        hearing: what is said against them.
        rows: their features.
    """

    truth: dict[str, Any]
    blocks: tuple[Block, ...]
    hearing: Hearing
    rows: list[tuple[float, ...]]


def main() -> None:
    """Measure, cross-validate, report, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, required=True, help="pages with their true text")
    parser.add_argument("--measured", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="report only")
    options = parser.parse_args()
    scorer = load_scorer(options.corpus)
    samples = measure(options.corpus, options.measured)
    lessons = [lesson for sample in samples for lesson in learn_from(sample, scorer)]
    scored = cross_validate(samples, lessons)
    record = report(samples, scored, scorer)
    print(json.dumps(record, indent=1))
    if not options.dry_run:
        booster = fit(lessons)
        trees = export_trees(booster)
        check_export(booster, trees, samples)
        write_model(trees, record | {"corpus": digest_of(options.corpus / "truth.jsonl")})


def measure(corpus: Path, kept: Path | None) -> list[Sample]:
    """Return what each page of the corpus measures."""
    if kept and kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    truths = [json.loads(line) for line in (corpus / "truth.jsonl").read_text("utf-8").splitlines()]
    with ProcessPoolExecutor(2) as workers:
        read = workers.map(partial(measure_page, corpus), truths, chunksize=16)
        samples = [sample for sample in read if sample is not None]
    if kept:
        kept.write_bytes(pickle.dumps(samples))
    return samples


def measure_page(corpus: Path, truth: dict[str, Any]) -> Sample | None:
    """Return what a page measures; None when nothing can be read."""
    payload = gzip.decompress((corpus / "pages" / f"{truth['id']}.html.gz").read_bytes())
    url = truth["url"] or f"https://{truth['host'] or 'page.example'}/"
    try:
        article = extract_article(saved_page(payload, url=url, fetched_at=FETCHED, charset=truth["charset"]))
    except ExtractionError:
        return None
    hearing = hear_rules(article, load_rules())
    rows = [row for row in describe_blocks(article.blocks, hearing) if row is not None]
    return Sample(truth, article.blocks, hearing, rows)


@attrs.frozen
class Lesson:
    """A line that is known to be text or not."""

    row: tuple[float, ...]
    is_text: float
    weight: float
    fold: int


def learn_from(sample: Sample, scorer: Any) -> Iterator[Lesson]:
    """Yield the lessons of a page."""
    truth, fold = sample.truth, fold_of(sample.truth)
    if not truth.get("body"):
        for row, is_text in zip(sample.rows, pieces_in(sample, scorer), strict=True):
            if is_text is not None:
                yield Lesson(row, is_text, PIECE_WEIGHT, fold)
        return
    trust = NEWS_TRUST if truth.get("news") else TRUST[truth["source"]]
    whole = len(scorer.words(truth["body"])) + 30
    for block, row, is_text in zip(sample.blocks, sample.rows, labels_of(sample, scorer), strict=True):
        yield Lesson(row, is_text, trust * (len(scorer.words(block.text)) + 6) / whole, fold)


def labels_of(sample: Sample, scorer: Any) -> list[float]:
    """Return 1 for each block that is text of the page, else 0."""
    true = scorer.words(sample.truth["body"])
    known = {size: set(zip(*(true[start:] for start in range(size)), strict=False)) for size in range(1, scorer.N + 1)}
    sizes, shares = [], []
    for block in sample.blocks:
        words = scorer.words(block.text)
        size = min(scorer.N, len(words))
        own = [tuple(words[start : start + size]) for start in range(len(words) - size + 1)] if words else []
        sizes.append(len(words))
        shares.append(sum(shingle in known[size] for shingle in own) / len(own) if own else 0.0)
    sure = [share >= IS_TEXT and size > SHORT for share, size in zip(shares, sizes, strict=True)]
    labels, seen = [], set[str]()
    for place, (block, share, size) in enumerate(zip(sample.blocks, shares, sizes, strict=True)):
        beside = size > SHORT or any(sure[max(0, place - 2) : place]) or any(sure[place + 1 : place + 3])
        again = size >= SHORT and block.text in seen
        is_text = share >= IS_TEXT and beside and not again
        if is_text:
            seen.add(block.text)
        labels.append(float(is_text))
    return labels


def pieces_in(sample: Sample, scorer: Any) -> Iterator[float | None]:
    """Yield 1 for each block that holds a known piece of the text, 0 for one that holds a piece of what is none."""
    wanted = [scorer.norm(piece) for piece in sample.truth.get("with") or () if scorer.norm(piece)]
    unwanted = [scorer.norm(piece) for piece in sample.truth.get("without") or () if scorer.norm(piece)]
    for block in sample.blocks:
        text = scorer.norm(block.text)
        if any(piece in text or (len(text) > 30 and text in piece) for piece in wanted):
            yield 1.0
        else:
            yield 0.0 if any(piece in text for piece in unwanted) else None


def fold_of(truth: dict[str, Any]) -> int:
    """Return the fold of a page's registered domain."""
    domain = truth["domain"] or truth["id"]
    return int(hashlib.sha256(f"fold {domain}".encode()).hexdigest(), 16) % FOLDS


def fit(lessons: Sequence[Lesson]) -> lightgbm.Booster:
    """Return trees fitted to `lessons`."""
    weights = np.array([lesson.weight for lesson in lessons])
    rows = np.array([lesson.row for lesson in lessons])
    labels = np.array([lesson.is_text for lesson in lessons])
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(rows, labels, weight=weights / weights.mean()), ROUNDS)


def cross_validate(samples: Sequence[Sample], lessons: Sequence[Lesson]) -> list[tuple[Block, ...]]:
    """Return the blocks of each page, scored by trees that know no page of its domain."""
    boosters = [fit([lesson for lesson in lessons if lesson.fold != fold]) for fold in range(FOLDS)]
    scored = []
    for sample in samples:
        scores = boosters[fold_of(sample.truth)].predict(np.array(sample.rows)) if sample.rows else ()
        scored.append(
            tuple(attrs.evolve(block, score=float(score)) for block, score in zip(sample.blocks, scores, strict=True))
        )
    return scored


def report(samples: Sequence[Sample], scored: Sequence[tuple[Block, ...]], scorer: Any) -> dict[str, Any]:
    """Return the cross-validated figures of the corpus' own scorer, beside what made them."""
    pages = []
    for sample, blocks in zip(samples, scored, strict=True):
        gone = (
            decide_blocks(blocks, sample.hearing.verdicts, sample.hearing.suspects, least=THRESHOLD) if blocks else {}
        )
        text = "\n".join(block.text for place, block in enumerate(blocks) if place not in gone)
        pages.append(scorer.score_page(sample.truth, {"text": text}))
    groups = {"news": ("aeb", "fundus"), "wcxb": ("wcxb",), "traf": ("traf",)}
    names = ("pages", "f1", "precision", "recall", "page_f1_ge_98", "junk_tokens", "furniture_pages", "captions_kept")
    figures = {}
    for group, sources in groups.items():
        told = scorer.summarise([page for page in pages if page["truth"]["source"] in sources])
        wanted = (*names, "seg_f1")
        figures[group] = {name: round(told[name], 4) for name in wanted if told.get(name) is not None}
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "cross-validated": figures,
        "folds": FOLDS,
        "rounds": ROUNDS,
        "parameters": PARAMETERS,
        "versions": {name: version(name) for name in ("lightgbm", "numpy", "trafilatura")} | {"rules": rules_version()},
    }


def export_trees(booster: lightgbm.Booster) -> list[Any]:
    """Return the trees as `Forest` takes them."""
    return [export_node(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]


def export_node(node: dict[str, Any]) -> Any:
    """Return a node `[feature, threshold, left, right]`, or the number of a leaf."""
    if "leaf_value" in node:
        return round(node["leaf_value"], 6)
    left, right = export_node(node["left_child"]), export_node(node["right_child"])
    return [node["split_feature"], node["threshold"], left, right]


def check_export(booster: lightgbm.Booster, trees: list[Any], samples: Sequence[Sample]) -> None:
    """See that the exported trees answer as the fitted ones do."""
    rows = [row for sample in samples[:20] for row in sample.rows]
    forest = Forest(trees)
    apart = max(abs(forest.probability(row) - score) for row, score in zip(rows, booster.predict(rows), strict=True))
    if apart > 1e-4:
        sys.exit(f"the exported trees answer {apart:.6f} beside the fitted ones")


def write_model(trees: list[Any], record: dict[str, Any]) -> None:
    """Write the model, one tree a line."""
    features = (*MEASURES, *CASE)
    head = {"threshold": THRESHOLD, "leaves": LEAVES, "features": features, "record": record}
    lines = ",\n  ".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    MODEL.write_text(f'{json.dumps(head, indent=1)[:-2]},\n "trees": [\n  {lines}\n ]\n}}\n', "utf-8")


def load_scorer(corpus: Path) -> Any:
    """Return the corpus' own `score.py`."""
    spec = importlib.util.spec_from_file_location("score", corpus / "score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


def digest_of(file: Path) -> str:
    """Return the digest of a file."""
    return f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


if __name__ == "__main__":
    main()
