"""A parsed page -> its lines of text in reading order, each knowing where it stands.

A segment is what a reader sees as one paragraph, heading, list item or table row: the text of the nearest block
element, cut at line breaks. The walk also notes the images it passes, so that text and images share one order.
"""

import re
from collections.abc import Iterator

import attrs
from lxml.html import HtmlElement

from pipelines.extract.tags import BLOCK_TAGS, EMPHASIS, HEADINGS, IMAGE_TAGS, PLAIN_WRAPPERS, SKIPPED
from pipelines.model import BlockKind

NOT_WORD = re.compile(r"[\W_]+")
# Zero-width characters and soft hyphens: invisible, and they part words from their equals.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
SENTENCE_END = re.compile(r"""[.!?:;…。！？؟।]["'”’»)\]]*$""")
MAX_DEPTH = 400
MAX_SEGMENTS = 20_000
PATH_LEVELS = 14
PATH_CLASSES = 4


@attrs.frozen(kw_only=True, eq=False)
class Segment:
    """One line of the page.

    Attributes:
        text: white space collapsed; never empty.
        key: the letters and digits of `text`, for comparing.
        element: the block element that holds it.
        kind: what it is.
        link_density: share of its characters that lie in links.
        emphasis: the inline element that holds all of it; None when there is none.
        index: position in the page.
    """

    text: str
    key: str
    element: HtmlElement
    kind: BlockKind
    link_density: float
    emphasis: str | None
    index: int


@attrs.frozen(kw_only=True, eq=False)
class ImageSpot:
    """An image element and its place: it stands before the segment with index `before`."""

    element: HtmlElement
    before: int


@attrs.frozen(kw_only=True)
class Layout:
    """The page as read."""

    segments: tuple[Segment, ...]
    image_spots: tuple[ImageSpot, ...]


def text_key(text: str) -> str:
    """Return the letters and digits of `text`, nothing else: equal keys mean equal wording."""
    return NOT_WORD.sub("", text)


def collapse(text: str) -> str:
    """Return `text` with white space collapsed and invisible characters left out."""
    return " ".join((text if text.isascii() else INVISIBLE.sub("", text)).split())


def visible_text(element: HtmlElement) -> str:
    """Return the text of `element` without scripts and styles, its blocks and lines parted by a space."""
    tag = element.tag
    if not isinstance(tag, str) or tag in SKIPPED:
        return ""
    gap = " " if tag == "br" or tag in BLOCK_TAGS else ""
    inner = "".join(f"{visible_text(child)}{child.tail or ''}" for child in element)
    return f"{gap}{element.text or ''}{inner}{gap}"


def read_layout(root: HtmlElement) -> Layout:
    """Return the segments and images of the page's body, in document order."""
    body = root.find("body")
    walker = _Walker(root)
    walker.walk(root if body is None else body, 0)
    walker.flush()
    return Layout(segments=tuple(walker.segments), image_spots=tuple(walker.image_spots))


def element_path(element: HtmlElement, names: dict[HtmlElement, str]) -> str:
    """Return `tag.class1.class2#id` of the element and its ancestors below `body`, outermost first.

    At most the innermost 14 levels and four classes a level: enough for any rule, bounded for any page. `names` keeps
    what elements are called, for the next lines of the page.
    """
    path: list[str] = []
    node: HtmlElement | None = element
    while node is not None and node.tag not in {"body", "html"} and len(path) < PATH_LEVELS:
        if node not in names:
            names[node] = _name(node)
        path.append(names[node])
        node = node.getparent()
    return " > ".join(reversed(path))


def _name(node: HtmlElement) -> str:
    classes = (node.get("class") or "").split()[:PATH_CLASSES]
    identifier = (node.get("id") or "").strip().split(" ")[0]
    return "".join((node.tag, *(f".{name}" for name in classes), f"#{identifier}" if identifier else ""))


@attrs.define
class _Part:
    """A run of text, or a line break (`text` is None)."""

    text: str | None
    in_link: bool
    emphasis: tuple[HtmlElement, ...]


BREAK = _Part(text=None, in_link=False, emphasis=())


