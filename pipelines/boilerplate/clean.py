"""Article -> Article without its boilerplate, with what was removed and why."""

import re
from collections.abc import Sequence

import attrs

from pipelines.boilerplate.attach import Album, read_image
from pipelines.boilerplate.captions import judge_captions
from pipelines.boilerplate.places import is_prose, locate_blocks
from pipelines.boilerplate.readings import find_rule
from pipelines.boilerplate.rule import ANYWHERE, Place, Rule
from pipelines.boilerplate.structure import Verdict, judge_structure
from pipelines.boilerplate.wording import read_line
from pipelines.model import Article, Block, RemovedBlock

MOST_PROSE = 0.3
"""Share of the article's characters that rules may take in blocks that read as prose. Measured over 654 articles whose
text is known, the most was 13 %, the second most 4 %: a page of which more looks like
furniture is one that the rules do not understand."""


def remove_boilerplate(article: Article, rules: Sequence[Rule], source_rules: Sequence[Rule] = ()) -> Article:
    """Return `article` without its boilerplate; kept plus removed is always the input.

    Blocks of several lines are first split into one block a line; positions count those. The source's own rules
    are asked first, then `rules` in their order: the first that matches a block takes it. Then come the decisions
    by structure and the captions. What credit and caption lines say moves to their image. Order is unchanged.
    """
    blocks = split_lines(article.blocks)
    verdicts = _judge(article, blocks, (*source_rules, *rules))
    verdicts = _guard(blocks, verdicts)
    album = Album([read_image(image) for image in article.images])
    removed = tuple(
        RemovedBlock(
            block=blocks[position],
            position=position,
            rule=verdicts[position].rule,
            category=verdicts[position].category,
            image=album.attach(position, blocks, verdicts[position]),
        )
        for position in sorted(verdicts)
    )
    return attrs.evolve(
        article,
        blocks=tuple(block for position, block in enumerate(blocks) if position not in verdicts),
        removed=(*article.removed, *removed),
        images=tuple(album.images),
    )


def split_lines(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return `blocks` with each line of a block of several as a block of its own."""
    split: list[Block] = []
    for block in blocks:
        lines = [line.strip() for line in re.split(r"\s*\n\s*", block.text) if line.strip()]
        if len(lines) > 1:
            split.extend(attrs.evolve(block, text=line) for line in lines)
        else:
            split.append(block)
    return tuple(split)


def _judge(article: Article, blocks: Sequence[Block], rules: Sequence[Rule]) -> dict[int, Verdict]:
    """Return the verdict on each block that goes.

    Places are counted in paragraphs of prose, and furniture can read as prose (a cookie notice): so the wording
    is asked first, and what it would take is left out of the count.
    """
    suspects = _ask(blocks, rules, [ANYWHERE] * len(blocks))
    places = locate_blocks(article, blocks, frozenset(suspects))
    suspected_rules = [blocks[index] if index in suspects else None for index in range(len(blocks))]
    verdicts = _ask(suspected_rules, rules, places)
    verdicts |= judge_structure(article, blocks, places, verdicts)
    return verdicts | judge_captions(article, blocks, places, verdicts)


def _ask(blocks: Sequence[Block | None], rules: Sequence[Rule], places: Sequence[Place]) -> dict[int, Verdict]:
    """Return the verdict of the first rule that takes each block; no rule could take the blocks that are None."""
    verdicts: dict[int, Verdict] = {}
    for index, (block, place) in enumerate(zip(blocks, places, strict=True)):
        if block is not None and (found := find_rule(block, rules, place)):
            rule, reading = found
            verdicts[index] = Verdict(rule.id, rule.category, rule.read(reading.text, names=place.names) or {})
    return verdicts


def _guard(blocks: Sequence[Block], verdicts: dict[int, Verdict]) -> dict[int, Verdict]:
    """Return the verdicts that may stand: never the whole article, never too much of its prose."""
    if len(verdicts) == len(blocks):
        return {}
    prose = {index for index in verdicts if is_prose(blocks[index]) and verdicts[index].category != "source"}
    total = sum(read_line(block.text).weight for block in blocks)
    if sum(read_line(blocks[index].text).weight for index in prose) > MOST_PROSE * total:
        return {index: verdict for index, verdict in verdicts.items() if index not in prose}
    return verdicts
