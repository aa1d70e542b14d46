"""The nouns: values that travel from one room to the next.

    Source -> Candidate -> Capture (+ WarcLocation) -> Page -> Article (Block, RemovedBlock, Image, ImageCredit)
    -> Revision -> document (a dict, see `pipelines.archive`)

All are frozen; a step returns a new one. Payload bytes end at `Page`. Times are UTC and aware.
"""

from pipelines.model.articles import (
    UNSPACED,
    WORD,
    Article,
    Block,
    BlockKind,
    Image,
    ImageCredit,
    RemovedBlock,
    Revision,
    RevisionKind,
)
from pipelines.model.captures import Capture, Page, WarcLocation
from pipelines.model.sources import Candidate, Channel, Hints, Pace, Source

__all__ = [
    "UNSPACED",
    "WORD",
    "Article",
    "Block",
    "BlockKind",
    "Candidate",
    "Capture",
    "Channel",
    "Hints",
    "Image",
    "ImageCredit",
    "Pace",
    "Page",
    "RemovedBlock",
    "Revision",
    "RevisionKind",
    "Source",
    "WarcLocation",
]
