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

Mark = tuple[HtmlElement | None, str, str]

MIN_ALIKE = 3
MAX_LINKED = 0.3
MAX_LEAD = 4


def restore_siblings(pieces: Sequence[Piece], segments: Sequence[Segment]) -> list[Piece]:
    """Return `pieces` with the lines restored in page order; nothing is added to a text without a clear container."""
    kept = {piece.segment.index for piece in pieces if piece.segment is not None}
    alike = Counter(_mark(segments[index]) for index in kept if is_prose(segments[index]))
    marks = {mark for mark, count in alike.items() if count >= MIN_ALIKE}
    if not marks:
        return list(pieces)
    containers = {parent for parent, _, _ in marks}
    prose = [index for index in kept if _mark(segments[index]) in marks]
    first, last = min(prose), max(prose)
    restored = [
        segment
        for segment in segments
        if segment.index not in kept
        and segment.link_density < MAX_LINKED
        and (_is_alike(segment, marks) or (first < segment.index < last and _is_among(segment, containers)))
    ]
    lead = _lead(segments, first, containers)
    return _merged(
        pieces, sorted({*restored, *lead} - {segments[index] for index in kept}, key=lambda line: line.index)
    )


def _lead(segments: Sequence[Segment], first: int, containers: set[HtmlElement | None]) -> list[Segment]:
    """Return the lines that open the container before the first kept one: prose, or small headings.

    Sites print standfirsts, captions and credits there; `h5` and `h6` before any text head nothing.
    """
    lead = []
    for segment in reversed(segments[max(0, first - MAX_LEAD) : first]):
        element = segment.element
        if element.getparent() not in containers or segment.link_density >= MAX_LINKED:
            break
        if is_prose(segment) or element.tag in {"h5", "h6"}:
            lead.append(segment)
    return lead


def _mark(segment: Segment) -> Mark:
    element = segment.element
    return element.getparent(), element.tag, element.get("class") or ""


def _is_alike(segment: Segment, marks: set[Mark]) -> bool:
    """Whether it is marked like the kept paragraphs and ends like a sentence."""
    return (
        _mark(segment) in marks
        and bool(SENTENCE_END.search(segment.text))
        and (is_prose(segment) or bool(_mark(segment)[2]))
    )


def _is_among(segment: Segment, containers: set[HtmlElement | None]) -> bool:
    """Whether it is a heading, or an item of a list of sentences, directly in the text's container."""
    element = segment.element
    parent = element.getparent()
    if element.tag in HEADINGS - {"h1"}:
        return parent in containers and not SENTENCE_END.search(segment.text)
    if element.tag != "li" or parent is None or parent.getparent() not in containers:
        return False
    return bool(SENTENCE_END.search(segment.text))


def _merged(pieces: Sequence[Piece], restored: Sequence[Segment]) -> list[Piece]:
    merged: list[Piece] = []
    waiting = list(restored)
    for piece in pieces:
        while waiting and piece.segment is not None and waiting[0].index < piece.segment.index:
            segment = waiting.pop(0)
            merged.append(Piece(text=segment.text, segment=segment))
        merged.append(piece)
    return [*merged, *(Piece(text=segment.text, segment=segment) for segment in waiting)]
