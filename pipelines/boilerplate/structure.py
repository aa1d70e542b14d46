"""Blocks that are furniture by what they repeat or by the company they keep, whatever their wording.

Each decision names its evidence; all are taken only where no prose of the story can be lost.
"""

from collections.abc import Iterator, Mapping, Sequence

import attrs

from pipelines.boilerplate.places import is_wanted
from pipelines.boilerplate.rule import Place
from pipelines.boilerplate.wording import read_line, reads_as_date, reads_as_prose, reads_as_title
from pipelines.model import Article, Block, BlockKind

LINKED = 0.9
LONGEST_NOTE = 400  # characters of a note on the author
MOST_BESIDE_DATE = 24  # letters that a byline holds beside names and numbers: a month, a zone, "Updated"
HEAD = 4  # blocks from the first that somebody would keep, among which the page may repeat its headline and byline


@attrs.frozen
class Verdict:
    """Why a block goes.

    Attributes:
        parts: what the rule's pattern named (`source`, `caption`), as printed.
        evidence: what it rests on where the rule alone does not tell it.
    """

    rule: str
    category: str
    parts: Mapping[str, str] = attrs.field(factory=dict)
    evidence: str | None = None


def judge_structure(
    article: Article, blocks: Sequence[Block], places: Sequence[Place], taken: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """Return verdicts on blocks that no rule took."""
    head = _head(blocks)
    verdicts: dict[int, Verdict] = {}
    for index in _repeated_headline(article, blocks, head):
        verdicts[index] = Verdict("headline-repeated", "headline")
    for index in _byline(article, blocks, head):
        verdicts[index] = Verdict("byline-repeated", "byline")
    for index in _kicker(article, blocks, places, head):
        verdicts[index] = Verdict("kicker", "navigation")
    for index in _author_note(article, blocks, places):
        verdicts[index] = Verdict("author-note", "author-bio")
    for index in _linked_runs(blocks, places):
        verdicts[index] = Verdict("link-run", "related")
    for index in _after_label(blocks, places, taken):
        verdicts[index] = Verdict("list-after-label", "related")
    return {index: verdict for index, verdict in verdicts.items() if index not in taken}


def _head(blocks: Sequence[Block]) -> int:
    """Return how many blocks stand at the head of the article."""
    return next((index for index, block in enumerate(blocks) if is_wanted(block)), 0) + HEAD


def _repeated_headline(article: Article, blocks: Sequence[Block], head: int) -> Iterator[int]:
    """The headline's own words as a block before the story."""
    headline = read_line(article.headline or "").words
    for index, block in enumerate(blocks[:head]):
        if headline and read_line(block.text).words == headline:
            yield index


def _byline(article: Article, blocks: Sequence[Block], head: int) -> Iterator[int]:
    """The authors' names before the story, with little else than a date and a word (By, Von, Text) beside them."""
    for index, block in enumerate(blocks[:head]):
        text = block.text
        for author in article.authors:
            text = text.replace(author, " ")
        line, rest = read_line(block.text), read_line(text)
        others = [word for word in rest.words if not word.isdigit()]
        if rest.text == line.text or line.ends_sentence:
            continue
        if len(others) <= 1 or (reads_as_date(rest.text) and sum(map(len, others)) <= MOST_BESIDE_DATE):
            yield index


def _kicker(article: Article, blocks: Sequence[Block], places: Sequence[Place], head: int) -> Iterator[int]:
    """The name of the section, or the publication's, standing alone before the story."""
    labels = {read_line(label).words for label in (article.article_section, article.publisher) if label}
    for index, block in enumerate(blocks[:head]):
        if places[index].prose_before == 0 and read_line(block.text).words in labels:
            yield index


def _author_note(article: Article, blocks: Sequence[Block], places: Sequence[Place]) -> Iterator[int]:
    """A note that opens with an author's whole name, after the story and in another container than the story's."""
    story = {_container(block) for index, block in enumerate(blocks) if places[index].prose_before == 0}
    for index, block in enumerate(blocks):
        opens = any(block.text.startswith(author) for author in article.authors)
        apart = block.path and (_container(block) not in story or block.emphasis)
        if opens and apart and places[index].prose_after == 0 and len(block.text) <= LONGEST_NOTE:
            yield index


def _container(block: Block) -> str:
    return block.path.rpartition(" > ")[0]


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
    labels = {index for index, verdict in taken.items() if verdict.category == "related" and not verdict.parts}
    labelled = False
    for index, (block, place) in enumerate(zip(blocks, places, strict=True)):
        if index in labels:
            labelled = True
        elif labelled and index not in taken:
            linked = block.link_density > LINKED
            last = place.prose_after == 0 and block.kind in {BlockKind.LIST_ITEM, BlockKind.HEADING}
            labelled = (linked or last) and not reads_as_prose(block.text)
            if labelled:
                yield index
