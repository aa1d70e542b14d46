"""Captions and credits that only their place gives away: in an image's frame, after it, or beside a credit."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pipelines.boilerplate.frames import read_frame
from pipelines.boilerplate.places import story_path
from pipelines.boilerplate.rule import Place, near_path
from pipelines.boilerplate.structure import Verdict
from pipelines.boilerplate.wording import Line, read_line, reads_as_name, reads_as_prose
from pipelines.model import Article, Block, BlockKind, Image, LinePlace, LineRole

IN_FRAME = "caption-in-frame"
LONGEST = 220
LONGEST_NAME = 60
FINE_PRINT = frozenset(("em", "i", "small", "cite"))
LEAST_REPEATED = 4  # words
MOST_FRAMED = 0.2
"""Share of the text that may read as prose and yet be captions by its frame: more, and the frames hold the story."""
FRAME_PATH = re.compile(
    r"(?:^|> )(?:figure|figcaption|picture)\b|"
    r"[.#][\w-]*(?:caption|figure|image|photo|media|picture|bild|foto|gallery|slide)",
    re.IGNORECASE,
)
BIG_HEADING = re.compile(r"(?:^|> )h[1-3]\b[^>]*$")


def judge_captions(
    article: Article, blocks: Sequence[Block], places: Sequence[Place], taken: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """Return verdicts on blocks that are captions by their place.

    In its frame a caption may be prose. Elsewhere it is short and ends no sentence; the standfirst and section
    headings are none.
    """
    found = dict.fromkeys(_in_frames(article, blocks), IN_FRAME)
    for index in _repeated(article, blocks, places):
        found.setdefault(index, "caption-repeated")
    for index in _beside_credit(article, blocks, places, taken):
        found.setdefault(index, "caption-beside-credit")
    story = story_path(blocks)
    for index, block in enumerate(blocks):
        if index not in taken and _is_after_image(article, block, story):
            found.setdefault(index, "caption-at-image")
    return {
        index: Verdict(rule, "caption", {"caption": blocks[index].text})
        for index, rule in found.items()
        if index not in taken or (rule == IN_FRAME and not taken[index].parts)
    }


def _image_at(article: Article, block: Block) -> Image | None:
    index = block.image
    return article.images[index] if index is not None and index < len(article.images) else None


def _in_frames(article: Article, blocks: Sequence[Block]) -> set[int]:
    """Blocks that are lines of an image's frame; such as read as prose only when they are a small share of it all."""
    framed = {index for index, block in enumerate(blocks) if _is_framed(_image_at(article, block), block)}
    prose = {index for index in framed if reads_as_prose(blocks[index].text)}
    total = sum(read_line(block.text).weight for block in blocks)
    if sum(read_line(blocks[index].text).weight for index in prose) > MOST_FRAMED * total:
        framed -= prose
    return framed if len(framed) < len(blocks) else set()


def _is_framed(image: Image | None, block: Block) -> bool:
    if image is None:
        return False
    lines = [line for line in image.lines if line.place is LinePlace.FRAME and line.role is not LineRole.DESCRIPTION]
    named = any(line.role is LineRole.CAPTION for line in lines) or FRAME_PATH.search(near_path(block))
    words = [word for line in lines for word in read_line(line.text).words]
    said = read_line(block.text).words
    return bool(said and named) and f" {' '.join(said)} " in f" {' '.join(words)} "


def _repeated(article: Article, blocks: Sequence[Block], places: Sequence[Place]) -> Iterator[int]:
    """Short lines that say again what an image's frame, metadata or description says.

    A sentence is one only at an image, and where no frame prints it: a story may open with its picture's caption.
    """
    printed = {_words(caption) for image in article.images if (caption := read_frame(image)[0])}
    hidden = {_words(text) for image in article.images for text in _hidden(image)} - printed
    for index, block in enumerate(blocks):
        line = read_line(block.text)
        if len(line.words) >= LEAST_REPEATED and _is_no_lead(article, block, line):
            at_image = places[index].at_image and line.words in hidden
            if at_image or (line.words in hidden | printed and not line.ends_sentence):
                yield index


def _hidden(image: Image) -> Iterator[str]:
    if image.caption is not None:
        yield image.caption
    yield from (line.text for line in image.lines if line.role is LineRole.DESCRIPTION)


def _words(text: str) -> tuple[str, ...]:
    return read_line(text).words


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


def _is_after_image(article: Article, block: Block, story: str | None) -> bool:
    """Whether a line after an image is its caption: the image has none in its frame, and the line is set apart.

    A line of the story's own element is as likely a heading of the next part.
    """
    image = _image_at(article, block)
    if image is None or block.kind is BlockKind.HEADING or read_frame(image)[0] is not None:
        return False
    line = read_line(block.text)
    named = block.emphasis is not None and line.weight <= LONGEST_NAME and reads_as_name(line.text.rstrip("."))
    if not named and block.path == story and block.emphasis not in FINE_PRINT:
        return False
    return _is_caption(article, block, may_end=named)


def _is_caption(article: Article, block: Block, *, may_end: bool = False) -> bool:
    line = read_line(block.text)
    if line.text.endswith((":", "\uff1a")):  # it leads to what follows
        return False
    if (line.ends_sentence and not may_end) or not 4 <= line.weight <= LONGEST or block.kind is BlockKind.LIST_ITEM:
        return False
    return _is_no_lead(article, block, line)


def _is_no_lead(article: Article, block: Block, line: Line) -> bool:
    """Whether a block is neither a section heading nor the article's headline or standfirst."""
    if block.kind is BlockKind.HEADING and BIG_HEADING.search(near_path(block)):
        return False
    return line.words not in {read_line(text).words for text in (article.headline, article.description) if text}
