"""What a home page calls itself."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import attrs
from lxml import etree, html

from crawler.seeds.naming import slug
from crawler.seeds.values import canonical_language

TITLE_PARTS = re.compile(r"\s+[-–—|•·:»]+\s+|\s*[|•»]\s*|:\s+")
PUBLISHERS = ("WebSite", "NewsMediaOrganization", "Organization")


@attrs.frozen(kw_only=True)
class Identity:
    """Name and BCP 47 language of a publication, None when its home page does not tell."""

    name: str | None = None
    language: str | None = None


def read_identity(body: bytes, *, base_url: str, charset: str | None = None) -> Identity:
    """Return the name (by Open Graph, JSON-LD, application name, title) and the language (by `lang`, Open Graph).

    `charset` is what the transport said.
    """
    parser = html.HTMLParser(encoding=_charset(body, charset), no_network=True)
    try:
        tree = html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return Identity()
    names = (_clean(name) for name in _names(tree, base_url))
    tags = (canonical_language(tag.strip().replace("_", "-")) for tag in _languages(tree))
    return Identity(name=next(filter(None, names), None), language=next(filter(None, tags), None))


def _charset(body: bytes, told: str | None) -> str | None:
    """Return the charset to read with; None lets the page's own declaration decide."""
    try:
        if told:
            return codecs.lookup(told).name
        body.decode("utf-8")
    except (LookupError, UnicodeDecodeError):
        return None
    return "utf-8"


def _names(tree: html.HtmlElement, base_url: str) -> Iterator[str]:
    yield from _meta(tree, "og:site_name")
    yield from _published_by(tree)
    yield from _meta(tree, "application-name", "apple-mobile-web-app-title")
    yield _name_in_title("".join(tree.xpath("string(//head/title)")), base_url)


def _clean(name: str) -> str:
    """Return `name` on one line, without control and other invisible characters."""
    return "".join(character for character in " ".join(name.split()) if character.isprintable())[:200].strip()


def _languages(tree: html.HtmlElement) -> Iterator[str]:
    yield from (str(value) for value in tree.xpath("/html/@lang | /html/@*[local-name()='xml:lang']"))
    yield from _meta(tree, "content-language", "language", "og:locale")


def _meta(tree: html.HtmlElement, *names: str) -> Iterator[str]:
    for element in tree.iter("meta"):
        told = element.get("property") or element.get("name") or element.get("http-equiv") or ""
        if told.strip().lower() in names:
            yield element.get("content", "")


def _published_by(tree: html.HtmlElement) -> Iterator[str]:
    """Yield the names of the sites and organisations that JSON-LD describes on the top level."""
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            data = json.loads(str(script), strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _items(data):
            kinds, name = item.get("@type"), item.get("name")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if isinstance(name, str) and any(kind in PUBLISHERS for kind in kinds):
                yield name


def _items(data: Any) -> Iterator[dict[str, Any]]:
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (node for node in graph if isinstance(node, dict)) if isinstance(graph, list) else ()


def _name_in_title(title: str, base_url: str) -> str:
    """Return the part of a title that shares most with the host's name, or its first part when none does."""
    parts = [part.strip() for part in TITLE_PARTS.split(title) if part.strip()]
    host = re.sub(r"[^a-z0-9]", "", (urlsplit(base_url).hostname or "").removeprefix("www."))

    def shared(part: str) -> int:
        return sum(len(word) for word in slug(part).split("-") if len(word) > 2 and word in host)

    return max(parts, key=shared, default="")
