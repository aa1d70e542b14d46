"""RSS 0.9x, 1.0 and 2.0, Atom and JSON Feed -> Candidates.

Read by lxml, not by feedparser: see the figures in `tests/test_discovery_feeds.py`.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from crawler.discovery.dates import parse_date
from crawler.discovery.markup import XmlDocument, decode, inflate, local_name
from pipelines.errors import FeedError
from pipelines.model import Candidate, Channel
from pipelines.urls import normalize_url

MAX_BYTES = 10 * 2**20
PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}
PUBLISHED = ("pubdate", "published", "issued", "dcterms:issued", "dc:date", "dcterms:created", "created")
MODIFIED = ("updated", "dcterms:modified", "modified", "lastbuilddate")
ALTERNATE = {"", "alternate", "http://www.iana.org/assignments/relation/alternate"}
CONTAINERS = {"source", "image", "media:group", "textinput", "author", "contributor", "content", "summary"}
TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)

Fields = dict[str, list[etree._Element]]


def read_feed(body: bytes, *, base_url: str, source: str, charset: str | None = None) -> tuple[Candidate, ...]:
    """Return the entries of a feed, in document order.

    Entries without a link are skipped; relative links resolve against `xml:base`, then `base_url`. `charset` is what
    the transport said. A feed that is not well-formed is read entry by entry. Authors of the feed as a whole are not
    taken: they name the publication.

    Raises:
        FeedError: `body` is no feed, or over 10 MB.
    Source:
        RFC 4287 §4.2.7 for which Atom link counts; RSS 2.0 for guid; JSON Feed 1.1.
    """
    text = decode(inflate(body, limit=MAX_BYTES, error=FeedError), charset)
    if text.lstrip()[:1] == "{":
        return tuple(_json_entries(text, base_url=base_url, source=source))
    document = XmlDocument.from_text(text, base_url=base_url)
    if document.root not in {"rss", "rdf", "feed", "channel"}:
        raise FeedError(f"{base_url}: not a feed")
    return tuple(_xml_entries(document, source=source))


def _xml_entries(document: XmlDocument, *, source: str) -> Iterator[Candidate]:
    head = document.head("item", "entry")
    fields = _fields(head)
    language = _first_text(fields, ("language", "dc:language")) or head.get(
        "{http://www.w3.org/XML/1998/namespace}lang"
    )
    publication = _first_text(fields, ("title",))
    for element in document.elements("item", "entry"):
        fields = _fields(element)
        url = _entry_url(element, fields, document.base_url)
        if url is not None:
            yield Candidate(
                url=url,
                source=source,
                channel=Channel.FEED,
                found_on=document.base_url,
                title=_first_text(fields, ("title", "dc:title", "media:title")),
                published=parse_date(_first_text(fields, PUBLISHED)),
                modified=parse_date(_first_text(fields, MODIFIED)),
                language=_language(_first_text(fields, ("dc:language",)) or language),
                publication=publication,
                authors=_distinct(map(_author, _elements(fields, ("dc:creator", "author", "itunes:author")))),
                keywords=_distinct(map(_keyword, _elements(fields, ("category", "dc:subject")))),
            )


def _fields(parent: etree._Element) -> Fields:
    """Return what lies below `parent` by prefixed name, in document order.

    Elements nest where a tag before them was left open, so depth says nothing; but what a `source`, an `author` or
    inline XHTML holds are no fields of the entry.
    """
    fields: Fields = {}
    skipped: set[etree._Element] = set()
    for element in parent.iterdescendants(etree.Element):
        name = _prefixed(element)
        if element.getparent() in skipped:
            skipped.add(element)
            continue
        if name in CONTAINERS and len(element):
            skipped.add(element)
        fields.setdefault(name, []).append(element)
    return fields


def _prefixed(element: etree._Element) -> str:
    space, _, name = str(element.tag).rpartition("}")
    prefix = PREFIXES.get(space[1:], "")
    return (prefix + name).lower()


def _elements(fields: Fields, names: tuple[str, ...]) -> list[etree._Element]:
    """Return the elements of the first of `names` that occurs."""
    return next((fields[name] for name in names if name in fields), [])


def _first_text(fields: Fields, names: tuple[str, ...]) -> str | None:
    for name in names:
        for element in fields.get(name, ()):
            if text := plain_text(_own_text(element)):
                return text
    return None


def _own_text(element: etree._Element) -> str:
    """Return the element's text; all of it for Atom's inline XHTML."""
    return "".join(map(str, element.itertext())) if element.get("type") == "xhtml" else element.text or ""


def plain_text(markup: str | None) -> str:
    """Return the text of a snippet of HTML, white space collapsed; feeds often escape it twice."""
    once = html.unescape(TAG.sub(" ", markup or ""))
    return " ".join(html.unescape(TAG.sub(" ", once)).split())


def _entry_url(element: etree._Element, fields: Fields, base_url: str) -> str | None:
    links = fields.get("link", [])
    alternates = [link for link in links if link.get("href") and (link.get("rel") or "").lower() in ALTERNATE]
    alternates.sort(key=lambda link: "html" not in (link.get("type") or "html"))  # stable: pages before other media
    permalinks = [
        guid for guid in fields.get("guid", []) if (guid.get("ispermalink") or guid.get("isPermaLink")) != "false"
    ]
    choices: list[tuple[etree._Element, str | None]] = [
        *((origin, origin.text) for origin in fields.get("feedburner:origlink", [])),
        *((link, link.get("href")) for link in alternates),
        *((link, link.text) for link in links if not link.get("href")),
        *((guid, guid.text) for guid in (*permalinks, *fields.get("id", [])) if "://" in (guid.text or "")),
        (element, element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")),
    ]
    for holder, link in choices:
        if link and link.strip():
            base = normalize_url(holder.base, base_url) if holder.base else None
            if url := normalize_url(link, base or base_url):
                return url
    return None


def _author(element: etree._Element) -> str | None:
    name = next((child.text for child in element if local_name(child) == "name"), element.text)
    return _name(name)


def _name(text: str | None) -> str | None:
    """Return the name in `mail@host (Name)` or `Name <mail@host>`; None when there is only an address."""
    name = plain_text(re.sub(r"<[^<>\s]+@[^<>\s]+>", "", text or ""))
    if match := re.fullmatch(r"\S+@\S+\s*(?:\((.*)\))?", name):
        return match[1]
    return name


def _keyword(element: etree._Element) -> str:
    return plain_text(element.get("label") or element.get("term") or element.text)


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _language(tag: str | None) -> str | None:
    """Return a BCP 47 tag, `en_US` mended; None when it is none."""
    tag = (tag or "").strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", tag) else None


def _json_entries(text: str, *, base_url: str, source: str) -> Iterator[Candidate]:
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as problem:
        raise FeedError(f"{base_url}: not a JSON feed: {problem}") from problem
    items = feed.get("items")
    if not isinstance(items, list):
        raise FeedError(f"{base_url}: JSON without items is not a feed")
    for item in items:
        if isinstance(item, dict) and (url := _json_url(item, base_url)):
            people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
            tags = item.get("tags") if isinstance(item.get("tags"), list) else []
            yield Candidate(
                url=url,
                source=source,
                channel=Channel.FEED,
                found_on=base_url,
                title=plain_text(_string(item.get("title"))) or None,
                published=parse_date(_string(item.get("date_published"))),
                modified=parse_date(_string(item.get("date_modified"))),
                language=_language(_string(item.get("language")) or _string(feed.get("language"))),
                publication=plain_text(_string(feed.get("title"))) or None,
                authors=_distinct(_name(_string(who.get("name"))) for who in people or () if isinstance(who, dict)),
                keywords=_distinct(plain_text(_string(tag)) for tag in tags or ()),
            )


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _json_url(item: dict[str, Any], base_url: str) -> str | None:
    links = [_string(item.get("url")), _string(item.get("external_url"))]
    if "://" in (_string(item.get("id")) or ""):
        links.insert(1, item["id"])
    return next((url for link in links if link and (url := normalize_url(link, base_url))), None)
