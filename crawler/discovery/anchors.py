"""The links of a page with what stands round them."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

import attrs
from lxml import html

from crawler.discovery.classify import Place
from crawler.discovery.dates import parse_date
from crawler.discovery.shapes import count_words
from pipelines.urls import normalize_url, url_key

MAX_LINKS = 5_000  # the largest home pages have some 1,500; 100,000 links are an attack
MAX_CLIMB = 10  # ancestors looked at round a link
MAX_NEAR = 300  # elements looked at within a link, or within a block for its links
MAX_TEXT = 300  # characters of a link text; a longer one is a whole teaser
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
NAVIGATION = re.compile(r"(?i)\b(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|topbar|toolbar|masthead)\b")
FOOTER = re.compile(r"(?i)\b(?:footer|colophon)\b")
UNSEEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")
RANK = {Place.HEADING: 4, Place.TEASER: 3, Place.UNKNOWN: 2, Place.NAVIGATION: 1, Place.FOOTER: 0}


@attrs.frozen(kw_only=True)
class Anchor:
    """A link.

    Attributes:
        url: absolute and normalised.
        text: its heading where it holds one, else its whole text, else its image's `alt`; white space collapsed.
        rel: as written.
        published: UTC, from a `time` element beside this link alone.
    """

    url: str
    text: str
    place: Place = Place.UNKNOWN
    rel: str = ""
    published: datetime | None = None


def iter_anchors(tree: html.HtmlElement, base: str) -> Iterator[Anchor]:
    """Give the links of a page that a reader can see, in document order; those for sale are left out.

    Only the first 5,000 are read.
    """
    dates = _dates(tree, base)
    for element in islice(tree.iter("a", "area"), MAX_LINKS):
        url = normalize_url(element.get("href", ""), base) if element.get("href", "").strip(" #") else None
        rel = element.get("rel", "")
        if url is None or "sponsored" in rel.lower() or _is_unseen(element):
            continue
        heading = next((inner for inner in islice(element.iter(), MAX_NEAR) if inner.tag in HEADINGS), None)
        place = Place.HEADING if heading is not None else _place(element)
        text = _text(heading if heading is not None else element)
        yield Anchor(url=url, text=text, place=place, rel=rel, published=dates.get(url_key(url)))


def best_of(anchors: Sequence[Anchor]) -> Anchor:
    """Return one anchor for several to one URL: the first in the best place, with the most telling text."""
    best = max(anchors, key=lambda anchor: RANK[anchor.place])
    text = best.text if count_words(best.text) >= 3 else max((anchor.text for anchor in anchors), key=count_words)
    return attrs.evolve(best, text=text)


def _is_unseen(element: html.HtmlElement) -> bool:
    return "hidden" in element.attrib or UNSEEN.search(element.get("style", "")) is not None


def _text(element: html.HtmlElement) -> str:
    text = " ".join(" ".join(map(str, islice(element.itertext(), MAX_NEAR))).split())
    if not text:
        images = (image.get("alt", "") for image in islice(element.iter(), MAX_NEAR) if image.tag == "img")
        text = element.get("aria-label") or next(images, "")
    return text[:MAX_TEXT]


def _place(element: html.HtmlElement) -> Place:
    """Return where a link stands, by the nearest ancestor that tells."""
    place = Place.UNKNOWN
    for ancestor in islice(element.iterancestors(), MAX_CLIMB):
        tag = ancestor.tag
        if tag in HEADINGS:
            return Place.HEADING
        name = f"{ancestor.get('class', '')} {ancestor.get('id', '')} {ancestor.get('role', '')}"
        if tag == "nav" or (tag != "body" and NAVIGATION.search(name)):
            return Place.NAVIGATION
        if tag == "footer" or (tag != "body" and FOOTER.search(name)):
            return place if place == Place.TEASER else Place.FOOTER
        if tag == "article":
            place = Place.TEASER
    return place


def _dates(tree: html.HtmlElement, base: str) -> dict[str, datetime]:
    """Return URL key -> date of each `time` element whose nearest block with links holds links to one URL only."""
    dates: dict[str, datetime] = {}
    for element in islice(tree.iter("time"), MAX_LINKS):
        date = parse_date(element.get("datetime"))
        key = _only_link_near(element, base) if date else None
        if date and key:
            dates.setdefault(key, date)
    return dates


def _only_link_near(element: html.HtmlElement, base: str) -> str | None:
    for ancestor in islice(element.iterancestors(), 5):
        near = (inner for inner in islice(ancestor.iter(), MAX_NEAR) if inner.tag == "a")
        urls = (normalize_url(anchor.get("href", ""), base) for anchor in near)
        keys = list(dict.fromkeys(url_key(url) for url in urls if url))
        if keys:
            return keys[0] if len(keys) == 1 else None
    return None
