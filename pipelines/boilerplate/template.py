"""A source's template: the blocks that return on its articles, and which of them go from this one.

A block is known by its wording and by the name of the place that holds it. Text of the story is new on each article,
so its key is never among what is known; what can be mistaken for furniture is a line that the publication itself
repeats in its stories. Hence the sides: most furniture goes only where it stands before or after the whole story.

Source:
    Bar-Yossef and Rajagopalan, Template detection via data mining (2002), and Gibson, Punera and Tomkins, The volume
    and evolution of web page templates (2005), for going by what recurs; Yi, Liu and Li, Eliminating noisy
    information in web pages (2003), for asking whether a place varies from page to page.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from unicodedata import normalize

import attrs

from pipelines.boilerplate.places import is_prose
from pipelines.boilerplate.structure import Verdict
from pipelines.boilerplate.wording import MARKS, read_line
from pipelines.model import Article, Block, BlockKind, Furniture, Hints, Source

CATEGORY = RULE = "template"
PLACE_STEPS = 4
LEAST_LETTERS = 2
LEAST_WORDS_LEFT = 5  # an article of which less is left is one that the template does not describe

WORD = re.compile(rf"\d+|[^\W\d_](?:[^\W\d_]|[{MARKS}])*")
ASCII_WORD = re.compile(r"[a-z]+|[0-9]+")
LETTER = re.compile(r"[^\W\d_]")
STEP = re.compile(r"([a-z][a-z0-9]*)((?:\.[^.#]+)*)")
NAMED_TAGS = frozenset(
    {"article", "aside", "blockquote", "figcaption", "figure", "footer", "form", "header", "nav", "section"}
)
# Names that a build makes: `css-1x2y`, `Body_text__3fGhI`, `sc-bdVaJa`. Their readable part, if any, stays.
MADE = re.compile(r"^(?:css|jsx|sc|svelte|emotion|styled)-.*|(?:__|--)(?=\w*[A-Z0-9])\w{4,8}$")
CAMEL = re.compile(r"[a-z][A-Z]")


class Side(StrEnum):
    """Where a block stands: before or after all of what is new on its page, or between."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"


@attrs.frozen(kw_only=True)
class Mark:
    """A block as a template knows it.

    Attributes:
        key: of wording and place.
        place: the name of the nearest element around it that has one; empty when none has.
    """

    key: str
    place: str
    block: Block

    @property
    def is_prose(self) -> bool:
        """Whether it reads as a paragraph of a story."""
        return is_prose(self.block)

    @property
    def is_sentence(self) -> bool:
        """Whether it reads as a paragraph, however short."""
        return self.is_prose or read_line(self.block.text).ends_sentence


def read_marks(article: Article, blocks: Sequence[Block]) -> list[Mark | None]:
    """Return the mark of each block; None for those without words.

    The article's own headline and authors count as one sign each, so that "More by Ada Lund" is the same line
    everywhere; so does a number, but for tables and code, where the numbers are what is told.
    """
    names = [name for name in (article.headline or "", *article.authors) if len(name) > 4]
    return [_read_mark(block, names) for block in blocks]


def read_wording(text: str, *, keep_digits: bool = False) -> str:
    """Return what is compared of a text: its words without case, each number as one 0."""
    plain = text if text.isascii() else normalize("NFKC", text)
    words = (ASCII_WORD if plain.isascii() else WORD).findall(plain.casefold())
    if keep_digits:
        return " ".join(words)
    return " ".join(["0" if word[0].isdecimal() else word for word in words])


@lru_cache(maxsize=4096)
def name_place(path: str) -> str:
    """Return the name of the nearest element with a lasting class, or with a tag that means something.

    Wrappers without a name differ from one page to the next (`p`, `p > strong`, `div > span`), and names that a
    build makes from one day to the next.
    """
    for step in reversed(path.split(" > ")[-PLACE_STEPS:]):
        found = STEP.match(step)
        if found is None:
            continue
        names = sorted(filter(None, map(_lasting, found[2].split(".")[1:])))
        if names or found[1] in NAMED_TAGS:
            return ".".join(names) or found[1]
    return ""


def find_home(marks: Sequence[Mark | None], is_new: Sequence[bool]) -> str | None:
    """Return the place that holds most of what is new on a page; None when nothing is.

    `is_new` tells which blocks are prose that is on no other article.
    """
    weights: dict[str, float] = defaultdict(float)
    for mark, new in zip(marks, is_new, strict=True):
        if mark and new:
            weights[mark.place] += read_line(mark.block.text).weight
    return max(weights, key=lambda place: weights[place], default=None)


