"""The ways a line may be read: as it stands, without its brackets, by what its lead-in leads to, or in parts.

Furniture is dressed up: `【広告】`, `The Ledger on Friday: subscribe to our newsletter`, `Share | Mail | Print`.
"""

import re
from collections.abc import Iterator

from pipelines.boilerplate.rule import Place
from pipelines.boilerplate.wording import narrates
from pipelines.model import Block

BRACKETS = re.compile(r"[\[(【〔《<«‹]\s*(.+?)\s*[\])】〕》>»›]")
LEAD_IN = re.compile(r"(.{2,45}?)(?::| [–—-]) +(.{8,})")
SEPARATOR = re.compile(r"\s*[|｜•·]\s*")
LONGEST_PART = 40
LINKED = 0.5
LONGEST_DRESSED = 500  # characters; beyond them no rule for what may be dressed up looks

# What may be dressed up. Credits, captions and titles are read as printed: there the dress is part of the wording.
DRESSED = frozenset({"advertisement", "newsletter", "comments", "share", "app-and-social", "navigation", "consent"})


def undress(block: Block, place: Place) -> Iterator[str]:
    """Yield the other texts that `block` may be read as."""
    if len(block.text) > LONGEST_DRESSED:
        return
    if bracketed := BRACKETS.fullmatch(block.text):
        yield bracketed[1]
    # "The sign read: subscribe to our newsletter." is told within a story, not after it.
    if (led := LEAD_IN.fullmatch(block.text)) and (place.prose_after == 0 or not narrates(led[1])):
        yield led[2]
    if block.link_density < LINKED:
        return
    parts = [part for part in SEPARATOR.split(block.text) if part]
    # A row of links of which one is furniture is furniture.
    if len(parts) > 1 and all(len(part) <= LONGEST_PART for part in parts):
        yield from parts
