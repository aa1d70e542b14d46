"""A page read with one mechanism after the other switched off, and judged each time.

A page's candidate blocks are worked out once for all mechanisms that only judge them.
"""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from importlib import import_module
from typing import Any
from unittest.mock import patch

import attrs

from pipelines import workers
from pipelines.errors import ExtractionError
from pipelines.model import Article, Page
from quality.losses import measure_loss
from quality.mechanisms import MECHANISMS
from quality.pages import as_page, read_page
from quality.places import BOUNDS, SHARED, Row
from quality.scorer import load_scorer
from quality.trafilatura_alone import extract_alone

FULL, ALONE = "everything on", "trafilatura alone"
VARIANTS = (FULL, *(mechanism.name for mechanism in MECHANISMS), ALONE)


@attrs.frozen(kw_only=True)
class Outcome:
    """What one variant made of one page; `removed` as in a document."""

    text: str = ""
    removed: tuple[Row, ...] = ()


def judge_real(truth: Row) -> dict[str, Row]:
    """Return variant -> the scorer's findings on a page of the corpus, with the share of true words `lost`."""
    return {name: _findings(truth, outcome) for name, outcome in read_variants(read_page(truth)).items()}


def judge_synthetic(number: int) -> dict[str, Row]:
    """Return variant -> the judge's findings on a synthetic page: lines `left` of `possible`, traps `lost`, `kept`."""
    url, payload, truth = synthetic_pages()[number]
    judge_text = import_module("newsweb.judge").judge_text
    outcomes = read_variants(as_page(payload, url))
    return {
        name: judge_text(truth, {"text": outcome.text}, full=True) | {"possible": truth["absent"]}
        for name, outcome in outcomes.items()
    }


@cache
def synthetic_pages() -> tuple[tuple[str, bytes, Row], ...]:
    """Return (URL, payload, truth) of the synthetic articles of the small internet."""
    sys.path.append(str(SHARED))
    options = BOUNDS["newsweb-world"]["options"]
    seed, sites = (int(options[options.index(name) + 1]) for name in ("--seed", "--sites"))
    world = import_module("newsweb.world").World(None, seed, sites, "none")
    render = import_module("newsweb.render").Renderer(world)
    truths = {article["id"]: article for article in world.truth()["articles"]}
    return tuple(
        (article.url, render.article(article, 0), truths[article.id])
        for site in world.sites
        for article in site.articles
        if article.kind == "synthetic" and article.visible(0)
    )


def read_variants(page: Page) -> dict[str, Outcome]:
    """Return variant -> its outcome on the page."""
    alone = extract_alone(page.payload, page.capture.url)
    extract = _remembering(workers.extract_article)
    outcomes = {FULL: _read(page, extract), ALONE: Outcome(text=(alone.text or "") if alone else "")}
    for mechanism in MECHANISMS:
        with mechanism.switched_off():
            outcomes[mechanism.name] = _read(page, None if mechanism.shapes_extraction else extract)
    return outcomes


def _remembering(extract: Callable[..., Article]) -> Callable[..., Article]:
    """Return `extract` for one page: it works once, and fails again as it failed."""
    known: list[Article | ExtractionError] = []

    def remembered(page: Page, **given: Any) -> Article:
        if not known:
            try:
                known.append(extract(page, **given))
            except ExtractionError as error:
                known.append(error)
        if isinstance(known[0], ExtractionError):
            raise known[0]
        return known[0]

    return remembered


def _read(page: Page, extract: Callable[..., Article] | None) -> Outcome:
    with patch.object(workers, "extract_article", extract) if extract else nullcontext():
        try:
            article = workers.read_article(page)
        except ExtractionError:
            return Outcome()
    removed = ({"rule": cut.rule, "category": cut.category, "text": cut.block.text} for cut in article.removed)
    return Outcome(text=article.article_body, removed=tuple(removed))


def _findings(truth: Row, outcome: Outcome) -> Row:
    findings: Row = load_scorer().score_page(truth, {"text": outcome.text})
    findings["truth"] = {"source": truth["source"]}
    findings["lost"] = measure_loss(truth, outcome.text, outcome.removed).share if truth.get("body") else None
    return findings
