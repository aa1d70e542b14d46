"""Images as a page declares them: in JSON-LD, for social networks, and with the licence that a link beside them names.

Source:
    schema.org ImageObject; Google's "image metadata" for the IPTC fields publishers expose (creditText, creator,
    copyrightNotice, license, acquireLicensePage); the Open Graph protocol for og:image:alt.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from lxml.html import HtmlElement

from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import Node, as_list, parse_json, texts_of, types_of
from pipelines.model import Image, ImageCredit
from pipelines.urls import normalize_url

COMMONS = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/", re.IGNORECASE)
MAX_SCRIPT = 20_000


def declared_images(head: PageHead) -> Iterator[Image]:
    """Yield the images of the article's JSON-LD, then the one for social networks; none of them is in the body."""
    for item in head.data("image"):
        yield from _read(item, head.base_url)
    for image in _bare(head.first("og:image"), head.base_url):
        yield attrs.evolve(image, description=head.first("og:image:alt"))


def known_images(head: PageHead) -> Iterator[Image]:
    """Yield the other images that the page's JSON-LD describes; whether they are the article's is not said."""
    for node in head.nodes:
        if "ImageObject" in types_of(node):
            yield from _read(node, head.base_url)


def embedded_image(frame: HtmlElement, base_url: str) -> Image | None:
    """Return the image that a script of JSON-LD within a picture's frame describes; None when there is none."""
    for script in frame.iter("script"):
        text = script.text or ""
        if "ld+json" in (script.get("type") or "") and len(text) <= MAX_SCRIPT:
            for item in as_list(parse_json(text)):
                if isinstance(item, dict) and "ImageObject" in types_of(item):
                    return next(_read(item, base_url), None)
    return None


def linked_license(frame: HtmlElement, base_url: str) -> str | None:
    """Return the licence that a link in a picture's frame names as such, or that is Creative Commons'."""
    for node in frame.iter("a", "link"):
        href = node.get("href") or ""
        names = f"{node.get('rel') or ''} {node.get('itemprop') or ''}".lower().split()
        if href and ("license" in names or COMMONS.search(href)):
            return normalize_url(href, base_url)
    return None


def _read(item: Any, base_url: str) -> Iterator[Image]:
    if isinstance(item, str):
        yield from _bare(item, base_url)
    elif isinstance(item, Mapping):
        for image in _bare(next(texts_of(item, "contentUrl", "url"), None), base_url):
            yield attrs.evolve(
                image,
                caption=next(texts_of(item.get("caption")), None),
                credit=_credit(item),
                license=next(texts_of(item.get("license"), "url", "@id", "name"), None),
                acquire_license_page=next(texts_of(item.get("acquireLicensePage"), "url", "@id"), None),
            )


def _credit(item: Node) -> ImageCredit | None:
    """Return whom an ImageObject names; `creator` only where the credit line does not name it."""
    names = ("creditText", "creator", "author", "copyrightHolder", "copyrightNotice", "sourceOrganization")
    text = next((text for name in names for text in texts_of(item.get(name), "name")), None)
    if text is None:
        return None
    creator = next(texts_of(item.get("creator"), "name"), None)
    notice = next(texts_of(item.get("copyrightNotice")), None)
    return ImageCredit(credit_text=text, creator=creator, copyright_notice=notice)


def _bare(url: str | None, base_url: str) -> Iterator[Image]:
    absolute = normalize_url(url, base_url) if url else None
    if absolute is not None:
        yield Image(content_url=absolute, in_body=False)
