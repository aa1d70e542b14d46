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
# Its warnings speak of pages that we report ourselves.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def read_body(tree: HtmlElement, layout: Layout, *, url: str, headline: str | None = None) -> list[Piece]:
    """Return the lines of the article's text in order, without the headline; empty when none is found."""
    pieces = align_lines(_chosen_lines(tree, url), layout.segments)
    region = main_region(layout.segments)
    if _missed(pieces, region):
        pieces = [Piece(text=segment.text, segment=segment) for segment in region]
    pieces = restore_siblings(pieces, layout.segments)
    return [piece for piece in pieces if not _is_headline(piece, headline)]


def _chosen_lines(tree: HtmlElement, url: str) -> list[str]:
    try:
        document = trafilatura.bare_extraction(
            _without_layout_tables(tree), url=url, include_comments=False, include_tables=True, deduplicate=False
        )
    except TRAFILATURA_FAULTS:
        # The page's own prose stands in.
        return []
    return (document.text or "").splitlines() if isinstance(document, Document) else []


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
    """Whether the table holds other than data: a headline, another table, or a cell of several paragraphs."""
    if table.find(".//h1") is not None or table.find(".//table") is not None:
        return True
    return any(len(cell.findall("p")) > 1 or len(cell.findall("br")) > 3 for cell in table.iter("td"))


def _missed(pieces: Sequence[Piece], region: Sequence[Segment]) -> bool:
    """Whether the choice passed by the page's main prose: it holds little of the region, and far less prose."""
    chosen = {piece.segment.index for piece in pieces if piece.segment is not None}
    text = "".join(text_key(piece.text) for piece in pieces)
    prose = [segment for segment in region if is_prose(segment)]
    held = sum(len(segment.text) for segment in prose if segment.index in chosen or segment.key in text)
    own = prose_length(piece.segment for piece in pieces if piece.segment is not None)
    whole = prose_length(prose)
    return len(prose) >= 2 and held < 0.2 * whole and own < 0.3 * whole


def _is_headline(piece: Piece, headline: str | None) -> bool:
    """Whether the piece is the page's headline, which is no part of the body."""
    if piece.segment is not None and piece.segment.element.tag == "h1":
        return True
    return headline is not None and text_key(piece.text).casefold() == text_key(headline).casefold()
