"""What a page declares about itself, found in one walk over its tree and shared by all fields."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

import attrs
from lxml.html import HtmlElement

from pipelines.extract.jsonld import Node, find_article, identified, plain_text, read_json_ld, resolve, texts_of
from pipelines.extract.segments import collapse
from pipelines.urls import normalize_url

# What names of classes, ids and test ids hold that mark a byline, a lock or a standfirst. Looked for as plain text:
# a page has some five hundred different names, and alternatives in one expression took ten times as long.
MARKS = {
    "author": ("author", "autor", "byline", "by-line", "auteur", "writer"),
    "access": ("paywall", "pay-wall", "piano", "regwall", "subscriber-only", "premium", "paid-content", "metered"),
    "standfirst": (
        *("standfirst", "subtitle", "sub-title", "subhead", "sub-head", "dek", "deck", "lead", "lede", "vorspann"),
        *("chapo", "sottotitolo", "bajada", "entradilla", "ingress", "teaser", "summary", "intro", "anreisser"),
        *("abstract", "excerpt", "kicker-text", "description", "secondary-title", "preamble"),
    ),
}
MAX_NAME = 200
ROLES = {"meta": "meta", "link": "link", "base": "base", "script": "script", "title": "title", "h1": "h1"}
ROLES |= {"time": "time", "abbr": "time", "address": "author"}
NAMES = ("property", "name", "itemprop", "http-equiv")


@attrs.frozen(kw_only=True, slots=False)
class PageHead:
    """What metadata is read from.

    Attributes:
        base_url: what relative links resolve against.
        meta: lower-case name, property or itemprop -> contents, in document order.
        links: lower-case `rel` -> addresses of `<link>`s, as written.
        article: the JSON-LD object of the article; empty when there is none.
        nodes: all JSON-LD objects.
        marked: role -> the elements that bear it, in document order: `h1`, `title`, `time`, `author` (by class, id
            or tag), `rel-author`, `access`, `standfirst`, and `itemprop`.
    """

    tree: HtmlElement
    url: str
    base_url: str
    meta: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    article: Node
    nodes: tuple[Node, ...]
    marked: Mapping[str, tuple[HtmlElement, ...]]

    @cached_property
    def _identified(self) -> Mapping[str, Node]:
        return identified(self.nodes)

    @cached_property
    def title(self) -> str | None:
        """The text of `<title>`."""
        return next((collapse(title.text_content()) for title in self.marked.get("title", ())), None)

    def first(self, *names: str) -> str | None:
        """Return the first content under the first of `names` that the page has."""
        return next((value for name in names for value in self.meta.get(name, ())), None)

    def all_of(self, *names: str) -> list[str]:
        """Return all contents under `names`, in the order of the names."""
        return [value for name in names for value in self.meta.get(name, ())]

    def data(self, name: str) -> Any:
        """Return the article's JSON-LD property as a list, references followed."""
        return resolve(self.article.get(name), self._identified)

    def data_text(self, name: str, *inner: str) -> str | None:
        """Return the first string of the article's JSON-LD property."""
        return next(texts_of(self.data(name), *inner), None)

    def microdata(self, name: str) -> str | None:
        """Return the value of the page's first microdata property of that name."""
        found = (element for element in self.marked.get("itemprop", ()) if element.get("itemprop") == name)
        for element, _ in zip(found, range(3), strict=False):
            text = element.get("datetime") or element.get("content") or collapse(element.text_content())
            if text and len(text) < 200:
                return str(text)
        return None


def read_head(tree: HtmlElement, url: str) -> PageHead:
    """Return what the page declares about itself."""
    marked = _find_marked(tree)
    nodes = read_json_ld(marked.get("script", ()))
    base = next((element.get("href") for element in marked.get("base", ()) if element.get("href")), None)
    return PageHead(
        tree=tree,
        url=url,
        base_url=(normalize_url(base, url) if base else None) or url,
        meta=_read_meta(marked.get("meta", ())),
        links=_read_links(marked.get("link", ())),
        article=find_article(nodes, url) or {},
        nodes=nodes,
        marked=marked,
    )


def _find_marked(tree: HtmlElement) -> dict[str, tuple[HtmlElement, ...]]:
    """Return role -> elements."""
    found: dict[str, list[HtmlElement]] = {}
    for element in tree.iter():
        if (role := ROLES.get(element.tag)) is not None:
            found.setdefault(role, []).append(element)
        for attribute in ("class", "id", "data-testid"):
            if name := element.get(attribute):
                for role in _roles_of(name):
                    if (bearers := found.setdefault(role, []))[-1:] != [element]:
                        bearers.append(element)
        if element.tag == "a" and "author" in (element.get("rel") or ""):
            found.setdefault("rel-author", []).append(element)
        if element.get("itemprop") is not None:
            found.setdefault("itemprop", []).append(element)
    return {role: tuple(elements) for role, elements in found.items()}


@lru_cache(maxsize=8192)
def _roles_of(name: str) -> tuple[str, ...]:
    text = name[:MAX_NAME].lower()
    return tuple(role for role, marks in MARKS.items() if any(mark in text for mark in marks))


def _read_meta(elements: tuple[HtmlElement, ...]) -> dict[str, tuple[str, ...]]:
    meta: dict[str, list[str]] = {}
    for element in elements:
        content = plain_text(element.get("content") or "")
        if content:
            for attribute in NAMES:
                if name := element.get(attribute):
                    meta.setdefault(name.strip().lower(), []).append(content)
    return {name: tuple(values) for name, values in meta.items()}


def _read_links(elements: tuple[HtmlElement, ...]) -> dict[str, tuple[str, ...]]:
    links: dict[str, list[str]] = {}
    for element in elements:
        if element.get("href"):
            for rel in (element.get("rel") or "").lower().split():
                links.setdefault(rel, []).append(element.get("href"))
    return {rel: tuple(targets) for rel, targets in links.items()}
