"""A parsed page -> the lines that may be its article's text, and who would keep each.

Two opinions are asked: trafilatura's, and where the page's main prose stands (`pipelines.extract.region`). What either
would keep, what stands between and shortly beside it are the candidates; which of them are text is decided later, by
all the evidence together (`pipelines.boilerplate`).
"""

import logging
from collections.abc import Sequence
from copy import deepcopy

import attrs
import trafilatura
from lxml.etree import LxmlError, strip_elements
from lxml.html import Element, HtmlElement
from trafilatura.settings import Document

from pipelines.extract.align import find_lines
from pipelines.extract.region import main_region, story_frame
from pipelines.extract.segments import Segment

TRAFILATURA_FAULTS = (ValueError, TypeError, AttributeError, LookupError, RecursionError, LxmlError)
TRAFILATURA, REGION = "trafilatura", "region"
# Lines beside the text that are looked at: standfirsts, captions and datelines before it, boxes and notes after it.
# Twelve hold all but .0014 of what the best choice among all lines of the page would reach (173 news pages, F1).
REACH = 12
LINKS_ONLY = 0.8
NO_TEXT = ("script", "style", "svg", "noscript", "template", "iframe", "button", "select", "input", "textarea", "link")
# Its warnings speak of pages that we report ourselves.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@attrs.frozen(kw_only=True)
class Body:
    """The lines that may be text.

    Attributes:
        lines: in page order.
        chosen: indexes of the segments that trafilatura takes.
        region: indexes of those in the page's main prose.
    """

    lines: tuple[Segment, ...] = ()
    chosen: frozenset[int] = frozenset()
    region: frozenset[int] = frozenset()

    def votes(self, line: Segment) -> frozenset[str]:
        """Return who would keep `line`."""
        voters = ((TRAFILATURA, self.chosen), (REGION, self.region))
        return frozenset(name for name, taken in voters if line.index in taken)

    @property
    def wanted(self) -> tuple[Segment, ...]:
        """The lines that trafilatura would keep; where it found none, those of the main prose."""
        taken = self.chosen or self.region
        return tuple(line for line in self.lines if line.index in taken)


def read_body(tree: HtmlElement, segments: Sequence[Segment], *, url: str) -> Body:
    """Return the candidates among `segments`, the lines of the page in `tree`; empty when nobody would keep any."""
    region = frozenset(segment.index for segment in main_region(segments))
    chosen = find_lines(_ask_trafilatura(tree, segments, url), segments)
    taken = chosen | region
    if not taken:
        return Body()
    reach = segments[max(0, min(taken) - REACH) : max(taken) + REACH + 1]
    lines = tuple(line for line in reach if line.link_density < LINKS_ONLY or line.index in taken)
    return Body(lines=lines, chosen=chosen, region=region)


def _ask_trafilatura(tree: HtmlElement, segments: Sequence[Segment], url: str) -> list[str]:
    """Return the lines that trafilatura keeps of the story's frame; none when it fails, or there is nothing.

    It is asked about the frame alone: half of its time went into the page's menus and footers. Its second opinions
    (readability, jusText) are left out: the region is one, and no others were missed.
    """
    frame = story_frame(segments)
    asked = _copied(tree if frame is None else frame)
    strip_elements(asked, *NO_TEXT, with_tail=False)
    _unfold_layout_tables(asked)
    try:
        document = trafilatura.bare_extraction(
            asked, url=url, fast=True, include_comments=False, include_tables=True, deduplicate=False
        )
    except TRAFILATURA_FAULTS:
        return []
    return (document.text or "").splitlines() if isinstance(document, Document) else []


def _copied(frame: HtmlElement) -> HtmlElement:
    """Return a document that holds a copy of `frame` alone."""
    copy = deepcopy(frame)
    copy.tail = None
    if copy.tag == "html":
        return copy
    document = Element("html")
    body = copy if copy.tag == "body" else Element("body")
    if body is not copy:
        body.append(copy)
    document.append(body)
    return document


def _unfold_layout_tables(tree: HtmlElement) -> None:
    """Make plain containers of the tables that lay out the page.

    trafilatura reads a table as data and would return such a page as one long row.
    """
    for table in [table for table in tree.iter("table") if _lays_out(table)]:
        parts = table.iter("tbody", "tr", "td", "th")
        for part in [table, *(part for part in parts if next(part.iterancestors("table"), None) is table)]:
            part.tag = "div"


def _lays_out(table: HtmlElement) -> bool:
    """Whether the table holds other than data: a headline, another table, or one cell of paragraphs above all."""
    if table.find(".//h1") is not None or table.find(".//table") is not None:
        return True
    running = [cell for cell in table.iter("td") if len(cell.findall("p")) > 1 or len(cell.findall("br")) > 3]
    longest = max((len(cell.text_content()) for cell in running), default=0)
    return longest > 0.5 * len(table.text_content()) if running else False
