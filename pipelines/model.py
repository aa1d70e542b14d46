"""The nouns: values that travel from one room to the next.

    Source -> Candidate -> Capture (+ WarcLocation) -> Page -> Article (Block, RemovedBlock, Image, ImageCredit)
    -> Revision -> document (a dict, see `pipelines.archive`)

All are frozen; a step returns a new one. Payload bytes end at `Page`. Times are UTC and aware.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from urllib.parse import urlsplit

import attrs


class Channel(StrEnum):
    """Where a candidate was found."""

    FEED = "feed"
    SITEMAP = "sitemap"
    NEWS_SITEMAP = "news-sitemap"
    HUB = "hub"
    HOME = "home"
    REDIRECT = "redirect"


class BlockKind(StrEnum):
    """What a block of an article is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    QUOTE = "quote"
    TABLE_ROW = "table-row"
    CODE = "code"


class RevisionKind(StrEnum):
    """Why a revision exists."""

    FIRST = "first"
    CHANGED = "changed"
    REPROCESSED = "reprocessed"


@attrs.frozen(kw_only=True)
class Pace:
    """How fast a source may be asked.

    Attributes:
        delay: seconds between two requests to one host; None takes the crawl's default. A longer Crawl-delay
            in robots.txt always wins.
        concurrency: requests in flight to one host.
    """

    delay: float | None = None
    concurrency: int = 1


@attrs.frozen(kw_only=True, slots=False)
class Source:
    """A publication, as its seed file tells.

    Attributes:
        id: the seed file's stem; names the source in keys and on the command line.
        language: BCP 47 tag; None when unknown.
        country: ISO 3166-1 alpha-2; None when unknown.
        timezone: IANA name, for dates that lack one; None when unknown.
        feeds, sitemaps, sections: absolute URLs; empty means the crawl finds them itself.
        allowed_hosts: hosts that belong to the source beside the home page's own and their subdomains.
        take, leave: regular expressions searched in a URL; `leave` wins; empty `take` takes all.
        render: the pages need a browser.
        contact_note: what the publisher was told or answered; never sent.
        boilerplate_selectors: CSS selectors of elements that are never text.
        boilerplate_phrases: whole lines that are never text, compared without case.
        verified: when the seed was last probed; None when never.
    """

    id: str
    name: str
    home_page: str
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    take: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    pace: Pace = Pace()
    render: bool = False
    contact_note: str = ""
    boilerplate_selectors: tuple[str, ...] = ()
    boilerplate_phrases: tuple[str, ...] = ()
    verified: date | None = None

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """The source's hosts, lower case, without a leading `www.`."""
        home = urlsplit(self.home_page).hostname or ""
        return tuple(host.lower().removeprefix("www.") for host in (home, *self.allowed_hosts))

    @cached_property
    def _take(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.take)

    @cached_property
    def _leave(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.leave)

    def owns(self, url: str) -> bool:
        """Whether `url` is http(s) and on one of the source's hosts or their subdomains."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        return parts.scheme in {"http", "https"} and any(host == own or host.endswith(f".{own}") for own in self.hosts)

    def accepts(self, url: str) -> bool:
        """Whether `url` belongs to the source and its patterns let it in."""
        if not self.owns(url) or any(pattern.search(url) for pattern in self._leave):
            return False
        return not self._take or any(pattern.search(url) for pattern in self._take)


@attrs.frozen(kw_only=True)
class Candidate:
    """A URL that may be an article, found and not yet fetched, with the hints it came with.

    Attributes:
        url: absolute and normalised (`pipelines.urls`).
        source: `Source.id`.
        channel: where it was found.
        found_on: the page, feed or sitemap that named it.
        title, language, authors, keywords, publication: as the feed or sitemap says.
        published, modified: UTC; None when not given or not readable.
    """

    url: str
    source: str
    channel: Channel
    found_on: str
    title: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    publication: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class WarcLocation:
    """Where a record lies.

    Attributes:
        filename: the segment's file name, which is unique in the archive.
        offset, length: bytes of the record's own gzip member.
        record_id: `WARC-Record-ID`, `urn:uuid:...` without angle brackets.
    """

    filename: str
    offset: int
    length: int
    record_id: str


@attrs.frozen(kw_only=True)
class Capture:
    """One HTTP exchange as recorded (WARC `response` or `revisit`).

    Attributes:
        source: `Source.id`.
        url: absolute URL that answered (`WARC-Target-URI`).
        fetched_at: UTC, when the request began (`WARC-Date`).
        status: HTTP status code.
        media_type: from Content-Type, lower case, without parameters; empty when not sent.
        charset: from Content-Type; None when not sent.
        payload_digest: `sha256:<hex>` of the body as sent, with content coding and without transfer coding
            (`WARC-Payload-Digest`, WARC 1.1 §5.9).
        etag, last_modified: the validators as sent.
        truncated: `length`, `time` or `disconnect` (`WARC-Truncated`); None when whole.
        requested_url: what was asked for first, when redirects led here; else None.
        location: where to read it back; None when recording is off.
    """

    source: str
    url: str
    fetched_at: datetime
    status: int
    media_type: str
    charset: str | None = None
    payload_digest: str
    etag: str | None = None
    last_modified: str | None = None
    truncated: str | None = None
    requested_url: str | None = None
    location: WarcLocation | None = None


@attrs.frozen(kw_only=True)
class Page:
    """A capture with its payload, content coding undone.

    Attributes:
        payload: the decoded body.
        candidate: the hints that led here; None for a page from elsewhere.
    """

    capture: Capture
    payload: bytes
    candidate: Candidate | None = None


@attrs.frozen(kw_only=True)
class Block:
    """One block of text, in reading order.

    Attributes:
        text: white space collapsed; never empty.
        kind: what it is.
        path: the element and its ancestors from `body` down, as `tag.class1.class2#id` joined by ` > `; empty
            when the block could not be found in the page.
        link_density: share of the characters that lie in links, 0 to 1.
        emphasis: `em`, `strong`, `small` ... when one such element holds the whole text; else None.
        image: index into `Article.images` of the image this block stands at (in its figure, or directly after
            it); None when it stands at none.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    path: str = ""
    link_density: float = 0.0
    emphasis: str | None = None
    image: int | None = None


