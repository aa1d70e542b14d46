"""The ways a block may be read: as it stands, without its brackets, by what its lead-in leads to, or in parts.

Furniture is dressed up: `【広告】`, `The Ledger on Friday: subscribe to our newsletter`, `Share | Mail | Print`.
"""

import re
from collections.abc import Iterator, Sequence

import attrs

from pipelines.boilerplate.rule import Place, Rule
from pipelines.boilerplate.wording import narrates, read_line
from pipelines.model import Block

BRACKETS = re.compile(r"[\[(【〔《<«‹]\s*(.+?)\s*[\])】〕》>»›]")
LEAD_IN = re.compile(r"(.{2,45}?)(?::| [–—-]) +(.{8,})")
SEPARATOR = re.compile(r"\s*[|｜•·]\s*")
LONGEST_PART = 40
LINKED = 0.5

# What may be dressed up. Credits, captions and titles are read as printed: there the dress is part of the wording.
DRESSED = frozenset({"advertisement", "newsletter", "comments", "share", "app-and-social", "navigation", "consent"})


def find_rule(block: Block, rules: Sequence[Rule], place: Place) -> tuple[Rule, Block] | None:
    """Return the first rule that takes `block`, and the reading it takes; None when none does."""
    weight = read_line(block.text).weight
    for rule in rules:
        # Most blocks are paragraphs, too long for most rules: asking that first halves the work.
        if weight <= rule.max_length and rule.matches(block, place):
            return rule, block
    for text in _undressed(block, place):
        reading = attrs.evolve(block, text=text)
        for rule in rules:
            if rule.category in DRESSED and rule.matches(reading, place):
                return rule, reading
    return None


def _undressed(block: Block, place: Place) -> Iterator[str]:
    if bracketed := BRACKETS.fullmatch(block.text):
        yield bracketed[1]
    # "The sign read: subscribe to our newsletter." is told within a story, not after it.
    if (led := LEAD_IN.fullmatch(block.text)) and (place.prose_after == 0 or not narrates(led[1])):
        yield led[2]
    parts = [part for part in SEPARATOR.split(block.text) if part]
    # A row of links of which one is furniture is furniture.
    if len(parts) > 1 and block.link_density >= LINKED and all(len(part) <= LONGEST_PART for part in parts):
        yield from parts
