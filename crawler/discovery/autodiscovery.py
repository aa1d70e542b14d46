"""Where a page says its feeds are."""

import re
from itertools import islice
from urllib.parse import urlsplit

from lxml import html

from crawler.discovery.classify import LinkKind, judge_link
from crawler.discovery.markup import decode, parse_html
from pipelines.urls import normalize_url

MAX_LINKS = 5_000  # as in `anchors`
FEED_TYPE = re.compile(r"(?i)\s*(?:application/(?:rss|atom|rdf)\+xml|application/feed\+json|text/rss\+xml|text/rss)\b")
FEED_PATH = re.compile(
    r"(?i)/(?:feeds?|rss|atom)(?:/|/\w+/|\.(?:xml|php|json|aspx?))?$|\.(?:rss|rdf|atom)$|/\w*rss\w*\.xml$"
)
FEED_QUERY = re.compile(r"(?i)(?:^|&)(?:feed=(?:rss2?|atom|rdf)|(?:format|type)=(?:feed|rss|atom))(?:&|$)")
COMMENTS = re.compile(r"(?i)/comments?/|comments?[-_.]?(?:feed|rss)|/replies/")


def find_feeds(page: html.HtmlElement | bytes, base_url: str) -> tuple[str, ...]:
    """Return the feeds that a page names: first those it declares, then those it links to, in document order.

    Feeds of comments are left out. A link counts when its URL looks like a feed's and stays within the page's host
    and those above or below it.

    Source:
        HTML Standard, link type `alternate`.
    """
    tree = parse_html(decode(page, None), base_url=base_url) if isinstance(page, bytes) else page
    if tree is None:
        return ()
    base = normalize_url(next(iter(tree.xpath("//base/@href")), ""), base_url) or base_url
    declared = [
        normalize_url(link.get("href", ""), base)
        for link in tree.iter("link")
        if {"alternate", "feed"} & set(link.get("rel", "").lower().split()) and FEED_TYPE.match(link.get("type", ""))
    ]
    linked = [
        normalize_url(link.get("href", ""), base) for link in islice(tree.iter("a"), MAX_LINKS) if link.get("href")
    ]
    found = [*declared, *(url for url in linked if url and _looks_like_feed(url) and _is_near(url, base_url))]
    is_article = judge_link(base_url).kind == LinkKind.ARTICLE  # whose own feed is of its comments
    return tuple(
        dict.fromkeys(
            url for url in found if url and not COMMENTS.search(url) and not (is_article and url.startswith(base_url))
        )
    )


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    return bool(FEED_PATH.search(parts.path) or FEED_QUERY.search(parts.query))


def _is_near(url: str, page: str) -> bool:
    one, other = ((urlsplit(link).hostname or "").removeprefix("www.") for link in (url, page))
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