@attrs.frozen(kw_only=True)
class RemovedBlock:
    """A block that was cut, and why.

    Attributes:
        position: index among the blocks before anything was removed.
        rule: id of the rule that took it.
        category: the rule's category (`credit`, `caption`, `comments`, `share` ...).
        image: index into `Article.images` where its text went; None when it went nowhere.
    """

    block: Block
    position: int
    rule: str
    category: str
    image: int | None = None


@attrs.frozen(kw_only=True)
class ImageCredit:
    """Who is to be named for an image (schema.org `creditText` and its parts).

    Attributes:
        credit_text: the whole line as printed, without its label (`The White House via Flickr`).
        creator: the person or office who made it.
        agency: who supplied it.
        via: where it was taken from.
        copyright_notice: a notice printed beside it.
    """

    credit_text: str
    creator: str | None = None
    agency: str | None = None
    via: str | None = None
    copyright_notice: str | None = None


@attrs.frozen(kw_only=True)
class Image:
    """An image of the article.

    Attributes:
        content_url: absolute; None when a credit or caption names no image in the page.
        caption: as printed; None when there is none.
        in_body: whether it stands in the article's text, not only in its metadata.
    """

    content_url: str | None = None
    caption: str | None = None
    credit: ImageCredit | None = None
    in_body: bool = True


@attrs.frozen(kw_only=True)
class Article:
    """What a page says.

    Attributes:
        url: the page's URL; `canonical_url` is what the page calls itself, None when it does not.
        authors: names only.
        date_published, date_modified: aware, in the zone the page gave; never later than the fetch.
        in_language: BCP 47.
        type: schema.org type (`NewsArticle`, `OpinionNewsArticle`, `LiveBlogPosting` ...).
        is_accessible_for_free: None when the page does not say.
        blocks: the text, in order.
        removed: what was cut from it, by position.
        origins: field name -> the signal it came from (`json-ld`, `og`, `meta`, `html`, `feed`, `url` ...).
    """

    url: str
    canonical_url: str | None = None
    headline: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None
    in_language: str | None = None
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    publisher: str | None = None
    type: str = "NewsArticle"
    is_accessible_for_free: bool | None = None
    blocks: tuple[Block, ...] = ()
    removed: tuple[RemovedBlock, ...] = ()
    images: tuple[Image, ...] = ()
    origins: Mapping[str, str] = attrs.field(factory=dict, converter=dict)

    @property
    def article_body(self) -> str:
        """The text: blocks separated by one blank line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def word_count(self) -> int:
        """Words by white space; in scripts without it (Han, kana, Thai) each character counts as one."""
        return len(WORD.findall(self.article_body))


UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]*\w[^\s{UNSPACED}]*")


@attrs.frozen(kw_only=True)
class Revision:
    """One state of an article, worth a document.

    Attributes:
        article_id: 32 hex digits, the same for all revisions of an article.
        number: 1 for the first.
        kind: why it exists.
        fingerprint: `sha256:<hex>` of what counts as content (see `pipelines.dedupe`).
        previous: key of the revision before; None for the first.
        versions: component -> version that made it (`newskeep`, `trafilatura`, `rules`).
    """

    article_id: str
    article: Article
    capture: Capture
    candidate: Candidate | None = None
    number: int = 1
    kind: RevisionKind = RevisionKind.FIRST
    fingerprint: str
    previous: str | None = None
    versions: Mapping[str, str] = MappingProxyType({})
