"""The mechanisms that make our text differ from trafilatura's, and how each is switched off for a measurement.

The product has no switches for this: a measurement puts functions that do nothing in place of its own, in its own
process. `tests/test_quality.py` holds that every name here is still one of the product's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from typing import Any
from unittest.mock import patch

import attrs

from pipelines.boilerplate import CATEGORIES, load_rules, ruleset
from pipelines.model import Block

INDEX_ALL = cache(ruleset._index.__wrapped__)
"""The index of each selection of rules, made once; the product remembers fewer than are compared here."""


@attrs.frozen
class Mechanism:
    """One thing that can be switched off.

    Attributes:
        name: as the table shows it.
        off: dotted name of what is replaced -> what stands in for it.
    """

    name: str
    off: Mapping[str, Any]

    @property
    def shapes_extraction(self) -> bool:
        """Whether the candidate blocks change with it; else only what becomes of them does."""
        return any(target.startswith("pipelines.extract.") for target in self.off)

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """Keep the mechanism out of this process for a while."""
        with ExitStack() as stack:
            for target, replacement in self.off.items():
                module, _, name = target.rpartition(".")
                stack.enter_context(patch.object(import_module(module), name, replacement))
            yield


def nothing(*_: object, **__: object) -> dict[int, Any]:
    """Return no verdict, whatever is asked."""
    return {}


def without_rules(*categories: str) -> dict[str, Callable[..., Any]]:
    """Return what stands in for the rules of the categories: a loader that leaves them out."""
    rest = tuple(rule for rule in load_rules() if rule.category not in categories)
    return {"pipelines.workers.load_rules": lambda: rest, "pipelines.boilerplate.ruleset._index": INDEX_ALL}


def no_lines(*_: object) -> list[Any]:
    """Return what a voter keeps that finds nothing."""
    return []


def no_frame(_: object) -> None:
    """Return the story's frame in a page that has none: trafilatura is asked about the whole page."""
    return


def score_by_votes(blocks: Sequence[Block], *_: object) -> tuple[Block, ...]:
    """Return what stands in for the model: the lines that trafilatura would keep; where it found none, the region's."""
    voter = next((name for name in ("trafilatura", "region") if any(name in block.votes for block in blocks)), "")
    return tuple(attrs.evolve(block, score=float(voter in block.votes)) for block in blocks)


RULE_GROUPS = {
    "credits, captions": ("credit", "caption"),
    "related, navigation, tags": ("related", "navigation", "tags"),
    "newsletter, consent, advertisement, app": ("newsletter", "consent", "advertisement", "app-and-social"),
    "comments, share": ("comments", "share"),
    "byline, dateline, author-bio, copyright": ("byline", "dateline", "author-bio", "copyright"),
}

MECHANISMS = (
    Mechanism("trafilatura's vote", {"pipelines.extract.body._ask_trafilatura": no_lines}),
    Mechanism("the main region's vote", {"pipelines.extract.body.main_region": no_lines}),
    Mechanism("the story's frame", {"pipelines.extract.body.story_frame": no_frame}),
    Mechanism("candidates beside the text", {"pipelines.extract.body.REACH": 0}),
    Mechanism("the learned model", {"pipelines.boilerplate.clean.score_blocks": score_by_votes}),
    Mechanism("structure", {"pipelines.boilerplate.hearing.judge_structure": nothing}),
    Mechanism("captions by place", {"pipelines.boilerplate.hearing.judge_captions": nothing}),
    Mechanism("the guard of prose", {"pipelines.boilerplate.clean.MOST_PROSE": 1.0}),
    Mechanism("all rules", without_rules(*CATEGORIES)),
    *(Mechanism(f"rules: {name}", without_rules(*categories)) for name, categories in RULE_GROUPS.items()),
)