class _Walker:
    def __init__(self, root: HtmlElement) -> None:
        self.segments: list[Segment] = []
        self.image_spots: list[ImageSpot] = []
        self._parts: list[_Part] = []
        self._containers: list[HtmlElement] = [root]
        self._links = 0
        self._emphasis: list[HtmlElement] = []

    def walk(self, element: HtmlElement, depth: int) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in SKIPPED or depth > MAX_DEPTH or len(self.segments) >= MAX_SEGMENTS:
            return
        if tag == "br":
            self._parts.append(BREAK)
        elif tag in IMAGE_TAGS:
            self.image_spots.append(ImageSpot(element=element, before=len(self.segments) + self._has_text()))
        elif tag == "tr" and _is_data_row(element):
            self.flush()
            self._add_row(element)
        elif tag in BLOCK_TAGS:
            self.flush()
            self._containers.append(element)
            self._descend(element, depth)
            self.flush()
            self._containers.pop()
        else:
            self._walk_inline(element, tag, depth)

    def flush(self) -> None:
        """End the block: what was gathered becomes segments, one a line."""
        if not self._parts:
            return
        parts, self._parts = self._parts, []
        if not any(part.text and not part.text.isspace() for part in parts):
            return
        container = self._containers[-1]
        for line in _lines(parts):
            self._add_segment(line, container)

    def _has_text(self) -> int:
        return int(any(part.text and not part.text.isspace() for part in self._parts))

    def _walk_inline(self, element: HtmlElement, tag: str, depth: int) -> None:
        link, emphasis = tag == "a", tag in EMPHASIS
        self._links += link
        if emphasis:
            self._emphasis.append(element)
        self._descend(element, depth)
        self._links -= link
        if emphasis:
            self._emphasis.pop()

    def _descend(self, element: HtmlElement, depth: int) -> None:
        self._add_text(element.text)
        for child in element:
            self.walk(child, depth + 1)
            self._add_text(child.tail)

    def _add_text(self, text: str | None) -> None:
        if text:
            self._parts.append(_Part(text, self._links > 0, tuple(self._emphasis)))

    def _add_segment(self, parts: list[_Part], container: HtmlElement) -> None:
        text = collapse("".join(part.text or "" for part in parts))
        if not text:
            return
        filled = [part for part in parts if part.text and not part.text.isspace()]
        total = sum(len(part.text or "") for part in filled)
        linked = sum(len(part.text or "") for part in filled if part.in_link)
        self.segments.append(
            Segment(
                text=text,
                key=text_key(text),
                element=container,
                kind=_kind(container),
                link_density=round(linked / total, 3) if total else 0.0,
                emphasis=_common_emphasis(filled),
                index=len(self.segments),
            )
        )

    def _add_row(self, row: HtmlElement) -> None:
        cells = [collapse(cell.text_content()) for cell in row if cell.tag in {"td", "th"}]
        text = " | ".join(cell for cell in cells if cell)
        if not text:
            return
        linked = sum(len(collapse(link.text_content())) for link in row.iter("a"))
        self.segments.append(
            Segment(
                text=text,
                key=text_key(text),
                element=row,
                kind=BlockKind.TABLE_ROW,
                link_density=round(min(1.0, linked / len(text)), 3),
                emphasis=None,
                index=len(self.segments),
            )
        )


def _common_emphasis(parts: list[_Part]) -> str | None:
    """Return the tag that holds all parts, one that means something (`em`) before one that does not (`span`)."""
    common = [holder.tag for holder in parts[0].emphasis if all(holder in part.emphasis for part in parts)]
    return next((tag for tag in common if tag not in PLAIN_WRAPPERS), common[0] if common else None)


def _is_data_row(row: HtmlElement) -> bool:
    """Whether a row holds data: several short cells without blocks or images. Else the table is layout."""
    cells = [cell for cell in row if cell.tag in {"td", "th"}]
    if len(cells) < 2:
        return False
    for node in row.iterdescendants():
        if node.tag in IMAGE_TAGS or (node.tag in BLOCK_TAGS and node.tag not in {"td", "th", "p", "div"}):
            return False
    return all(len(cell.text_content()) < 200 for cell in cells) and len(list(row.iter("p", "div"))) <= len(cells)


def _kind(container: HtmlElement) -> BlockKind:
    if container.tag in HEADINGS:
        return BlockKind.HEADING
    if container.tag == "pre":
        return BlockKind.CODE
    node: HtmlElement | None = container
    for _ in range(4):
        if node is None or node.tag in {"article", "main", "body", "td"}:
            break
        if node.tag == "blockquote":
            return BlockKind.QUOTE
        if node.tag in {"li", "dd", "dt"}:
            return BlockKind.LIST_ITEM
        node = node.getparent()
    return BlockKind.PARAGRAPH


def _lines(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Yield the lines between `<br>`s; a line that goes on in mid-sentence stays with the one before."""
    line: list[_Part] = []
    breaks = 0
    for part in parts:
        if part.text is None:
            breaks += 1
        elif not breaks or part.text.isspace():
            line.append(part)
        elif breaks == 1 and _goes_on(line, part.text):
            line.extend((_Part(" ", part.in_link, part.emphasis), part))
            breaks = 0
        else:
            yield line
            line, breaks = [part], 0
    yield line


def _goes_on(line: list[_Part], following: str) -> bool:
    text = "".join(part.text or "" for part in line).rstrip()
    start = following.lstrip()
    return bool(text) and start[:1].islower() and not SENTENCE_END.search(text)
