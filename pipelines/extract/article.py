"""Page -> Article: composes the room."""

import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import lxml.html
from lxml.etree import LIBXML_VERSION, ParserError
from lxml.html import HtmlElement

from pipelines.errors import IncompletePageError, NotHtmlError
from pipelines.extract.body import Body, read_body
from pipelines.extract.decode import decode_html
from pipelines.extract.evidence import read_evidence
from pipelines.extract.head import PageHead, read_head
from pipelines.extract.images import PlacedImage, find_images, image_of, images_by_box
from pipelines.extract.measures import Known, measure_lines
from pipelines.extract.metadata import read_metadata
from pipelines.extract.segments import Segment, element_path, read_layout, text_key
from pipelines.model import Article, Block, Page, Source

VERSION = "0.1.0"
LIBRARIES = ("charset-normalizer", "cssselect", "htmldate", "lxml", "python-dateutil", "trafilatura")
MAX_CHARACTERS = 8_000_000


def extract_article(page: Page, *, source: Source | None = None) -> Article:
    """Return what `page` says; `pipelines.confidence` judges by its evidence whether that is an article.

    Raises:
        NotHtmlError: the payload is no HTML document.
        IncompletePageError: the body was cut short on the way.
    """
    if page.capture.truncated:
        raise IncompletePageError(f"{page.capture.url}: the page was cut short on the way ({page.capture.truncated})")
    tree = parse_html(decode_html(page.payload, page.capture.charset))
    if source is not None:
        _drop_selected(tree, source.boilerplate_selectors)
    # lxml makes a Python object anew at each touch of an element unless one lives; a tenth of our time otherwise.
    alive = list(tree.iter())
    layout = read_layout(tree)
    head = read_head(tree, page.capture.url)
    fields = read_metadata(head, page, source, layout)
    body = read_body(tree, layout.segments, url=page.capture.url)
    evidence = read_evidence(layout, head, page.candidate, body.chosen | body.region)
    images = find_images(layout, body.wanted, head)
    blocks = _blocks(body, images, _known(fields, head))
    del alive
    found = tuple(placed.image for placed in images)
    return Article(url=page.capture.url, blocks=blocks, images=found, evidence=evidence, **fields)


def read_lines(page: Page, *, source: Source | None = None) -> tuple[Segment, ...]:
    """Return every visible line of `page`, in order: what `Block.segment` is an index into.

    Raises:
        NotHtmlError: the payload is no HTML document.
    """
    tree = parse_html(decode_html(page.payload, page.capture.charset))
    if source is not None:
        _drop_selected(tree, source.boilerplate_selectors)
    return read_layout(tree).segments


def component_versions() -> dict[str, str]:
    """Return component -> version of all that shapes an Article.

    Beside trafilatura and htmldate, which reads dates by dateutil, that is the
    parser of the tree, the detector of charsets, and Python for its table of Unicode.
    """
    return {
        "newskeep": VERSION,
        "python": ".".join(map(str, sys.version_info[:2])),
        "libxml2": ".".join(map(str, LIBXML_VERSION)),
        **{name: version(name) for name in LIBRARIES},
    }


def parse_html(text: str) -> HtmlElement:
    """Return the document's tree.

    Raises:
        NotHtmlError: there is no element in it.
    """
    # trafilatura loses the text that follows a comment when it is handed a tree with comments.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        return lxml.html.document_fromstring(text[:MAX_CHARACTERS].encode("utf-8", "replace"), parser=parser)
    except (ParserError, ValueError) as error:
        raise NotHtmlError(f"the page cannot be parsed as HTML: {error}") from error


def _drop_selected(tree: HtmlElement, selectors: Iterable[str]) -> None:
    for selector in selectors:
        for element in tree.cssselect(selector):
            if element.getparent() is not None:
                element.drop_tree()


def _known(fields: Mapping[str, Any], head: PageHead) -> Known:
    """Return what the page says of its article elsewhere than in its lines."""
    return Known(
        headline=fields.get("headline"),
        description=fields.get("description"),
        body=text_key(head.data_text("articleBody") or ""),
        authors=frozenset(filter(None, map(text_key, fields.get("authors", ())))),
    )


def _blocks(body: Body, images: tuple[PlacedImage, ...], known: Known) -> tuple[Block, ...]:
    boxes = images_by_box(images)
    names: dict[HtmlElement, str] = {}
    measured = measure_lines(body.lines, chosen=body.chosen, region=body.region, known=known)
    return tuple(
        Block(
            text=line.text,
            kind=line.kind,
            path=element_path(line.element, names),
            link_density=line.link_density,
            emphasis=line.emphasis,
            image=image_of(line, images, boxes),
            segment=line.index,
            votes=body.votes(line),
            measures=measures,
        )
        for line, measures in zip(body.lines, measured, strict=True)
    )
