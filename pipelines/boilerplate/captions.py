"""Captions that only their place gives away: beside a credit at the article's start, or at an image."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pipelines.boilerplate.rule import Place, near_path
from pipelines.boilerplate.structure import Verdict
from pipelines.boilerplate.wording import read_line
from pipelines.model import Article, Block, BlockKind

LONGEST = 220
BIG_HEADING = re.compile(r"(?:^|> )h[1-3]\b[^>]*$")


def judge_captions(
    article: Article, blocks: Sequence[Block], places: Sequence[Place], taken: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """Return verdicts on blocks that are captions by their place.

    A caption is short and ends no sentence; the standfirst and section headings are none.
    """
    found = dict.fromkeys(_beside_credit(article, blocks, places, taken), "caption-beside-credit")
    for index, block in enumerate(blocks):
        if index not in taken and block.image is not None and _is_caption(article, block):
            found.setdefault(index, "caption-at-image")
    return {index: Verdict(rule, "caption", {"caption": blocks[index].text}) for index, rule in found.items()}


def _beside_credit(
    article: Article, blocks: Sequence[Block], places: Sequence[Place], taken: Mapping[int, Verdict]
) -> Iterator[int]:
    """The line after a credit, else the one before it; in mid-article only at the same image."""
    for credit in [index for index, verdict in taken.items() if verdict.category == "credit"]:
        for index in (credit + 1, credit - 1):
            if not 0 <= index < len(blocks) or index in taken:
                continue
            same = blocks[index].image is not None and blocks[index].image == blocks[credit].image
            # Between its image and the image's credit a line is the caption even when it is a sentence.
            may_end = same and index < credit
            if not _is_caption(article, blocks[index], may_end=may_end):
                continue
            if same or places[credit].prose_before == 0:
                yield index
                break


def _is_caption(article: Article, block: Block, *, may_end: bool = False) -> bool:
    line = read_line(block.text)
    if (
        (line.ends_sentence and not may_end)
        or line.weight > LONGEST
        or line.weight < 4
        or block.kind is BlockKind.LIST_ITEM
    ):
        return False
    if block.kind is BlockKind.HEADING and BIG_HEADING.search(near_path(block)):
        return False
    known = {read_line(text).words for text in (article.headline, article.description) if text}
    return line.words not in known
