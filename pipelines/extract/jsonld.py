"""The page's JSON-LD, read as tolerantly as publishers write it."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

Node = Mapping[str, Any]

MAX_BYTES = 1_000_000
MAX_NODES = 2_000
WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
# A string, to be kept, or what JSON forbids: a comment, or a comma before a closing bracket.
STRING_OR_EXTRA = re.compile(r'("(?:\\.|[^"\\])*")|/\*.*?\*/|(?<![:\\])//[^\n]*|,(?=\s*[}\]])', re.DOTALL)
BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")
ARTICLE_TYPES = frozenset(
    (
        *("Article", "NewsArticle", "AnalysisNewsArticle", "AskPublicNewsArticle", "BackgroundNewsArticle"),
        *("OpinionNewsArticle", "ReportageNewsArticle", "ReviewNewsArticle", "AdvertiserContentArticle"),
        *("SatiricalArticle", "LiveBlogPosting", "BlogPosting", "Report", "ScholarlyArticle", "TechArticle"),
        *("SocialMediaPosting", "Review"),
    )
)
LESSER_TYPES = frozenset(
    (
        *("VideoObject", "AudioObject", "PodcastEpisode", "ImageGallery", "MediaGallery", "WebPage", "ItemPage"),
        *("CreativeWork", "Recipe", "DiscussionForumPosting"),
    )
)


def read_json_ld(scripts: Iterable[HtmlElement]) -> tuple[Node, ...]:
    """Return every typed object of the JSON-LD in `scripts`, outer ones first; unreadable scripts give none."""
    nodes: list[Node] = []
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            text = script.text_content()
            if len(text) <= MAX_BYTES:
                nodes.extend(_typed(parse_json(text)))
    return tuple(nodes[:MAX_NODES])


def parse_json(text: str) -> Any:
    """Return the value in `text`, or None when it cannot be read.

    Comments, CDATA and comment wrappers, trailing commas and semicolons, raw control characters and bad escapes are
    forgiven; text after the first value is ignored.
    """
    text = WRAPPER.sub("", WRAPPER.sub("", text.strip())).strip().lstrip("\ufeff")
    decoder = json.JSONDecoder(strict=False)
    for repair in (str, _repaired, _unescaped):
        try:
            return decoder.raw_decode(repair(text))[0]
        except (ValueError, RecursionError):
            continue
    return None


def find_article(nodes: Sequence[Node], url: str | None = None) -> Node | None:
    """Return the object that describes the page's article; None when there is none.

    An article type wins over a video or web page, one that names the page's own `url` over the others of a list,
    and the more fields it has, the better.
    """
    path = urlsplit(url).path.rstrip("/") if url else ""
    scores = [_article_score(node, path) for node in nodes]
    best = max(scores, default=0)
    return nodes[scores.index(best)] if best > 0 else None


def types_of(node: Node) -> tuple[str, ...]:
    """Return the schema.org types of `node`, without their namespace."""
    return tuple(
        name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in as_list(node.get("@type")) if isinstance(name, str)
    )


def as_list(value: Any) -> list[Any]:
    """Return `value` as a list: itself, its only element, or nothing for None."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def texts_of(value: Any, *names: str) -> Iterator[str]:
    """Yield the strings of `value`: plain, or under one of `names` (by default `name`) in its objects."""
    for item in as_list(value):
        if isinstance(item, str):
            if text := plain_text(item):
                yield text
        elif isinstance(item, Mapping):
            for name in names or ("name",):
                if name in item:
                    yield from texts_of(item[name], *names)
                    break
        elif isinstance(item, list):
            yield from texts_of(item, *names)


def plain_text(value: str) -> str:
    """Return `value` without entities and tags, white space collapsed."""
    text = html.unescape(html.unescape(value)) if "&" in value else value
    return " ".join(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text).split())


def identified(nodes: Iterable[Node]) -> dict[str, Node]:
    """Return `@id` -> object, for `resolve`; the fullest object where several bear one id."""
    known: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(known.get(name, ())):
            known[name] = node
    return known


def resolve(value: Any, known: Mapping[str, Node]) -> list[Any]:
    """Return `value` as a list, with references (`{"@id": ...}` alone) replaced by what they point to."""
    return [
        known.get(item["@id"], item)
        if isinstance(item, Mapping) and isinstance(item.get("@id"), str) and "name" not in item
        else item
        for item in as_list(value)
    ]


def _repaired(text: str) -> str:
    return BAD_ESCAPE.sub(r"\\\\", STRING_OR_EXTRA.sub(lambda match: match[1] or "", text))


def _unescaped(text: str) -> str:
    return html.unescape(_repaired(text))


def _typed(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value:
            yield from _typed(item, depth)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key in (
            "@graph",
            "mainEntity",
            "mainEntityOfPage",
            "author",
            "publisher",
            "itemListElement",
            "item",
            "hasPart",
        ):
            if isinstance(value.get(key), dict | list):
                yield from _typed(value[key], depth + 1)


def _article_score(node: Node, path: str) -> int:
    names = types_of(node)
    if any(name in ARTICLE_TYPES or name.endswith("NewsArticle") for name in names):
        score = 10
    elif any(name in LESSER_TYPES for name in names):
        score = 1
    else:
        return 0
    fields = ("headline", "datePublished", "author", "articleBody", "image", "publisher", "description")
    own = score == 10 and bool(path) and any(urlsplit(text).path.rstrip("/") == path for text in _addresses(node))
    return score + sum(1 for field in fields if node.get(field)) + 8 * own


def _addresses(node: Node) -> Iterator[str]:
    """Yield the absolute addresses that `node` gives as its own."""
    for name in ("url", "mainEntityOfPage", "@id"):
        for text in texts_of(node.get(name), "@id", "url"):
            if text.startswith("http"):
                yield text
