"""What a page declares about itself, found in one walk over its tree and shared by all fields."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs
from lxml.html import HtmlElement

from pipelines.extract.jsonld import Node, find_article, identified, plain_text, read_json_ld, resolve, texts_of
from pipelines.extract.segments import collapse
from pipelines.urls import normalize_url

# What names of classes, ids and test ids hold that mark a byline or a lock.
MARKS = {
    "author": ("author", "autor", "byline", "by-line", "auteur", "writer"),
    "access": ("paywall", "pay-wall", "regwall", "subscriber-only", "paid-content", "piano"),
}
MAX_NAME = 200
ROLES = {"meta": "meta", "link": "link", "base": "base", "script": "script", "title": "title", "h1": "h1"}
ROLES |= {"html": "frame", "body": "frame", "main": "frame", "article": "frame"}
ROLES |= {"time": "time", "abbr": "time"}
NAMING = ("class", "id", "data-testid")
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
            or tag), `rel-author`, `access`, `frame` (`html`, `body`, `main`, `article`), and `itemprop`.
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
    found: dict[str, list[HtmlElement]] = {}
    named: dict[str, dict[int, HtmlElement]] = {}
    for index, element in enumerate(tree.iter()):
        tag = element.tag
        if tag in ROLES:
            found.setdefault(ROLES[tag], []).append(element)
        elif tag == "address":
            named.setdefault("author", {})[index] = element
        attributes = element.attrib
        if not attributes:
            continue
        for attribute in NAMING:
            if name := attributes.get(attribute):
                named.setdefault(name, {})[index] = element
        if tag == "a" and "author" in attributes.get("rel", ""):
            found.setdefault("rel-author", []).append(element)
        if "itemprop" in attributes:
            found.setdefault("itemprop", []).append(element)
    for role, marks in MARKS.items():
        found.setdefault(role, []).extend(_bearers(named, marks))
    return {role: tuple(elements) for role, elements in found.items()}


def _bearers(named: Mapping[str, Mapping[int, HtmlElement]], marks: Iterable[str]) -> list[HtmlElement]:
    """Return the elements whose name holds one of `marks`, in document order.

    All names are searched as one text first: a page has hundreds, and few marks.
    """
    whole = "\n".join(named).lower()
    present = [mark for mark in marks if mark in whole]
    if not present:
        return []
    bearers: dict[int, HtmlElement] = {}
    for name, elements in named.items():
        text = name[:MAX_NAME].lower()
        if any(map(text.__contains__, present)):
            bearers.update(elements)
    return [bearers[index] for index in sorted(bearers)]


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
