"""The learned judgement of blocks: how likely each is text of the article.

`training/blocks.py` makes `data/blocks.json`, which holds the trees and the record of their training.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from pipelines.boilerplate.forest import Forest
from pipelines.boilerplate.hearing import Hearing
from pipelines.boilerplate.speech import SPEECH, measure_speech
from pipelines.model import Block

MODEL = Path(__file__).with_name("data") / "blocks.json"
CASE = ("has_verdict", "is_suspect", "prose_before", "prose_after", "verdict_share", *SPEECH)
"""What is added to the measures of a block, in this order."""
MANY = 20


def score_blocks(blocks: Sequence[Block], hearing: Hearing) -> tuple[Block, ...]:
    """Return `blocks` with their scores; those without measures, which no page holds, have none."""
    rows = describe_blocks(blocks, hearing)
    return tuple(
        block if row is None else attrs.evolve(block, score=round(_forest().probability(row), 3))
        for block, row in zip(blocks, rows, strict=True)
    )


def describe_blocks(blocks: Sequence[Block], hearing: Hearing) -> list[tuple[float, ...] | None]:
    """Return a row of features a block: its measures, then its `CASE`; None for a block without measures."""
    share = len(hearing.verdicts) / max(1, len(blocks))
    return [
        (
            *block.measures,
            float(index in hearing.verdicts),
            float(index in hearing.suspects),
            float(min(MANY, place.prose_before)),
            float(min(MANY, place.prose_after)),
            share,
            *measure_speech(block.text),
        )
        if block.measures
        else None
        for index, (block, place) in enumerate(zip(blocks, hearing.places, strict=True))
    ]


def threshold() -> float:
    """Return the score from which on a block is text, as chosen by measurement."""
    return float(read_model()["threshold"])


@cache
def read_model() -> dict[str, Any]:
    """Return the model: `features`, `threshold`, `trees`, and the `record` of its training."""
    return dict(json.loads(MODEL.read_text("utf-8")))


@cache
def model_version() -> str:
    """Return `sha256:` and 12 hex digits over the model, to note beside what it made."""
    return f"sha256:{hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]}"


@cache
def _forest() -> Forest:
    return Forest(read_model()["trees"])
