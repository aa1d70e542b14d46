"""Blocks that are furniture by what they repeat or by the company they keep, whatever their wording.

Each decision names its evidence; all are taken only where no prose of the story can be lost.
"""

from collections.abc import Iterator, Mapping, Sequence

import attrs

from pipelines.boilerplate.rule import Place
from pipelines.boilerplate.wording import read_line, reads_as_date, reads_as_prose, reads_as_title
from pipelines.model import Article, Block, BlockKind

LINKED = 0.9
HEAD = 4  # blocks from the start among which the page may repeat its headline and byline


@attrs.frozen
class Verdict:
    """Why a block goes.

    Attributes:
        parts: what the rule's pattern named (`source`, `caption`), as printed.
    """

    rule: str
    category: str
    parts: Mapping[str, str] = attrs.field(factory=dict)


def judge_structure(
    article: Article, blocks: Sequence[Block], places: Sequence[Place], taken: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """Return verdicts on blocks that no rule took."""
    verdicts: dict[int, Verdict] = {}
    for index in _repeated_headline(article, blocks):
        verdicts[index] = Verdict("headline-repeated", "headline")
    for index in _byline(article, blocks):
        verdicts[index] = Verdict("byline-repeated", "byline")
    for index in _linked_runs(blocks, places):
        verdicts[index] = Verdict("link-run", "related")
    for index in _after_label(blocks, places, taken):
        verdicts[index] = Verdict("list-after-label", "related")
    return {index: verdict for index, verdict in verdicts.items() if index not in taken}


def _repeated_headline(article: Article, blocks: Sequence[Block]) -> Iterator[int]:
    """The headline's own words as a block before the story."""
    headline = read_line(article.headline or "").words
    for index, block in enumerate(blocks[:HEAD]):
        if headline and read_line(block.text).words == headline:
            yield index


def _byline(article: Article, blocks: Sequence[Block]) -> Iterator[int]:
    """Nothing but the authors' names, with at most a date and one word (By, Von, Text) beside them."""
    authors = {word for author in article.authors for word in read_line(author).words}
    for index, block in enumerate(blocks[:HEAD]):
        line = read_line(block.text)
        rest = [word for word in line.words if word not in authors]
        named = len(line.words) - len(rest)
        if named >= 2 and not line.ends_sentence and (len(rest) <= 1 or reads_as_date(" ".join(rest))):
            yield index


def _linked_runs(blocks: Sequence[Block], places: Sequence[Place]) -> Iterator[int]:
    """Two or more neighbours that are all link and read as headlines, after all prose of the story."""
    run: list[int] = []
    for index, (block, place) in enumerate(zip(blocks, places, strict=True)):
        if place.prose_after == 0 and block.link_density > LINKED and reads_as_title(block.text):
            run.append(index)
            continue
        if len(run) >= 2:
            yield from run
        run = []
    if len(run) >= 2:
        yield from run


def _after_label(blocks: Sequence[Block], places: Sequence[Place], taken: Mapping[int, Verdict]) -> Iterator[int]:
    """What follows a bare label such as "Related articles": linked lines anywhere, titles after all prose."""
    for label in [index for index, verdict in taken.items() if verdict.category == "related" and not verdict.parts]:
        for index in range(label + 1, len(blocks)):
            block, place = blocks[index], places[index]
            linked = block.link_density > LINKED
            last = place.prose_after == 0 and block.kind in {BlockKind.LIST_ITEM, BlockKind.HEADING}
            if index not in taken and (not (linked or last) or reads_as_prose(block.text)):
                break
            yield index
