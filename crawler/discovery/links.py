"""Home, section and archive pages -> Candidates, further hubs and the next pages."""

import re
from collections.abc import Iterable, Iterator

import attrs
from lxml import html

from crawler.discovery.anchors import Anchor, best_of, iter_anchors
from crawler.discovery.autodiscovery import find_feeds
from crawler.discovery.classify import LinkKind, judge_link, page_number
from crawler.discovery.markup import decode, parse_html
from crawler.discovery.shapes import UrlParts, UrlShapes, count_words
from crawler.discovery.vocabulary import fold, words
from pipelines.model import Candidate, Channel, Source
from pipelines.urls import is_variant, normalize_url, url_key

REFRESH = re.compile(r"(?is)\s*[\d.]*\s*[;,]\s*(?:url\s*=)?\s*['\"]?(.*?)['\"]?\s*")
DECORATION = re.compile(r"[\s<>|.:…‹›«»\u2190-\u21ff\u25b0-\u25ff]+")


@attrs.frozen(kw_only=True)
class Hub:
    """What a page links to, each once, in document order; only what its source owns, but for feeds.

    Attributes:
        candidates: links held to be articles.
        hubs: sections and archives.
        minor_hubs: lists by label or person; they overlap the sections.
        next_pages: later pages of this same list, the nearest first.
        feeds: declared or linked.
        refresh: where a meta refresh leads; None without one.
        canonical: what the page calls itself; None when it does not.
    """

    candidates: tuple[Candidate, ...] = ()
    hubs: tuple[str, ...] = ()
    minor_hubs: tuple[str, ...] = ()
    next_pages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    refresh: str | None = None
    canonical: str | None = None


def read_hub(
    body: bytes,
    *,
    base_url: str,
    source: Source,
    channel: Channel = Channel.HUB,
    charset: str | None = None,
    shapes: UrlShapes | None = None,
) -> Hub:
    """Return what a page links to, judged by `judge_link`; an empty hub when the page holds nothing.

    `channel` tells what the page is. A candidate's title is its link text when that reads like a headline; its date
    is that of a `time` element which stands beside this link alone.
    """
    tree = parse_html(decode(body, charset), base_url=base_url)
    if tree is None:
        return Hub()
    base = _resolve(tree, "//base/@href", base_url) or base_url
    anchors = [anchor for anchor in iter_anchors(tree, base) if source.owns(anchor.url)]
    next_pages = _next_pages(tree, anchors, base=base, here=base_url)
    candidates: list[Candidate] = []
    hubs: dict[bool, list[str]] = {False: [], True: []}
    for link in _distinct(anchors, apart_from={url_key(base_url)}):
        judgement = judge_link(link.url, text=link.text, place=link.place, shapes=shapes)
        if judgement.kind == LinkKind.ARTICLE:
            candidates.append(_candidate(link, source=source.id, channel=channel, found_on=base_url))
        elif judgement.kind == LinkKind.HUB and not judgement.is_page:
            hubs[judgement.is_minor].append(link.url)
    return Hub(
        candidates=tuple(candidates),
        hubs=tuple(hubs[False]),
        minor_hubs=tuple(hubs[True]),
        next_pages=tuple(url for url in next_pages if source.owns(url)),
        feeds=find_feeds(tree, base_url),
        refresh=_refresh(tree, base),
        canonical=_resolve(tree, "//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href", base),
    )


def _resolve(tree: html.HtmlElement, path: str, base: str) -> str | None:
    found = tree.xpath(path)
    return normalize_url(found[0], base) if found and found[0].strip() else None


def _distinct(anchors: Iterable[Anchor], *, apart_from: set[str]) -> Iterator[Anchor]:
    """Give one anchor a URL key, with the best text and place of all; the plain form of the URL rather than AMP's."""
    groups: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        groups.setdefault(url_key(anchor.url), []).append(anchor)
    for key, group in groups.items():
        if key not in apart_from:
            plain = next((anchor.url for anchor in group if not is_variant(anchor.url)), group[0].url)
            yield attrs.evolve(best_of(group), url=plain)


def _candidate(link: Anchor, *, source: str, channel: Channel, found_on: str) -> Candidate:
    return Candidate(
        url=link.url,
        source=source,
        channel=channel,
        found_on=found_on,
        title=link.text if 3 <= count_words(link.text) <= 40 else None,
        published=link.published,
    )


def _next_pages(tree: html.HtmlElement, anchors: list[Anchor], *, base: str, here: str) -> tuple[str, ...]:
    """Return the later pages of this list: those declared, those called `older`, and higher numbers of its pager."""
    current = page_number(here) or 1
    declared = [
        normalize_url(link.get("href", ""), base) for link in tree.iter("link") if _is_next(link.get("rel", ""))
    ]
    named = [anchor.url for anchor in anchors if _is_next(anchor.rel) or _says_older(anchor, here)]
    numbered = {
        number: anchor.url for anchor in reversed(anchors) if (number := _later_page(anchor.url, here, current))
    }
    found = [url for url in (*declared, *named) if url and _may_be_later(url, current)]
    found += [numbered[number] for number in sorted(numbered)]
    return tuple({url_key(url): url for url in reversed(found) if url_key(url) != url_key(here)}.values())[::-1]


def _may_be_later(url: str, current: int) -> bool:
    """Whether a link called `next` leads on in the list: on article pages it leads to the next article."""
    return (page_number(url) or current + 1) > current and judge_link(url).kind != LinkKind.ARTICLE


def _is_next(rel: str) -> bool:
    return "next" in rel.lower().split()


def _says_older(anchor: Anchor, here: str) -> bool:
    """Whether a link is called `older` or the like, and stays in the section: `more` often leads elsewhere."""
    text = DECORATION.sub(" ", fold(anchor.text)).strip()
    if text not in words("older") or judge_link(anchor.url).kind != LinkKind.HUB:
        return False
    one, other = (UrlParts.from_url(url).segments[:1] for url in (anchor.url, here))
    return page_number(anchor.url) is not None or (one == other and bool(one))


def _later_page(url: str, here: str, current: int) -> int | None:
    number = page_number(url)
    return number if number and number > current and _stem(url) == _stem(here) else None


def _stem(url: str) -> str:
    """Return the key of the list that `url` is a page of."""
    if page_number(url) is None:
        return url_key(url)
    head, _, query = url_key(url).partition("?")
    kept = "&".join(
        part for part in query.split("&") if part and page_number(f"{head.partition('/')[0]}?{part}") is None
    )
    path = re.sub(r"/[^/\d]*\d{1,4}$", "", head)
    if path.rpartition("/")[2] in words("pages"):
        path = path.rpartition("/")[0]
    return path + (f"?{kept}" if kept else "")


def _refresh(tree: html.HtmlElement, base: str) -> str | None:
    for meta in tree.iter("meta"):
        match = REFRESH.fullmatch(meta.get("content", "")) if meta.get("http-equiv", "").lower() == "refresh" else None
        if match and match[1]:
            return normalize_url(match[1], base)
    return None