def place_sides(marks: Sequence[Mark | None], is_new: Sequence[bool]) -> list[Side]:
    """Return the side of each block: all that is new in the page's home is the story; without any, all is before it.

    What is new elsewhere, as the teasers below a story are, is none of it.
    """
    home = find_home(marks, is_new)
    story = [index for index, mark in enumerate(marks) if mark and is_new[index] and mark.place == home]
    first, last = (story[0], story[-1]) if story else (len(marks), len(marks))
    return [
        Side.BEFORE if index < first else Side.AFTER if index > last else Side.WITHIN for index in range(len(marks))
    ]


def template_verdicts(article: Article, blocks: Sequence[Block], template: Sequence[Furniture]) -> dict[int, Verdict]:
    """Return a verdict on each of `blocks` that the source's template takes; none where hardly a text would be left."""
    if not template:
        return {}
    known = {furniture.key: furniture for furniture in template}
    marks = read_marks(article, blocks)
    found = {index: known[mark.key] for index, mark in enumerate(marks) if mark and mark.key in known}
    if not found:
        return {}
    is_new = [index not in found and is_prose(block) for index, block in enumerate(blocks)]
    sides = place_sides(marks, is_new)
    taken = {
        index: furniture
        for index, furniture in found.items()
        if (furniture.anywhere or sides[index] is not Side.WITHIN) and not _introduces(index, marks, found, is_new)
    }
    left = (len(read_line(block.text).tokens) for index, block in enumerate(blocks) if index not in taken)
    if sum(left) < LEAST_WORDS_LEFT:
        return {}
    return {index: Verdict(RULE, CATEGORY, evidence=_evidence(furniture)) for index, furniture in taken.items()}


def page_blocks(article: Article) -> list[Block]:
    """Return all blocks of a cleaned article, kept or removed, in the order of the page."""
    blocks = list(article.blocks)
    for removed in sorted(article.removed, key=attrgetter("position")):
        blocks.insert(removed.position, removed.block)
    return blocks


def known_furniture(article: Article, template: Sequence[Furniture]) -> tuple[Furniture, ...]:
    """Return what of `template` stands on the article's page, kept or removed, by key: it alone shaped the article."""
    if not template:
        return ()
    keys = {mark.key for mark in read_marks(article, page_blocks(article)) if mark}
    return tuple(sorted((one for one in template if one.key in keys), key=lambda one: one.key))


def page_hints(source: Source | None, article: Article) -> Hints | None:
    """Return what shaped a cleaned article beside its page: of the source's template, only what stood there."""
    return attrs.evolve(source.hints, template=known_furniture(article, source.template)) if source else None


def _read_mark(block: Block, names: Sequence[str]) -> Mark | None:
    text = block.text
    for name in names:
        if name in text:
            text = text.replace(name, "\u00a4x")
    wording = read_wording(text, keep_digits=block.kind in {BlockKind.TABLE_ROW, BlockKind.CODE})
    if len(LETTER.findall(wording, 0, 50)) < LEAST_LETTERS:
        return None
    place = name_place(block.path)
    digest = blake2b(f"{place}\n{wording}".encode("utf-8", "replace"), digest_size=8)
    return Mark(key=digest.hexdigest(), place=place, block=block)


def _lasting(name: str) -> str:
    """Return a class name without what a build added to it; empty when nothing lasting is left."""
    name = MADE.sub("", name)
    is_random = len(name) <= 8 and len(CAMEL.findall(name)) >= 2
    return "" if is_random or any(sign.isdigit() for sign in name) else name


def _introduces(index: int, marks: Sequence[Mark | None], found: dict[int, Furniture], is_new: Sequence[bool]) -> bool:
    """Whether a heading, or a line that ends in a colon or question mark, leads to new prose in its own place."""
    mark = marks[index]
    assert mark is not None  # it was found
    if mark.block.kind is not BlockKind.HEADING and not mark.block.text.endswith((":", "?", "\uff1a", "\uff1f")):
        return False
    following = next(_after(index, marks, found), None)
    return following is not None and is_new[following] and marks[following].place == mark.place  # type: ignore[union-attr]


def _after(index: int, marks: Sequence[Mark | None], found: dict[int, Furniture]) -> Iterator[int]:
    return (later for later in range(index + 1, len(marks)) if marks[later] and later not in found)


def _evidence(furniture: Furniture) -> str:
    return f"{furniture.key} on {furniture.articles} articles"
