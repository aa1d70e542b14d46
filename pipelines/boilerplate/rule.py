"""A boilerplate rule, and the place in an article that its conditions speak of."""

import re
from collections.abc import Mapping
from functools import cached_property

import attrs

from pipelines.boilerplate.vocabulary import Vocabulary
from pipelines.boilerplate.wording import READINGS, Line, narrates, read_line
from pipelines.model import Block, BlockKind

START_REACH = 1  # paragraphs of prose that may stand before a block that is near the start
END_REACH = 2  # and after one near the end: an author's biography or a copyright notice may itself read as prose
PATH_STEPS = 4


@attrs.frozen(kw_only=True)
class Place:
    """Where a block stands in its article.

    Attributes:
        prose_before, prose_after: paragraphs of prose on either side.
        at_image: it stands at an image or in what looks like its frame.
        language: the article's, two letters; None when unknown.
        names: words of the publisher's and the authors' names, without case.
    """

    prose_before: int = 0
    prose_after: int = 0
    at_image: bool = False
    language: str | None = None
    names: frozenset[str] = frozenset()

    def is_near(self, where: str) -> bool:
        """Whether this is near the `start`, the `end` or an `image`."""
        if where == "start":
            return self.prose_before <= START_REACH
        return self.prose_after <= END_REACH if where == "end" else self.at_image


ANYWHERE = Place(at_image=True)
"""A place that meets every condition on places: the wording alone decides."""


@attrs.frozen(kw_only=True)
class Rule:
    """One formula of furniture, in as many languages as it is known in.

    Attributes:
        pattern: must match the whole normalised text (`wording.read_line`), without case; what a named group
            holds must read as its name says (`wording.READINGS`). None when `vocabularies` are given instead.
        vocabularies: any one must cover the text.
        languages: the article must be in one of them, or in an unknown one; empty means any.
        near: the block must be near one of these places; empty means anywhere.
        path: searched in the last four steps of `Block.path`.
        max_length: characters, Han and the like counting 2.5 (`wording.Line.weight`).
        narrates: whether the text outside a `title` or `caption` may hold words of telling.
        spares: lines, as words, that the formula would take but that people also say.
        drops, keeps: texts that the rule must and must not take.
    """

    id: str
    category: str
    pattern: re.Pattern[str] | None = None
    vocabularies: tuple[Vocabulary, ...] = ()
    languages: frozenset[str] = frozenset()
    near: tuple[str, ...] = ()
    path: re.Pattern[str] | None = None
    max_length: int = 240
    min_link_density: float = 0.0
    kinds: frozenset[BlockKind] = frozenset()
    emphasis: frozenset[str] = frozenset()
    narrates: bool = False
    spares: frozenset[tuple[str, ...]] = frozenset()
    drops: tuple[Block, ...] = ()
    keeps: tuple[Block, ...] = ()

    def matches(self, block: Block, place: Place = ANYWHERE) -> bool:
        """Whether `block`, standing at `place`, is what this rule describes."""
        return self._fits(block, place) and self.read(block.text, names=place.names) is not None

    def read(self, text: str, *, names: frozenset[str] = frozenset()) -> Mapping[str, str] | None:
        """Return the named parts of `text` (none for most rules); None when the wording does not fit.

        A `maker` is given as the `source` it is. The parts are cut from `text` as printed wherever normalising
        did not change its length.
        """
        line = read_line(text)
        if line.weight > self.max_length or not line.text or line.words in self.spares:
            return None
        if self.pattern is None:
            covered = self._holds_core(line) and any(known.covers(line, names) for known in self.vocabularies)
            return {} if covered else None
        match = self.pattern.fullmatch(line.text)
        if match is None:
            return None
        parts = {name: span for name, span in match.groupdict().items() if span}
        if not all(READINGS[_plain(name)](span) for name, span in parts.items()):
            return None
        if not self.narrates and narrates(_outside(line, match)):
            return None
        if len(line.text) == len(text):
            parts = {name: text[match.start(name) : match.end(name)] for name in parts}
        return {_plain(name).replace("maker", "source"): span.strip() for name, span in parts.items()}

    @cached_property
    def _core(self) -> tuple[frozenset[str], tuple[str, ...]]:
        words = frozenset(word for known in self.vocabularies for word in known.core)
        return words, tuple({stem for known in self.vocabularies for stem in known.core_stems})

    def _holds_core(self, line: Line) -> bool:
        """Whether any vocabulary can cover the line: one question in place of one a language."""
        words, stems = self._core
        return not words.isdisjoint(line.words) or line.has_start(stems)

    def _fits(self, block: Block, place: Place) -> bool:
        if self.languages and place.language and place.language not in self.languages:
            return False
        if self.near and not any(place.is_near(where) for where in self.near):
            return False
        if self.kinds and block.kind not in self.kinds:
            return False
        if self.emphasis and block.emphasis not in self.emphasis:
            return False
        if block.link_density < self.min_link_density:
            return False
        return self.path is None or bool(self.path.search(near_path(block)))


def near_path(block: Block) -> str:
    """Return the last four steps of the block's path: classes further up say little about one line."""
    return " > ".join(block.path.split(" > ")[-PATH_STEPS:])


def _outside(line: Line, match: re.Match[str]) -> str:
    text = line.text
    for name, span in match.groupdict().items():
        if span and _plain(name) in {"title", "caption"}:
            text = text.replace(span, " ")
    return text


def _plain(group: str) -> str:
    """Return a group's name without the number that sets alternatives of one pattern apart."""
    return group.rstrip("0123456789")
