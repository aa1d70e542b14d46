"""Lines that belong to the text by where they stand, though the extractor left them out.

The evidence is the page's own markup: the kept paragraphs show which element holds the text and how its paragraphs
are marked; what is marked alike, or is a list or heading among them, is text too.
"""

from collections import Counter
from collections.abc import Sequence

from lxml.html import HtmlElement

from pipelines.extract.align import Piece
from pipelines.extract.region import is_prose
from pipelines.extract.segments import SENTENCE_END, Segment
from pipelines.extract.tags import HEADINGS
from pipelines.model import BlockKind

Mark = tuple[HtmlElement | None, str, str]

MIN_ALIKE = 3
MAX_LINKED = 0.3
MAX_LEAD = 4
# How deep a list or table lies below what holds the text.
MAX_NESTING = 4
ENUMERATED = frozenset((BlockKind.LIST_ITEM, BlockKind.TABLE_ROW))
APART = frozenset(("nav", "aside", "footer", "header", "form", "body"))


def restore_siblings(pieces: Sequence[Piece], segments: Sequence[Segment]) -> list[Piece]:
    """Return `pieces` with the lines restored in page order; nothing is added to a text without a clear container."""
    kept = {piece.segment.index for piece in pieces if piece.segment is not None}
    alike = Counter(_mark(segments[index]) for index in kept if is_prose(segments[index]))
    marks = {mark for mark, count in alike.items() if count >= MIN_ALIKE}
    if not marks:
        return list(pieces)
    prose = [index for index in kept if _mark(segments[index]) in marks]
    place = _Place(marks, {segments[index].element.getparent() for index in kept}, min(prose), max(prose))
    restored = {segment.index for segment in segments if segment.index not in kept and place.holds(segment)}
    restored.update(_lead(segments, place))
    return _merged(pieces, [segments[index] for index in sorted(restored - kept)])


class _Place:
    """Where the text stands: how its paragraphs are marked, the elements that hold its lines, its first and last."""

    def __init__(self, marks: set[Mark], holders: set[HtmlElement | None], first: int, last: int) -> None:
        self.containers = {parent for parent, _, _ in marks}
        self.first = first
        self._last = last
        self._marks = marks
        self._holders = holders

    def holds(self, segment: Segment) -> bool:
        """Whether the line is marked like the text, or is a heading, list or table among its lines."""
        if segment.link_density < MAX_LINKED and self._is_alike(segment):
            return True
        if not self.first < segment.index < self._last or segment.link_density >= 0.5:
            return False
        if segment.element.tag in HEADINGS:
            return segment.element.getparent() in self.containers and not SENTENCE_END.search(segment.text)
        return segment.kind in ENUMERATED and self._stands_among(segment.element)

    def _is_alike(self, segment: Segment) -> bool:
        """Whether it is marked like the kept paragraphs and ends like a sentence."""
        mark = _mark(segment)
        return mark in self._marks and bool(SENTENCE_END.search(segment.text)) and (bool(mark[2]) or is_prose(segment))

    def _stands_among(self, element: HtmlElement) -> bool:
        """Whether the list or table of `element` stands beside kept lines."""
        node: HtmlElement | None = element
        for _ in range(MAX_NESTING):
            if node is None or node.tag in APART:
                return False
            node = node.getparent()
            if node in self._holders:
                return True
        return False


def _lead(segments: Sequence[Segment], place: _Place) -> list[int]:
    """Return the lines that open the container before the first kept one: prose, or small headings.

    Sites print standfirsts, captions and credits there; `h5` and `h6` before any text head nothing.
    """
    lead = []
    for segment in reversed(segments[max(0, place.first - MAX_LEAD) : place.first]):
        element = segment.element
        if element.getparent() not in place.containers or segment.link_density >= MAX_LINKED:
            break
        if is_prose(segment) or element.tag in {"h5", "h6"}:
            lead.append(segment.index)
    return lead


def _mark(segment: Segment) -> Mark:
    element = segment.element
    return element.getparent(), element.tag, element.get("class") or ""


def _merged(pieces: Sequence[Piece], restored: Sequence[Segment]) -> list[Piece]:
    merged: list[Piece] = []
    waiting = list(restored)
    for piece in pieces:
        while waiting and piece.segment is not None and waiting[0].index < piece.segment.index:
            segment = waiting.pop(0)
            merged.append(Piece(text=segment.text, segment=segment))
        merged.append(piece)
    return [*merged, *(Piece(text=segment.text, segment=segment) for segment in waiting)]
