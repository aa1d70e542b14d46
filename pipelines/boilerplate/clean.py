"""Article -> Article without its boilerplate, with what was removed and why."""

from collections.abc import Collection, Mapping, Sequence

import attrs

from pipelines.boilerplate.attach import Album
from pipelines.boilerplate.corrections import keep_corrections
from pipelines.boilerplate.frames import read_image
from pipelines.boilerplate.hearing import hear_rules
from pipelines.boilerplate.model import score_blocks, threshold
from pipelines.boilerplate.places import is_story, is_wanted, story_path
from pipelines.boilerplate.rule import Rule
from pipelines.boilerplate.speech import measure_speech
from pipelines.boilerplate.structure import Verdict
from pipelines.boilerplate.template import CATEGORY, template_verdicts
from pipelines.boilerplate.wording import narrates, read_line
from pipelines.model import Article, Block, BlockKind, Furniture, RemovedBlock

MOST_PROSE = 0.3
"""Share of the article's characters that rules may take in blocks that read as prose. Measured over 654 articles whose
text is known, the most was 13 %, the second most 4 %: a page of which more looks like
furniture is one that the rules do not understand."""
BY_COMPANY = frozenset(("caption-at-image", "list-after-label", "link-run", "author-note", "newsletter-box"))
"""Rules that go by what stands beside a line more than by the line."""
SURELY_TEXT = 0.8
"""The score with which such a line is text all the same."""
LEAST_TOLD = 0.2
"""The score that is enough for a sentence among the story's own paragraphs: short last ones look like notes."""
LEAST_OF_CALL = 0.95
"""The score that a call to the reader needs: at a cost of .0004 F1 in news, a third of the unseen phrases left goes."""
SHORT = 110  # characters of a call
TRADED = 0.15  # of its words
LINKED = 0.3
NOT_TEXT = Verdict("block-score", "not-text")


def remove_boilerplate(article: Article, rules: Sequence[Rule], template: Sequence[Furniture] = ()) -> Article:
    """Return `article` without its boilerplate; kept plus removed is always the input, in its order.

    The first of `rules` that matches a block takes it; then come the decisions by structure, the captions and the
    source's template. What nobody takes is text if its learned score says so. What credit and caption lines say moves
    to their image, corrections to the article's own.
    """
    hearing = hear_rules(article, rules)
    blocks = score_blocks(article.blocks, hearing)
    recurring = template_verdicts(article, blocks, template)
    verdicts = decide_blocks(blocks, {**recurring, **hearing.verdicts}, hearing.suspects, least=threshold())
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
    cleaned = attrs.evolve(
        article,
        blocks=tuple(block for position, block in enumerate(blocks) if position not in verdicts),
        removed=(*article.removed, *removed),
        images=tuple(album.images),
    )
    return keep_corrections(cleaned)


def decide_blocks(
    blocks: Sequence[Block], verdicts: Mapping[int, Verdict], suspects: Collection[int], *, least: float
) -> dict[int, Verdict]:
    """Return the verdict on each block that goes: what was said against it, or a score too low.

    `least` is enough for text. A sentence among the story's own paragraphs needs less, unless it is one of `suspects`;
    a call to the reader needs more. An article is never emptied: where no score is high enough, what anybody would
    keep stays.
    """
    story = story_path(blocks)
    standing = {
        index: verdict for index, verdict in _guard(blocks, verdicts).items() if _stands(blocks[index], verdict)
    }
    low = {}
    for index, block in enumerate(blocks):
        needed = LEAST_TOLD if index not in suspects and _is_told(block, story) else least
        needed = LEAST_OF_CALL if _is_call(block) else needed
        if block.score is not None and block.score < needed:
            low[index] = NOT_TEXT
    decided = low | standing
    if len(decided) < len(blocks):
        return decided
    unwanted = {index: verdict for index, verdict in low.items() if not blocks[index].votes}
    return unwanted | standing if len(unwanted | standing) < len(blocks) else unwanted


def _is_told(block: Block, story: str | None) -> bool:
    """Whether the block is a sentence of the story by its place, and all want it or it tells."""
    if block.path != story or not block.votes or block.link_density >= LINKED:
        return False
    return read_line(block.text).ends_sentence and (len(block.votes) > 1 or narrates(block.text))


def _is_call(block: Block) -> bool:
    """Whether a short line, no sentence, speaks to the reader or in furniture's words, and tells nothing."""
    line = read_line(block.text)
    if (
        block.kind is not BlockKind.PARAGRAPH
        or line.weight > SHORT
        or line.ends_sentence
        or line.text[-1:] in {":", "?"}
    ):
        return False
    trade_words, tells, addresses = measure_speech(block.text)
    return not tells and (trade_words >= TRADED or addresses > 0)


def _stands(block: Block, verdict: Verdict) -> bool:
    """Whether a verdict stands against the score: what goes by its company alone may be text."""
    return verdict.rule not in BY_COMPANY or block.score is None or block.score < SURELY_TEXT


def _guard(blocks: Sequence[Block], verdicts: Mapping[int, Verdict]) -> dict[int, Verdict]:
    """Return the verdicts that may stand: never too much of the article's prose."""
    own = {"source", CATEGORY}
    prose = {index for index in verdicts if is_story(blocks[index]) and verdicts[index].category not in own}
    total = sum(read_line(block.text).weight for block in blocks if is_wanted(block))
    if sum(read_line(blocks[index].text).weight for index in prose) > MOST_PROSE * total:
        return {index: verdict for index, verdict in verdicts.items() if index not in prose}
    return dict(verdicts)
