"""Regular expressions as trees, as far as rules need them: groups, alternatives, repeats, and everything else."""

import re
from collections.abc import Iterator

import attrs

PIECE = re.compile(
    r"""\\p\{\w+\}|\\[pP]\w|\\x[0-9a-fA-F]{2}|\\.      # escapes
    |\[\^?\]?(?:\\p\{\w+\}|\\.|\[:\w+:\]|[^\]\\])*\]     # classes
    |\(\?P<\w+>|\(\?-?[a-z]*:|\(\?|\(|\)|\|               # groups and alternatives
    |\{\d*,?\d*\}\??|[*+?]\??                          # repeats
    |[^\\\[(){}|*+?.^$]{2,}(?![*+?{])|.                  # letters that are not repeated, in one piece
    """,
    re.VERBOSE,
)
REFUSED = {
    "(?": "looks around or is no group that matches in linear time",
    r"\b": r"knows only ASCII letters; write {{before}} and {{rest}}",
    r"\W": r"knows only ASCII letters; write [^\w]",
}
LETTERS = r"\pL\pM\pN_"
IN_CLASS = {r"\w": LETTERS, r"\d": r"\p{Nd}"}
WORDLIKE = re.compile(r"\\[wpPS]")


@attrs.frozen(eq=False)
class Atom:
    """Letters, one character, class or anchor, as written; `wild` when it stands for nearly anything."""

    text: str
    wild: bool = False

    @property
    def least(self) -> int:
        """How many characters it stands for."""
        if self.text in {"^", "$"}:
            return 0
        return 1 if self.text[0] in "\\[" else len(self.text)


@attrs.frozen(eq=False)
class Group:
    """Alternatives, each a sequence of nodes; `mark` opens the group."""

    mark: str
    choices: "tuple[tuple[Node, ...], ...]"


@attrs.frozen(eq=False)
class Repeat:
    """A node `low` to `high` times; None when there is no end to it."""

    node: "Node"
    mark: str
    low: int
    high: int | None


Node = Atom | Group | Repeat


def parse_pattern(source: str) -> Group:
    """Return the pattern as a group of its alternatives.

    Raises:
        ValueError: what cannot be matched in linear time, or only in ASCII; an unbalanced group; a repeat of nothing.
    """
    pieces = iter(PIECE.findall(source))
    choices, closed = _alternatives(pieces)
    if closed:
        raise ValueError("unbalanced )")
    return Group("(?:", choices)


def write_pattern(node: Node) -> str:
    """Return the node as RE2 reads it, its letters and digits those of all scripts."""
    if isinstance(node, Atom):
        return _unicode(node.text)
    if isinstance(node, Repeat):
        return write_pattern(node.node) + node.mark
    return node.mark + "|".join("".join(map(write_pattern, choice)) for choice in node.choices) + ")"


def _alternatives(pieces: Iterator[str]) -> tuple[tuple[tuple[Node, ...], ...], bool]:
    """Return the alternatives up to a closing bracket or the end, and whether it was a bracket."""
    choices: list[list[Node]] = [[]]
    for piece in pieces:
        if piece == ")":
            return tuple(map(tuple, choices)), True
        if piece == "|":
            choices.append([])
        elif piece[0] in "*+?" or (piece[0] == "{" and piece[-1] in "}?"):
            if not choices[-1]:
                raise ValueError(f"{piece} repeats nothing")
            choices[-1].append(_repeat(choices[-1].pop(), piece))
        elif piece in REFUSED:
            raise ValueError(f"{piece} {REFUSED[piece]}")
        elif piece[0] == "(":
            inner, closed = _alternatives(pieces)
            if not closed:
                raise ValueError("unclosed (")
            choices[-1].append(Group(piece, inner))
        else:
            choices[-1].append(Atom(piece, _is_wild(piece)))
    return tuple(map(tuple, choices)), False


def _repeat(node: Node, mark: str) -> Repeat:
    bounds = mark.rstrip("?") or "?"
    if bounds in {"*", "+", "?"}:
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[bounds]
    else:
        first, comma, last = bounds[1:-1].partition(",")
        low = int(first or 0)
        high = int(last) if last else (None if comma else low)
    return Repeat(node, mark, low, high)


def _is_wild(piece: str) -> bool:
    return piece == "." or piece.startswith("[^") or bool(WORDLIKE.search(piece))


def _unicode(text: str) -> str:
    r"""Return an atom with `\w` and `\d` as all scripts have them."""
    if "\\" not in text:
        return text
    written = re.sub(r"\\[wd]", lambda found: IN_CLASS[found[0]], text)
    return written if text[0] == "[" or written == text else f"[{written}]"
