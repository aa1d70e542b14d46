"""Short lines that are no sentence and stand where the story does not: before it, after it, or beside it.

A story speaks in sentences, in one container, in one kind of element. What does none of this is furniture in any
language, whatever it says. Headings, quotes and table rows within the story are left alone.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from pipelines.boilerplate.rule import Place
from pipelines.boilerplate.wording import read_line
from pipelines.model import Article, Block, BlockKind

SHORT = 110  # Latin characters; what is longer may be a standfirst or a caption that ends no sentence
LIST = re.compile(r"(?:^|> )(?:ul|ol|dl)\b[^>]*")
TINY = 50  # a standfirst says more than that
MOST_LEADING, MOST_TRAILING = 2, 12
STORY_SHARE = 0.6  # of the story's characters must stand in one kind of element before another can be strange


def find_fragments(
    article: Article, blocks: Sequence[Block], places: Sequence[Place], taken: Collection[int]
) -> Iterator[int]:
    """Yield the indices of blocks that are fragments beside the story; `taken` are furniture already."""
    crowds = Counter(_crowd(block) for block in blocks)
    fragments = {
        index
        for index, block in enumerate(blocks)
        if index not in taken and _is_fragment(article, block) and (not _is_item(block) or crowds[_crowd(block)] == 1)
    }
    leading = [index for index in fragments if _is_leading(blocks[index], places[index])]
    trailing = list(_trailing(places, fragments, taken))
    # Many short lines are a table, a poem or the results of the day.
    yield from leading if len(leading) <= MOST_LEADING else ()
    yield from trailing if len(trailing) <= MOST_TRAILING else ()
    home = _story_element(blocks)
    for index in fragments:
        block = blocks[index]
        strange = home and block.path and _parent(block) != home and crowds[_crowd(block)] == 1
        if strange and block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}:
            yield index


def _is_leading(block: Block, place: Place) -> bool:
    """Whether a fragment stands before all prose and is too short to be a standfirst."""
    before = place.prose_before == 0 and place.prose_after > 0
    return before and block.kind is not BlockKind.HEADING and read_line(block.text).weight <= TINY


def _trailing(places: Sequence[Place], fragments: Collection[int], taken: Collection[int]) -> Iterator[int]:
    """What ends the page after all prose: nothing but fragments and furniture."""
    for index in range(len(places) - 1, -1, -1):
        if places[index].prose_after or (index not in fragments and index not in taken):
            return
        if index in fragments:
            yield index


def _is_fragment(article: Article, block: Block) -> bool:
    line = read_line(block.text)
    if line.weight > SHORT or line.ends_sentence or block.kind in {BlockKind.TABLE_ROW, BlockKind.CODE}:
        return False
    return line.words not in {read_line(text).words for text in (article.headline, article.description) if text}


def _is_item(block: Block) -> bool:
    return block.kind is BlockKind.LIST_ITEM


def _crowd(block: Block) -> str:
    """Return what a block shares with its neighbours: the list it is an item of, or its container."""
    if _is_item(block) and (lists := list(LIST.finditer(block.path))):
        return block.path[: lists[0].end()]
    return _parent(block)


def _story_element(blocks: Sequence[Block]) -> str | None:
    """Return the path of the element that holds most of the story; None when none does."""
    weights: Counter[str] = Counter()
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH and block.path:
            weights[_parent(block)] += len(block.text)
    if not weights:
        return None
    path, weight = weights.most_common(1)[0]
    return path if weight >= STORY_SHARE * weights.total() else None


def _parent(block: Block) -> str:
    return block.path.rpartition(" > ")[0]
