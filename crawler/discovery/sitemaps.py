"""Sitemap indexes, sitemaps and Google News sitemaps -> Candidates."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import attrs
from lxml import etree

from crawler.discovery.dates import parse_date
from crawler.discovery.feeds import plain_text, read_feed
from crawler.discovery.markup import XmlDocument, decode, inflate, local_name
from pipelines.errors import SitemapError
from pipelines.model import Candidate, Channel
from pipelines.urls import normalize_url

MAX_BYTES = 50 * 2**20  # sitemaps.org: 50 MB uncompressed
SITEMAP_LINE = re.compile(r"(?im)^[ \t]*site-?map[ \t]*:[ \t]*(\S+)")
Entry = TypeVar("Entry")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@attrs.frozen(kw_only=True)
class SitemapLink:
    """A sitemap named by an index.

    Attributes:
        modified: UTC; None when not given or not readable.
    """

    url: str
    modified: datetime | None = None


@attrs.frozen(kw_only=True)
class Sitemap:
    """What a sitemap names, the newest first; what has no date comes last, in document order."""

    candidates: tuple[Candidate, ...] = ()
    sitemaps: tuple[SitemapLink, ...] = ()


def read_sitemap(body: bytes, *, base_url: str, source: str, charset: str | None = None) -> Sitemap:
    """Return what a sitemap or sitemap index names.

    Plain, gzip (by its first bytes), text and RSS or Atom sitemaps are read. `lastmod` is when a page was modified,
    never when it was published; `news:publication_date` is that. What is broken is skipped, entry by entry.

    Raises:
        SitemapError: `body` is no sitemap, or over 50 MB when unpacked.
    Source:
        sitemaps.org protocol 0.9; Google News sitemap 0.9.
    """
    text = decode(inflate(body, limit=MAX_BYTES, error=SitemapError), charset)
    document = XmlDocument.from_text(text, base_url=base_url)
    if document.root == "sitemapindex":
        return Sitemap(sitemaps=_newest(_index_entries(document), key=lambda link: link.modified))
    if document.root == "urlset":
        entries = _entries(document, source=source)
    elif document.root in {"rss", "rdf", "feed", "channel"}:
        found = read_feed(text.encode(), base_url=base_url, source=source)
        entries = (attrs.evolve(candidate, channel=Channel.SITEMAP) for candidate in found)
    elif not document.root and "<" not in text and "://" in text:
        entries = _lines(text, base_url=base_url, source=source)
    else:
        raise SitemapError(f"{base_url}: not a sitemap")
    return Sitemap(candidates=_newest(entries, key=lambda found: found.published or found.modified))


def find_sitemaps(robots: str) -> tuple[str, ...]:
    """Return the absolute URLs of the Sitemap lines in a robots.txt, in order; they belong to no group."""
    urls = (normalize_url(line) for line in SITEMAP_LINE.findall(robots.replace("\r", "\n")))
    return tuple(dict.fromkeys(url for url in urls if url))


def _newest(entries: Iterable[Entry], *, key: Callable[[Entry], datetime | None]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: key(entry) or LONG_AGO, reverse=True))


def _index_entries(document: XmlDocument) -> Iterator[SitemapLink]:
    for element in document.elements("sitemap"):
        fields = _fields(element)
        if fields.get("loc") and (url := normalize_url(fields["loc"], document.base_url)):
            yield SitemapLink(url=url, modified=parse_date(fields.get("lastmod")))


def _entries(document: XmlDocument, *, source: str) -> Iterator[Candidate]:
    for element in document.elements("url"):
        fields = _fields(element)
        url = normalize_url(fields["loc"], document.base_url) if fields.get("loc") else None
        if url is None:
            continue
        is_news = "news:title" in fields or "news:publication_date" in fields
        yield Candidate(
            url=url,
            source=source,
            channel=Channel.NEWS_SITEMAP if is_news else Channel.SITEMAP,
            found_on=document.base_url,
            title=plain_text(fields.get("news:title")) or None,
            published=parse_date(fields.get("news:publication_date")),
            modified=parse_date(fields.get("lastmod")),
            language=fields.get("news:language") or None,
            publication=plain_text(fields.get("news:name")) or None,
            keywords=tuple(word.strip() for word in fields.get("news:keywords", "").split(",") if word.strip()),
        )


def _fields(element: etree._Element) -> dict[str, str]:
    """Return the entry's texts: those of the sitemap by name, those of Google News with `news:`.

    Images, videos and translations have name spaces of their own, and a `loc` of theirs is no page.
    """
    fields: dict[str, str] = {}
    for child in element.iterdescendants(etree.Element):
        tag = str(child.tag)
        prefix = "news:" if "sitemap-news" in tag or tag.startswith("news:") else ""
        if prefix or ":" not in tag or "/sitemap/0." in tag or "google.com/schemas/sitemap/0" in tag:
            fields.setdefault(prefix + local_name(child), (child.text or "").strip())
    return fields


def _lines(text: str, *, base_url: str, source: str) -> Iterator[Candidate]:
    for line in text.splitlines():
        if url := normalize_url(line):
            yield Candidate(url=url, source=source, channel=Channel.SITEMAP, found_on=base_url)
