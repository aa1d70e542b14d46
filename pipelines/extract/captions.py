"""What the page's structure ties to an image: its box, and the caption and credit in it.

Only what markup says is read here; what the words of a line say is the cleaning's work.
"""

import re
from collections.abc import Container, Iterator, Sequence
from itertools import islice

import attrs
from lxml.html import HtmlElement

from pipelines.extract.segments import Layout, Segment, collapse
from pipelines.extract.tags import BLOCK_TAGS, IMAGE_TAGS, SKIPPED
from pipelines.model import BlockKind

CAPTION_CLASS = re.compile(
    r"caption|legend|legende|bildunterschrift|cutline|pie-?(?:de-?)?foto|didascalia", re.IGNORECASE
)
CREDIT_CLASS = re.compile(
    r"credit|photographer|copyright|(?:img|image|media|figure_*|photo|picture|bild)-?_?source|fotograf|bildnachweis|"
    r"byline-?photo|attribution|photo-?by",
    re.IGNORECASE,
)
IMAGE_CLASS = re.compile(r"caption|figure|image|photo|media|picture|bild|foto", re.IGNORECASE)
CONTAINERS = frozenset(("figure", "dl", "table", "picture"))
OUTER = frozenset(("body", "article", "main", "section"))
MAX_BOX_TEXT = 700
MAX_LOOSE = 300
MAX_LINKED = 0.3
NEARBY_LINES = 3
NEARBY_LEVELS = 3


@attrs.frozen(kw_only=True)
class LooseLine:
    """A line marked as caption or credit that stands in no image's box and not in the text."""

    index: int
    text: str
    is_credit: bool


def image_box(element: HtmlElement) -> HtmlElement | None:
    """Return the widest element that holds this image alone and little text; None when the image stands bare."""
    box = None
    for node in element.iterancestors():
        if node.tag in OUTER or _holds_several(node) or node.find(".//h1") is not None:
            break
        length = len(collapse(node.text_content()))
        if length > MAX_BOX_TEXT:
            break
        named = node.tag != "div" or IMAGE_CLASS.search(_label(node)) or _marked(node, CAPTION_CLASS) is not None
        if node.tag in CONTAINERS or (length and (named or _marked(node, CREDIT_CLASS) is not None)):
            box = node
        if node.tag == "figure":
            break
    return box


def box_texts(box: HtmlElement) -> tuple[str | None, str | None]:
    """Return the box's caption and credit: the credit from an element of its own, the caption from what is left."""
    credit_element = _marked(box, CREDIT_CLASS)
    credit = collapse(credit_element.text_content()) if credit_element is not None else None
    caption_element = box.find(".//figcaption")
    if caption_element is None and box.tag in {"dl", "table"}:
        # Their other cells are captions and credits without a mark.
        caption_element = box
    if caption_element is None:
        caption_element = _marked(box, CAPTION_CLASS)
    caption = _text_without(caption_element, credit_element) if caption_element is not None else None
    return caption or None, credit or None


def loose_lines(layout: Layout, kept: Sequence[Segment], boxes: Sequence[HtmlElement | None]) -> Iterator[LooseLine]:
    """Yield the marked lines from the headline to the end of the text that are neither text nor in one of `boxes`."""
    if not kept:
        return
    chosen = {segment.index for segment in kept}
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), kept[0].index)
    for segment in layout.segments[min(headline, kept[0].index) : kept[-1].index + 3]:
        label = _label(segment.element)
        is_credit, is_caption = bool(CREDIT_CLASS.search(label)), bool(CAPTION_CLASS.search(label))
        if segment.index in chosen or not (is_credit or is_caption) or len(segment.text) > MAX_LOOSE:
            continue
        held = any(node is box for box in boxes if box is not None for node in segment.element.iterancestors())
        if not held and segment.element.find(".//*[@rel='author']") is None:
            yield LooseLine(index=segment.index, text=segment.text, is_credit=is_credit and not is_caption)


def nearby_lines(
    element: HtmlElement, before: int, layout: Layout, taken: Container[int], box: HtmlElement | None
) -> tuple[str, ...]:
    """Return the short lines that directly follow the image at `element` in the page, and are not `taken`.

    They stand in its container, or in one of the two siblings after the image or a container of its own.
    """
    holders, siblings = _places_at(element if box is None else box)
    lines = []
    for segment in layout.segments[before : before + NEARBY_LINES]:
        if segment.element is box or (box is not None and box in segment.element.iterancestors()):
            continue
        if segment.kind is BlockKind.HEADING or len(segment.text) > MAX_LOOSE or segment.link_density >= MAX_LINKED:
            break
        own = (segment.element, *islice(segment.element.iterancestors(), 2))
        if segment.index in taken or not (segment.element in holders or any(node in siblings for node in own)):
            break
        lines.append(segment.text)
    return tuple(lines)


def _places_at(element: HtmlElement) -> tuple[set[HtmlElement], set[HtmlElement]]:
    """Return where lines at the image may stand: the elements that begin with it, and the two after each of them."""
    holders: set[HtmlElement] = set()
    siblings: set[HtmlElement] = set()
    node = element
    for _ in range(NEARBY_LEVELS):
        siblings.update(islice(node.itersiblings(), 2))
        parent = node.getparent()
        if parent is None or parent.tag in OUTER or (parent.tag not in CONTAINERS and node.getprevious() is not None):
            break
        holders.add(parent)
        node = parent
    return holders, siblings


def _holds_several(node: HtmlElement) -> bool:
    return next(islice(node.iter(*IMAGE_TAGS), 1, None), None) is not None


def _marked(box: HtmlElement, mark: re.Pattern[str]) -> HtmlElement | None:
    """Return the first element below `box` whose class bears `mark` and that has text."""
    for node in box.iterdescendants():
        if isinstance(node.tag, str) and mark.search(_label(node)) and collapse(node.text_content()):
            return node
    return None


def _label(node: HtmlElement) -> str:
    return f"{node.get('class') or ''} {node.get('itemprop') or ''}"


def _text_without(element: HtmlElement, left_out: HtmlElement | None) -> str:
    parts: list[str] = []

    def gather(node: HtmlElement) -> None:
        if node is left_out or not isinstance(node.tag, str) or node.tag in SKIPPED:
            return
        parts.append(node.text or "")
        for child in node:
            gather(child)
            parts.append(f" {child.tail or ''}" if child.tag == "br" or child.tag in BLOCK_TAGS else child.tail or "")

    gather(element)
    return collapse("".join(parts))
