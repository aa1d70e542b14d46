"""Which of many patterns could match a line, asked in one pass.

An automaton of all patterns explodes: every `.*` doubles what it must remember (measured over 480: 1.1 ms a line and
150 MB). So each pattern gives what no match can do without and what has no open repeat: its opening words, else the
words in its middle. Those are searched together, and only the patterns whose words are there are tried.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import attrs
import re2

from pipelines.boilerplate.linear import Pattern, linear_options
from pipelines.boilerplate.syntax import Atom, Group, Node, Repeat, write_pattern

MOST_MEMORY = 64 << 20  # bytes an automaton may take; beyond it forgets states and makes them again
SHORT_REPEAT = 3  # what is repeated more often is cut off after its least number
NO_VALUE = -1
FEWEST = 2  # characters that make opening words worth a search

Choice = tuple[Node, ...]


@attrs.frozen
class Head:
    """What a match begins with.

    Attributes:
        text: an expression without open repeats; empty when there is none.
        least: fewest characters it takes.
        whole: whether it is all of what it was taken from.
    """

    text: str
    least: int
    whole: bool

    @property
    def ending(self) -> str:
        """The expression, closed when nothing comes after it."""
        return self.text + "$" if self.whole else self.text


NOTHING = Head("", 0, whole=False)


class PatternIndex:
    """Patterns by what they cannot do without.

    Attributes:
        always: values whose patterns have no such words.
    """

    def __init__(self, patterns: Iterable[tuple[Pattern, int]]) -> None:
        """Index patterns, each with the value that stands for it."""
        self.always: set[int] = set()
        self._opening, self._inner = _Search(anchored=True), _Search(anchored=False)
        for pattern, value in patterns:
            for choice in _expand(pattern.tree.choices):
                self._add(choice, value)
        self._opening.compile()
        self._inner.compile()

    def find(self, text: str) -> set[int]:
        """Return the values whose patterns may match the whole of `text`."""
        return (self.always | self._opening.find(text) | self._inner.find(text)) - {NO_VALUE}

    def _add(self, choice: Choice, value: int) -> None:
        head = read_head(choice)
        if head.least >= FEWEST:
            self._opening.add(head, value)
            return
        best = max((read_head(choice[start:]) for start in range(len(choice))), key=lambda found: found.least)
        if best.least:
            self._inner.add(best, value)
        else:
            self.always.add(value)


class _Search:
    """An automaton of heads."""

    def __init__(self, *, anchored: bool) -> None:
        options = linear_options(memory=MOST_MEMORY)
        self._set = (re2.Set.MatchSet if anchored else re2.Set.SearchSet)(options)
        self._set.Add("")  # found in every text, unless the automaton ran out of memory: that it does not say
        self._values = [NO_VALUE]

    def add(self, head: Head, value: int) -> None:
        self._set.Add(head.ending)
        self._values.append(value)

    def compile(self) -> None:
        self._set.Compile()

    def find(self, text: str) -> set[int]:
        found = self._set.Match(text)
        return {self._values[index] for index in found} if found else set(self._values)


def read_head(choice: Sequence[Node], *, ends: bool = True) -> Head:
    """Return what a match of these nodes, one after another, begins with; `ends` when nothing comes after them."""
    text, least = "", 0
    for place, node in enumerate(choice):
        found = _node_head(node)
        text, least = text + found.text, least + found.least
        if found.whole:
            continue
        if isinstance(node, Repeat) and not node.low:  # it may be left out
            text = text[: len(text) - len(found.text)]
            least -= found.least
            rest = read_head(choice[place + 1 :], ends=ends)
            if found.text and (other := rest.ending if ends else rest.text):
                text = f"{text}(?:{found.text}|{other})"
                least += min(found.least, rest.least)
        return Head(text, least, whole=False)
    return Head(text, least, whole=True)


@cache
def _node_head(node: Node) -> Head:
    if isinstance(node, Atom):
        return Head("." if node.wild else write_pattern(node), node.least, whole=True)
    return _group_head(node) if isinstance(node, Group) else _repeat_head(node)


def _group_head(group: Group) -> Head:
    heads = [read_head(choice, ends=False) for choice in group.choices]
    if any(not head.text and not head.whole for head in heads):
        return NOTHING
    text = "|".join(head.text for head in heads)
    return Head(f"(?:{text})", min(head.least for head in heads), whole=all(head.whole for head in heads))


def _repeat_head(repeat: Repeat) -> Head:
    inner = _node_head(repeat.node)
    if not inner.whole:
        return Head(inner.text, inner.least if repeat.low else 0, whole=False)
    if repeat.high is not None and repeat.high <= (1 if inner.text == "." else SHORT_REPEAT):
        return Head(f"(?:{inner.text}){{{repeat.low},{repeat.high}}}", inner.least * repeat.low, whole=True)
    if inner.text == ".":
        return NOTHING
    least = min(repeat.low, SHORT_REPEAT)
    return Head(inner.text * least, inner.least * least, whole=False)


def _expand(choices: Iterable[Choice]) -> Iterator[Choice]:
    """Yield each alternative; one that has no opening words because of alternatives in it, for each of those."""
    for choice in choices:
        flat = tuple(_flatten(choice))
        place = next((place for place, node in enumerate(flat) if not _node_head(node).whole), len(flat))
        before, after = flat[:place], flat[place + 1 :]
        if place < len(flat) and isinstance(node := flat[place], Group) and read_head(flat).least < FEWEST:
            yield from _expand((*before, *inner, *after) for inner in node.choices)
        else:
            yield flat


def _flatten(choice: Choice) -> Iterator[Node]:
    """Yield the nodes of a sequence, those of a group of one alternative in its place."""
    for node in choice:
        if isinstance(node, Group) and len(node.choices) == 1:
            yield from _flatten(node.choices[0])
        else:
            yield node
