"""A parsed page -> the pieces of its article text.

trafilatura chooses the text; the page's own segments give each line its place (`pipelines.extract.align`). Where its
choice passes by the page's main prose, that prose is taken instead (`pipelines.extract.region`).
"""

import logging
from collections.abc import Sequence
from copy import deepcopy

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement
from trafilatura.settings import Document

from pipelines.extract.align import Piece, align_lines
from pipelines.extract.region import is_prose, main_region, prose_length
from pipelines.extract.restore import restore_siblings
from pipelines.extract.segments import Layout, Segment, text_key

TRAFILATURA_FAULTS = (ValueError, TypeError, AttributeError, LookupError, RecursionError, LxmlError)
MAX_MISSED = 1500
MIN_AGREED = 600
AGREED = 0.8
# Its warnings speak of pages that we report ourselves.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def read_body(tree: HtmlElement, layout: Layout, *, url: str, headline: str | None = None) -> list[Piece]:
    """Return the lines of the article's text in order, without the headline; empty when none is found."""
    region = main_region(layout.segments)
    pieces = align_lines(_chosen_lines(tree, url, region, layout), layout.segments)
    if _missed(pieces, region):
        pieces = [Piece(text=segment.text, segment=segment) for segment in region]
    pieces = restore_siblings(pieces, layout.segments)
    return _without_headline(pieces, headline)


def _chosen_lines(tree: HtmlElement, url: str, region: Sequence[Segment], layout: Layout) -> list[str]:
    """Return the lines that trafilatura chooses.

    Its second opinions (readability, jusText) cost a quarter of its time: they are left out where its first choice
    agrees with the page's main prose.
    """
    plain = _without_layout_tables(tree)
    prose = [segment for segment in region if is_prose(segment)]
    whole = prose_length(prose)
    if whole >= max(MIN_AGREED, prose_length(layout.segments) / 2):
        chosen = _choose(plain, url, fast=True)
        if _agree(chosen, prose, whole):
            return chosen.splitlines()
    return _choose(plain, url, fast=False).splitlines()


def _agree(chosen: str, prose: Sequence[Segment], whole: int) -> bool:
    """Whether the choice holds nearly all of `prose`, `whole` characters long, and little else."""
    if len(chosen) > 2 * whole:
        return False
    key = text_key(chosen)
    return sum(len(segment.text) for segment in prose if segment.key in key) > AGREED * whole


def _choose(tree: HtmlElement, url: str, *, fast: bool) -> str:
    try:
        document = trafilatura.bare_extraction(
            tree, url=url, fast=fast, include_comments=False, include_tables=True, deduplicate=False
        )
    except TRAFILATURA_FAULTS:
        # The page's own prose stands in.
        return ""
    return (document.text or "") if isinstance(document, Document) else ""


def _without_layout_tables(tree: HtmlElement) -> HtmlElement:
    """Return a copy with the tables that lay out the page as plain containers, or `tree` when it has none.

    trafilatura reads a table as data and would return such a page as one long row.
    """
    if not any(_lays_out(table) for table in tree.iter("table")):
        return tree
    plain = deepcopy(tree)
    for table in [table for table in plain.iter("table") if _lays_out(table)]:
        for part in [table, *table.iter("tbody", "tr", "td", "th")]:
            if part is table or next(part.iterancestors("table"), None) is table:
                part.tag = "div"
    return plain


def _lays_out(table: HtmlElement) -> bool:
    """Whether the table holds other than data: a headline, another table, or one cell of paragraphs above all."""
    if table.find(".//h1") is not None or table.find(".//table") is not None:
        return True
    running = [cell for cell in table.iter("td") if len(cell.findall("p")) > 1 or len(cell.findall("br")) > 3]
    longest = max((len(cell.text_content()) for cell in running), default=0)
    return longest > 0.5 * len(table.text_content()) if running else False


def _missed(pieces: Sequence[Piece], region: Sequence[Segment]) -> bool:
    """Whether the choice passed by the page's main prose: it holds little of the region, and far less prose.

    A long choice without prose stands: lists and records are read for what they are.
    """
    chosen = {piece.segment.index for piece in pieces if piece.segment is not None}
    if sum(len(piece.text) for piece in pieces) > MAX_MISSED:
        return False
    text = "".join(_key_of(piece) for piece in pieces)
    prose = [segment for segment in region if is_prose(segment)]
    held = sum(len(segment.text) for segment in prose if segment.index in chosen or segment.key in text)
    own = prose_length(piece.segment for piece in pieces if piece.segment is not None)
    whole = prose_length(prose)
    return len(prose) >= 2 and held < 0.2 * whole and own < 0.3 * whole


def _without_headline(pieces: Sequence[Piece], headline: str | None) -> list[Piece]:
    """Return `pieces` without the page's headline: its wording anywhere, or an `h1` before the text begins.

    Later ones are headings of its sections.
    """
    key = text_key(headline).casefold() if headline else None
    body: list[Piece] = []
    begun = False
    for piece in pieces:
        begun = begun or piece.segment is None or is_prose(piece.segment)
        is_title = piece.segment is not None and piece.segment.element.tag == "h1" and not begun
        if not is_title and (key is None or _key_of(piece).casefold() != key):
            body.append(piece)
    return body


def _key_of(piece: Piece) -> str:
    segment = piece.segment
    return segment.key if segment is not None and segment.text == piece.text else text_key(piece.text)
