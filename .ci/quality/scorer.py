"""The corpus' own scorer, loaded from where it lies, and how articles are handed to it."""

import importlib.util
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any

from quality.places import CORPUS, Row, read_lines

NEWS_GOLD = frozenset(("aeb", "fundus"))


@cache
def load_scorer() -> ModuleType:
    """Return the corpus' `score.py` as a module."""
    spec = importlib.util.spec_from_file_location("corpus_score", CORPUS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def load_truths() -> tuple[Row, ...]:
    """Return the corpus' pages with what is known of each."""
    return tuple(read_lines(CORPUS / "truth.jsonl"))


def score_pages(predictions: Mapping[str, Row], truths: Iterable[Row]) -> list[Row]:
    """Return the scorer's findings on each page; one without a prediction counts as empty."""
    return [load_scorer().score_page(truth, predictions.get(truth["id"])) for truth in truths]


def summarise_by(pages: Iterable[Row], group: Callable[[Row], str | None]) -> dict[str, Row]:
    """Return group -> the scorer's summary; pages whose group is None are left out."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for page in pages:
        if (name := group(page["truth"])) is not None:
            groups[name].append(page)
    return {name: load_scorer().summarise(groups[name]) for name in sorted(groups)}


def news_gold(pages: Iterable[Row]) -> list[Row]:
    """Return the pages that the corpus calls news-gold."""
    return [page for page in pages if page["truth"]["source"] in NEWS_GOLD]


def junk_classes(pages: Sequence[Row]) -> list[tuple[str, int, int, int, float]]:
    """Return (class, lines, words, pages, share of all words) of the junk lines, those with most words first."""
    lines: Counter[str] = Counter()
    words: Counter[str] = Counter()
    holders: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for _, kind, count in page.get("junk", ()):
            lines[kind] += 1
            words[kind] += count
            holders[kind].add(page["id"])
    total = max(1, sum(page.get("line_tokens", 0) for page in pages))
    return [(kind, lines[kind], count, len(holders[kind]), count / total) for kind, count in words.most_common()]


def to_prediction(identifier: str, document: Row) -> Row:
    """Return a document, or a page without one, as the scorer wants it."""
    return {
        "id": identifier,
        "text": document.get("articleBody"),
        "title": document.get("headline"),
        "authors": [author["name"] for author in document.get("author", [])],
        "date": (document.get("datePublished") or "")[:10] or None,
    }


def table_of(groups: Mapping[str, Any]) -> str:
    """Return the scorer's own table."""
    return str(load_scorer().table(list(groups.items())))
