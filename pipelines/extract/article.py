"""Page -> Article: composes the room."""

import sys
from collections.abc import Iterable
from importlib.metadata import version

import lxml.html
from lxml.etree import LIBXML_VERSION, ParserError
from lxml.html import HtmlElement

from pipelines.errors import IncompletePageError, NotHtmlError
from pipelines.extract.align import Piece
from pipelines.extract.body import read_body
from pipelines.extract.decode import decode_html
from pipelines.extract.head import read_head
from pipelines.extract.hub import require_article
from pipelines.extract.images import PlacedImage, find_images, image_of, images_by_box
from pipelines.extract.metadata import read_metadata
from pipelines.extract.segments import element_path, read_layout
from pipelines.model import Article, Block, Page, Source

VERSION = "0.1.0"
LIBRARIES = ("charset-normalizer", "cssselect", "htmldate", "justext", "lxml", "python-dateutil", "trafilatura")
MAX_CHARACTERS = 8_000_000


def extract_article(page: Page, *, source: Source | None = None) -> Article:
    """Return what `page` says.

    Raises:
        NotHtmlError: the payload is no HTML document.
        IncompletePageError: the body was cut short on the way.
        NoArticleError: the page is a hub, a wall, an error page, or has no text.
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
    pieces = read_body(tree, layout, url=page.capture.url, headline=fields.get("headline"))
    require_article(pieces, layout, head, page.candidate)
    kept = [piece.segment for piece in pieces if piece.segment is not None]
    images = find_images(layout, kept, head.article, head.first("og:image"), base_url=head.base_url)
    boxes = images_by_box(images)
    names: dict[HtmlElement, str] = {}
    blocks = tuple(_block(piece, images, boxes, names) for piece in pieces)
    del alive
    return Article(url=page.capture.url, blocks=blocks, images=tuple(placed.image for placed in images), **fields)


def component_versions() -> dict[str, str]:
    """Return component -> version of all that shapes an Article.

    Beside trafilatura and what it asks (htmldate reads dates by dateutil, jusText is a second opinion), that is the
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


def _block(
    piece: Piece, images: tuple[PlacedImage, ...], boxes: dict[HtmlElement, int], names: dict[HtmlElement, str]
) -> Block:
    segment = piece.segment
    if segment is None:
        return Block(text=piece.text)
    return Block(
        text=piece.text,
        kind=segment.kind,
        path=element_path(segment.element, names),
        link_density=segment.link_density,
        emphasis=segment.emphasis,
        image=image_of(segment, images, boxes),
    )
