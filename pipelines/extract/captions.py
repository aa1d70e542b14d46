"""The lines beside an image that stand in no frame: what may be its caption or credit, by its place or by its mark."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

import attrs
from lxml.html import HtmlElement

from pipelines.extract.imageframes import frame_lines
from pipelines.extract.segments import Layout, Segment
from pipelines.model import BlockKind, ImageLine, LinePlace, LineRole

LOOSE_CAPTION = re.compile(
    r"caption|legend|legende|bildunterschrift|cutline|pie-?(?:de-?)?foto|didascalia", re.IGNORECASE
)
# Outside a frame fewer names mean a picture's credit than in it.
LOOSE_CREDIT = re.compile(
    r"credit|photographer|copyright|(?:img|image|media|figure_*|photo|picture|bild)-?_?source|fotograf|bildnachweis|"
    r"byline-?photo|attribution|photo-?by",
    re.IGNORECASE,
)
CONTAINERS = frozenset(("figure", "dl", "table", "picture"))
OUTER = frozenset(("body", "article", "main", "section"))
MAX_LINE = 300
MAX_LINKED = 0.3
LINES_BESIDE = 3
LINES_TAKEN = 2
MAX_TAKEN = 220
MAX_GAP = 6
LEVELS_BESIDE = 3
PLAIN_BEFORE = 6
PLAIN_AFTER = 10
MAX_SEARCHED = 600
FRAME_LEVELS = 8


@attrs.frozen(kw_only=True)
class LooseLine:
    """A line in no image's frame and not in the text, and the index of its segment."""

    index: int
    line: ImageLine


def lines_beside(
    element: HtmlElement, before: int, layout: Layout, taken: Collection[int], frame: HtmlElement | None
) -> Iterator[ImageLine]:
    """Yield the short lines that directly follow the image at `element` in the page.

    They stand in its container, or in one of the two siblings after the image or a container of its own. Of those
    that are `taken` for text only the first two are asked.
    """
    holders, siblings = _places_at(element if frame is None else frame)
    for segment in layout.segments[before : before + LINES_BESIDE]:
        if frame is not None and (segment.element is frame or frame in segment.element.iterancestors()):
            continue
        if segment.kind is BlockKind.HEADING or not _is_line(segment):
            break
        own = (segment.element, *islice(segment.element.iterancestors(), 2))
        if not (segment.element in holders or any(node in siblings for node in own)):
            break
        if segment.index in taken and (len(segment.text) > MAX_TAKEN or segment.index >= before + LINES_TAKEN):
            break
        yield from _lines_of(segment)


def loose_lines(layout: Layout, kept: Sequence[Segment], frames: Collection[HtmlElement]) -> Iterator[LooseLine]:
    """Yield the lines from the headline to the end of the text that are neither text nor in one of `frames`.

    They are those that are marked as caption or credit, and the plain ones right before and right after the text.
    """
    if not kept:
        return
    taken = {segment.index for segment in kept}
    first, last = kept[0].index, kept[-1].index
    headline = next((segment.index for segment in layout.segments[:first] if segment.element.tag == "h1"), first)
    labels: dict[HtmlElement, str] = {}
    for segment in layout.segments[headline : last + PLAIN_AFTER + 1][:MAX_SEARCHED]:
        if segment.index in taken or not _is_line(segment):
            continue
        role = _role(segment, labels)
        plain = first - PLAIN_BEFORE <= segment.index < first or segment.index > last
        if (role is None and not plain) or _is_framed(segment, frames) or _names_author(segment):
            continue
        yield LooseLine(index=segment.index, line=ImageLine(text=segment.text, role=role, place=LinePlace.APART))


def _lines_of(segment: Segment) -> Iterator[ImageLine]:
    """Yield the line with its inline elements told apart; as it stands where it is only a part of its element."""
    lines = list(frame_lines(segment.element)) if len(segment.element) else []
    lines = [line for line in lines if line.text in segment.text]
    if sum(len(line.text) for line in lines) < len(segment.text) - len(lines) * MAX_GAP:
        lines = []
    for line in lines or [ImageLine(text=segment.text)]:
        yield attrs.evolve(line, place=LinePlace.BESIDE)


def _is_line(segment: Segment) -> bool:
    return len(segment.text) <= MAX_LINE and segment.link_density < MAX_LINKED and segment.element.tag != "h1"


def _role(segment: Segment, labels: dict[HtmlElement, str]) -> LineRole | None:
    """Return what the line's element or the one around it is called."""
    for node in (segment.element, segment.element.getparent()):
        if node is None:
            break
        if node not in labels:
            labels[node] = node.get("class") or node.get("itemprop") or ""
        if labels[node] and LOOSE_CAPTION.search(labels[node]):
            return LineRole.CAPTION
        if labels[node] and LOOSE_CREDIT.search(labels[node]):
            return LineRole.CREDIT
    return None


def _is_framed(segment: Segment, frames: Collection[HtmlElement]) -> bool:
    nodes = (segment.element, *islice(segment.element.iterancestors(), FRAME_LEVELS))
    return any(node in frames for node in nodes)


def _names_author(segment: Segment) -> bool:
    return any(node.tag == "time" or node.get("rel") == "author" for node in segment.element.iter("a", "time"))


def _places_at(element: HtmlElement) -> tuple[set[HtmlElement], set[HtmlElement]]:
    """Return where lines at the image may stand: the elements that begin with it, and the two after each of them."""
    holders: set[HtmlElement] = set()
    siblings: set[HtmlElement] = set()
    node = element
    for _ in range(LEVELS_BESIDE):
        siblings.update(islice(node.itersiblings(), 2))
        parent = node.getparent()
        if parent is None or parent.tag in OUTER or (parent.tag not in CONTAINERS and node.getprevious() is not None):
            break
        holders.add(parent)
        node = parent
    return holders, siblings
