"""Article -> Article without its boilerplate, with what was removed and why."""

from collections.abc import Mapping, Sequence

import attrs

from pipelines.boilerplate.attach import Album
from pipelines.boilerplate.frames import read_image
from pipelines.boilerplate.hearing import hear_rules
from pipelines.boilerplate.model import score_blocks, threshold
from pipelines.boilerplate.places import is_story, is_wanted
from pipelines.boilerplate.rule import Rule
from pipelines.boilerplate.structure import Verdict
from pipelines.boilerplate.template import CATEGORY, template_verdicts
from pipelines.boilerplate.wording import read_line
from pipelines.model import Article, Block, Furniture, RemovedBlock

MOST_PROSE = 0.3
"""Share of the article's characters that rules may take in blocks that read as prose. Measured over 654 articles whose
text is known, the most was 13 %, the second most 4 %: a page of which more looks like
furniture is one that the rules do not understand."""
SURELY_TEXT = 0.8
"""A block with this score is no caption, unless it stands in the image's frame."""
NOT_TEXT = Verdict("block-score", "not-text")


def remove_boilerplate(
    article: Article, rules: Sequence[Rule], template: Sequence[Furniture] = ()
) -> Article:
    """Return `article` without its boilerplate; kept plus removed is always the input, in its order.

    The first of `rules` that matches a block takes it; then come the decisions by structure, the captions and the
    source's template. What nobody takes is text if its learned score says so. What credit and caption lines say moves
    to their image.
    """
    hearing = hear_rules(article, rules)
    blocks = score_blocks(article.blocks, hearing)
    recurring = template_verdicts(article, blocks, template)
    verdicts = decide_blocks(blocks, {**recurring, **hearing.verdicts}, least=threshold())
    album = Album([read_image(image) for image in article.images])
    removed = tuple(
        RemovedBlock(
            block=blocks[position],
            position=position,
            rule=verdicts[position].rule,
            category=verdicts[position].category,
            image=album.attach(position, blocks, verdicts[position]),
            evidence=verdicts[position].evidence,
        )
        for position in sorted(verdicts)
    )
    return attrs.evolve(
        article,
        blocks=tuple(block for position, block in enumerate(blocks) if position not in verdicts),
        removed=(*article.removed, *removed),
        images=tuple(album.images),
    )


def decide_blocks(blocks: Sequence[Block], verdicts: Mapping[int, Verdict], *, least: float) -> dict[int, Verdict]:
    """Return the verdict on each block that goes: what was said against it, or a score below `least`.

    An article is never emptied: where no score is high enough, what anybody would keep stays.
    """
    standing = {index: verdict for index, verdict in _guard(blocks, verdicts).items() if _stands(blocks[index], verdict)}
    low = {index: NOT_TEXT for index, block in enumerate(blocks) if block.score is not None and block.score < least}
    decided = low | standing
    if len(decided) < len(blocks):
        return decided
    unwanted = {index: verdict for index, verdict in low.items() if not blocks[index].votes}
    return unwanted | standing if len(unwanted | standing) < len(blocks) else unwanted


def _stands(block: Block, verdict: Verdict) -> bool:
    """Whether a verdict stands against the score: a short line at an image is as likely a heading as a caption."""
    return verdict.rule != "caption-at-image" or block.score is None or block.score < SURELY_TEXT


def _guard(blocks: Sequence[Block], verdicts: Mapping[int, Verdict]) -> dict[int, Verdict]:
    """Return the verdicts that may stand: never too much of the article's prose."""
    own = {"source", CATEGORY}
    prose = {index for index in verdicts if is_story(blocks[index]) and verdicts[index].category not in own}
    total = sum(read_line(block.text).weight for block in blocks if is_wanted(block))
    if sum(read_line(blocks[index].text).weight for index in prose) > MOST_PROSE * total:
        return {index: verdict for index, verdict in verdicts.items() if index not in prose}
    return dict(verdicts)
