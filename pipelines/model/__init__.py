"""The nouns: values that travel from one room to the next.

    Source -> Candidate -> Capture (+ WarcLocation) -> Page -> Article (Block, RemovedBlock, Image, ImageCredit,
    Evidence, Confidence) -> Revision -> document (a dict, see `pipelines.archive`)

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
    ImageLine,
    LinePlace,
    LineRole,
    RemovedBlock,
    Revision,
    RevisionKind,
)
from pipelines.model.captures import Capture, Page, WarcLocation
from pipelines.model.claims import Claim, Dateline, Genre
from pipelines.model.evidence import Address, Cause, Confidence, Evidence
from pipelines.model.sources import Candidate, Channel, Furniture, Hints, Pace, Source

__all__ = [
    "UNSPACED",
    "WORD",
    "Address",
    "Article",
    "Block",
    "BlockKind",
    "Candidate",
    "Capture",
    "Cause",
    "Channel",
    "Claim",
    "Confidence",
    "Dateline",
    "Evidence",
    "Furniture",
    "Genre",
    "Hints",
    "Image",
    "ImageCredit",
    "ImageLine",
    "LinePlace",
    "LineRole",
    "Pace",
    "Page",
    "RemovedBlock",
    "Revision",
    "RevisionKind",
    "Source",
    "WarcLocation",
]
