"""The calibrated number: signals weighed by what `training/confidence.py` learned, and the refusal of what is none.

Two questions are asked: is the page an article, and if it is, is the text whole and clean? Each is answered by a
logistic regression over the same signals, whose weights add up in plain sight; the confidence is the product. The
numbers lie in `model.json` beside the record of how they were learned.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from pipelines.confidence.signals import Signal, read_signals
from pipelines.confidence.walls import find_wall
from pipelines.errors import NoArticleError, SettingsError
from pipelines.model import Address, Article, Cause, Confidence, Evidence

MODEL = Path(__file__).with_name("model.json")
SHOWN = 6
WORTH_SAYING = 0.1
SHORT = 500


def judge_confidence(article: Article) -> Article:
    """Return `article` with its confidence; its evidence, now judged, is gone.

    An article without any text has confidence 0, and so has what is plainly something else.
    """
    signals = read_signals(article)
    is_other = not article.blocks or _is_plainly_other(signals)
    is_article, is_whole = (0.0 if is_other else _answer(question, signals) for question in ("article", "text"))
    confidence = Confidence(
        value=round(is_article * is_whole, 3), article=round(is_article, 3), causes=_causes(signals)
    )
    return attrs.evolve(article, confidence=confidence, evidence=None)


def require_confidence(article: Article, minimum: float | None = None) -> Article:
    """Return `article` with its confidence, if it is an article by a probability of `minimum` or more.

    None as `minimum` is the threshold that was measured.

    Raises:
        NoArticleError: it is below; with the cause (`empty`, `shell`, `consent`, `not-found`, `challenge`, `login`,
            `paywall`, `hub`, `short`, `doubtful`) and what led to it.
    """
    judged = judge_confidence(article)
    assert judged.confidence is not None
    if judged.blocks and judged.confidence.article >= (default_minimum() if minimum is None else minimum):
        return judged
    cause, told = _name_refusal(article, judged.confidence)
    message = f"{article.url}: not an article, confidence {judged.confidence.article:.3f} ({told})"
    raise NoArticleError(cause, message, confidence=judged.confidence.article)


def default_minimum() -> float:
    """Return the probability below which a page is no article, as chosen by measurement."""
    return float(_model()["threshold"])


def read_minimum(setting: object) -> float | None:
    """Return what EXTRACTION_MIN_CONFIDENCE says; None when it is empty: then the measured threshold counts.

    Raises:
        SettingsError: it is no number from 0 to 1.
    """
    if setting in {None, ""}:
        return None
    try:
        minimum = float(str(setting))
    except ValueError:
        minimum = math.nan
    if not 0 <= minimum <= 1:
        raise SettingsError("EXTRACTION_MIN_CONFIDENCE", f"{setting!r} is no number from 0 to 1")
    return minimum


@cache
def confidence_version() -> str:
    """Return `sha256:` and 12 hex digits over the model, to note beside what it made."""
    return f"sha256:{hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]}"


def _is_plainly_other(signals: Sequence[Signal]) -> bool:
    """Whether the page is a wall by its words, or nothing vouches for it and it is a list or has no running text.

    No article of the 1,124 whose text is known is any of these; real walls are too few to learn such weights from.
    """
    seen = {signal.name: signal.value for signal in signals}
    if seen["wall"]:
        return True
    is_list = seen["teasers"] == 1 and not seen["address-article"]
    return not seen["declared"] and (is_list or not seen["prose"])


def _answer(question: str, signals: Sequence[Signal]) -> float:
    """Return the probability that the answer is yes."""
    asked = _model()[question]
    odds = asked["intercept"] + sum(_effect(asked["weights"], signal) for signal in signals)
    return float(1 / (1 + math.exp(-odds)))


def _effect(weights: Mapping[str, float], signal: Signal) -> float:
    """Return what a signal adds to the log-odds, compared with the usual article."""
    return float(weights.get(signal.name, 0.0) * (signal.value - _model()["usual"][signal.name]))


def _causes(signals: Sequence[Signal]) -> tuple[Cause, ...]:
    """Return what is worth saying, strongest first; the effects on both answers are added."""
    questions = [_model()[question]["weights"] for question in ("article", "text")]
    causes = [
        Cause(signal=signal.told, effect=round(sum(_effect(weights, signal) for weights in questions), 2))
        for signal in signals
    ]
    strongest = sorted(causes, key=lambda cause: -abs(cause.effect))
    return tuple(cause for cause in strongest[:SHOWN] if abs(cause.effect) >= WORTH_SAYING)


@cache
def _model() -> dict[str, Any]:
    return dict(json.loads(MODEL.read_text("utf-8")))


def _name_refusal(article: Article, confidence: Confidence) -> tuple[str, str]:
    """Return the slug of the likeliest cause, and what speaks against the page."""
    evidence = article.evidence or Evidence()
    text = "\n".join(block.text for block in article.blocks)
    asked = "\n".join((text, *(removed.block.text for removed in article.removed)))
    against = "; ".join(cause.signal for cause in confidence.causes if cause.effect < 0)
    wall = find_wall(evidence, text, asked)
    if wall is not None:
        return wall
    if not article.blocks:
        return ("shell", "a script is to fill the page") if evidence.needs_scripts else ("empty", "no text was found")
    return _cause(article, evidence, len(text)), against or "too little speaks for it"


def _cause(article: Article, evidence: Evidence, length: int) -> str:
    if evidence.is_list or evidence.address in {Address.HOME, Address.LIST} or len(evidence.teasers) >= 3:
        return "hub"
    if length >= SHORT:
        return "doubtful"
    if evidence.needs_scripts:
        return "shell"
    return "paywall" if article.is_accessible_for_free is False else "short"
