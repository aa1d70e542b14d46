"""A boilerplate rule, and the place in an article that its conditions speak of."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import attrs

from pipelines.boilerplate.lexicon import load_lexicon
from pipelines.boilerplate.linear import Pattern
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


@attrs.frozen(kw_only=True, eq=False)
class Rule:
    """One formula of furniture, in as many languages as it is known in.

    Attributes:
        patterns: any one must match the whole line (`wording.read_line`), without case; what a named group holds
            must read as its name says (`wording.READINGS`). Empty when `vocabularies` or a `phrase` are given.
        vocabularies: any one must cover the line.
        phrase: the whole line, in any case.
        languages: the article must be in one of them, or in an unknown one; empty means any.
        near: the block must be near one of these places; empty means anywhere.
        path: searched in the last four steps of `Block.path`.
        max_length: characters, Han and the like counting 2.5 (`wording.Line.weight`).
        names: words of the publisher's or the authors' names that the block must hold.
        narrates: whether the text outside a `title`, `caption` or `note` may hold words of telling.
        spares: lines, as words, that the formula would take but that people also say.
        drops, keeps: texts that the rule must and must not take.
    """

    id: str
    category: str
    patterns: tuple[Pattern, ...] = ()
    vocabularies: tuple[Vocabulary, ...] = ()
    phrase: str | None = None
    languages: frozenset[str] = frozenset()
    near: tuple[str, ...] = ()
    path: Pattern | None = None
    max_length: int = 240
    min_link_density: float = 0.0
    kinds: frozenset[BlockKind] = frozenset()
    emphasis: frozenset[str] = frozenset()
    names: int = 0
    narrates: bool = False
    spares: frozenset[tuple[str, ...]] = frozenset()
    drops: tuple[Block, ...] = ()
    keeps: tuple[Block, ...] = ()

    def matches(self, block: Block, place: Place = ANYWHERE) -> bool:
        """Whether `block`, standing at `place`, is what this rule describes."""
        return self.fits(block, place) and self.read(block.text, names=place.names) is not None

    def fits(self, block: Block, place: Place) -> bool:
        """Whether all but the wording fits."""
        if self.near and not any(place.is_near(where) for where in self.near):
            return False
        if self.languages and place.language and place.language not in self.languages:
            return False
        if (self.kinds and block.kind not in self.kinds) or (self.emphasis and block.emphasis not in self.emphasis):
            return False
        if block.link_density < self.min_link_density:
            return False
        if self.names and place is not ANYWHERE and not _holds_names(self.names, block, place.names):
            return False
        return self.path is None or _is_on_path(self.path, near_path(block))

    def read(self, text: str, *, names: frozenset[str] = frozenset()) -> Mapping[str, str] | None:
        """Return the named parts of `text` (none for most rules); None when the wording does not fit.

        A `maker` is given as the `source` it is. The parts are cut from `text` as printed wherever unifying its
        spelling did not change its length.
        """
        return self.read_by(text, self.patterns, self.vocabularies, names)

    def read_by(
        self, text: str, patterns: Iterable[Pattern], vocabularies: Iterable[Vocabulary], names: frozenset[str]
    ) -> Mapping[str, str] | None:
        """Return what `read` does, asking only some of the rule's patterns and vocabularies."""
        line = read_line(text)
        if line.weight > self.max_length or not line.text or line.words in self.spares:
            return None
        if self.phrase is not None:
            return {} if line.text.casefold() == self.phrase else None
        for pattern in patterns:
            if (parts := self._read_parts(text, line, pattern)) is not None:
                return parts
        return {} if any(known.covers(line, names) for known in vocabularies) else None

    def _read_parts(self, text: str, line: Line, pattern: Pattern) -> Mapping[str, str] | None:
        spans = pattern.find_spans(line.text)
        if spans is None:
            return None
        held = {name: line.text[start:end] for name, (start, end) in spans.items() if end > start}
        if not all(READINGS[_plain(name)](span) for name, span in held.items()):
            return None
        if not self.narrates and narrates(_outside(line.text, held)):
            return None
        if len(line.text) == len(text):
            held = {name: text[slice(*spans[name])] for name in held}
        return {_plain(name).replace("maker", "source"): span.strip() for name, span in held.items()}


def _holds_names(count: int, block: Block, names: frozenset[str]) -> bool:
    """Whether the block holds `count` of `names`; words that begin no name (`the`, `der`) are none."""
    line = read_line(block.text)
    telling = names - load_lexicon().not_a_name
    return sum(name in line.words or (line.is_caseless and name in line.text) for name in telling) >= count


def near_path(block: Block) -> str:
    """Return the last four steps of the block's path: classes further up say little about one line."""
    return " > ".join(block.path.rsplit(" > ", PATH_STEPS)[-PATH_STEPS:])


@lru_cache(maxsize=4096)
def _is_on_path(pattern: Pattern, path: str) -> bool:
    """Whether `pattern` is found in `path`; a page's blocks share a few paths."""
    return pattern.is_in(path)


def _outside(text: str, held: Mapping[str, str]) -> str:
    for name, span in held.items():
        if _plain(name) in {"title", "caption", "note"}:
            text = text.replace(span, " ")
    return text


def _plain(group: str) -> str:
    """Return a group's name without the number that sets alternatives of one pattern apart."""
    return group.rstrip("0123456789")
