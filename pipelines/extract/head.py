"""What a page declares about itself: its meta tags and JSON-LD, read once and shared by all fields."""

from collections.abc import Mapping
from typing import Any

import attrs
from lxml.html import HtmlElement

from pipelines.extract.jsonld import Node, find_article, plain_text, read_json_ld, resolve, texts_of
from pipelines.extract.segments import collapse
from pipelines.urls import normalize_url


@attrs.frozen(kw_only=True)
class PageHead:
    """What metadata is read from: parsed once, shared by all fields.

    Attributes:
        base_url: what relative links resolve against.
        meta: lower-case name, property or itemprop -> contents, in document order.
        article: the JSON-LD object of the article; empty when there is none.
        nodes: all JSON-LD objects.
    """

    tree: HtmlElement
    url: str
    base_url: str
    meta: Mapping[str, tuple[str, ...]]
    article: Node
    nodes: tuple[Node, ...]

    def first(self, *names: str) -> str | None:
        """Return the first content under the first of `names` that the page has."""
        return next((value for name in names for value in self.meta.get(name, ())), None)

    def data(self, name: str) -> Any:
        """Return the article's JSON-LD property, references followed."""
        return resolve(self.article.get(name), self.nodes)

    def data_text(self, name: str, *inner: str) -> str | None:
        """Return the first string of the article's JSON-LD property."""
        return next(texts_of(self.data(name), *inner), None)

    def microdata(self, name: str) -> str | None:
        """Return the value of the page's first microdata property of that name."""
        for element in self.tree.xpath(".//*[@itemprop=$name]", name=name)[:3]:
            text = element.get("datetime") or element.get("content") or collapse(element.text_content())
            if text and len(text) < 200:
                return str(text)
        return None


def read_head(tree: HtmlElement, url: str) -> PageHead:
    """Return what the page declares about itself."""
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = plain_text(element.get("content") or "")
        if content:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                if name := element.get(attribute):
                    meta.setdefault(name.strip().lower(), []).append(content)
    nodes = read_json_ld(tree)
    base = tree.find(".//base[@href]")
    return PageHead(
        tree=tree,
        url=url,
        base_url=(normalize_url(base.get("href") or "", url) if base is not None else None) or url,
        meta={name: tuple(values) for name, values in meta.items()},
        article=find_article(nodes) or {},
        nodes=nodes,
    )
