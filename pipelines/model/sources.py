"""What is known before a page is fetched: publications, and URLs that may be articles."""

import re
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Self
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


@attrs.frozen(kw_only=True)
class Furniture:
    """A block that returns on the articles of a source (`pipelines.boilerplate.template`).

    Attributes:
        key: 16 hex digits that follow from its wording and the name of its place.
        articles: how many different ones it was seen on.
        anywhere: it goes wherever it stands; else only before or after all of the story.
    """

    key: str
    articles: int
    anywhere: bool = False


@attrs.frozen(kw_only=True)
class Hints:
    """The parts of a source that shape what is read from its pages; kept with each document, so that it can be rebuilt.

    Attributes:
        name, language, country, timezone, boilerplate_selectors, boilerplate_phrases: as in `Source`.
        template: what of the source's template was found on the page.
    """

    name: str
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    boilerplate_selectors: tuple[str, ...] = ()
    boilerplate_phrases: tuple[str, ...] = ()
    template: tuple[Furniture, ...] = ()


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
        verify_certificates: refuse hosts whose HTTPS certificate does not check out.
        contact_note: what the publisher was told or answered; never sent.
        boilerplate_selectors: CSS selectors of elements that are never text.
        boilerplate_phrases: whole lines that are never text, compared without case.
        template: what is known by now to return on its articles; learned, never written in a seed.
        template_keep, template_drop: keys or whole texts of blocks that return, for which a person decided.
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
    verify_certificates: bool = True
    contact_note: str = ""
    boilerplate_selectors: tuple[str, ...] = ()
    boilerplate_phrases: tuple[str, ...] = ()
    template: tuple[Furniture, ...] = ()
    template_keep: tuple[str, ...] = ()
    template_drop: tuple[str, ...] = ()
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

    @property
    def hints(self) -> Hints:
        """What of the source shapes its articles."""
        return Hints(**{field.name: getattr(self, field.name) for field in attrs.fields(Hints)})

    @classmethod
    def from_hints(cls, source_id: str, hints: Hints) -> Self:
        """Return a source that reads pages as the one that gave `hints`; it has no home page and owns no URL."""
        return cls(id=source_id, home_page="", **attrs.asdict(hints, recurse=False))

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
