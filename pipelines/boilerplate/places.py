"""Where each block stands: how much prose is before and after it, and whether an image is."""

import re
from collections import Counter
from collections.abc import Sequence

from pipelines.boilerplate.rule import Place, near_path
from pipelines.boilerplate.wording import read_line, reads_as_prose
from pipelines.model import Article, Block, BlockKind

IMAGE_PATH = re.compile(
    r"(?:^|> )(?:figure|figcaption|picture)\b|[.#][\w-]*(?:caption|figure|image|photo|gallery|slide)", re.IGNORECASE
)
PROSE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM})


def locate_blocks(article: Article, blocks: Sequence[Block], furniture: frozenset[int]) -> tuple[Place, ...]:
    """Return the place of each of `blocks`; those whose index is in `furniture` do not count as prose."""
    prose = [is_story(block) and index not in furniture for index, block in enumerate(blocks)]
    total, before = sum(prose), 0
    language = article.in_language.split("-")[0].lower() if article.in_language else None
    names = name_words(article)
    places = []
    for block, is_text in zip(blocks, prose, strict=True):
        places.append(
            Place(
                prose_before=before,
                prose_after=total - before - is_text,
                at_image=stands_at_image(block),
                language=language,
                names=names,
            )
        )
        before += is_text
    return tuple(places)


def is_prose(block: Block) -> bool:
    """Whether a block is a paragraph of the story by its form."""
    return block.kind in PROSE_KINDS and block.link_density < 0.5 and reads_as_prose(block.text)


def is_wanted(block: Block) -> bool:
    """Whether anybody would keep the block, or nobody was asked."""
    return bool(block.votes) or not block.measures


def is_story(block: Block) -> bool:
    """Whether a block counts as a paragraph of the story: prose that somebody would keep."""
    return is_wanted(block) and is_prose(block)


def stands_at_image(block: Block) -> bool:
    """Whether a block stands at an image, or in an element named like an image's frame."""
    return block.image is not None or bool(IMAGE_PATH.search(near_path(block)))


def name_words(article: Article) -> frozenset[str]:
    """Return the words of the publisher's and the authors' names, without case."""
    names = (article.publisher or "", *article.authors)
    return frozenset(word for name in names for word in read_line(name).words)


def story_path(blocks: Sequence[Block]) -> str | None:
    """Return the path of the element that most of the prose stands in; None when the blocks have none."""
    paths = Counter(block.path for block in blocks if block.path and is_story(block))
    return paths.most_common(1)[0][0] if paths else None
