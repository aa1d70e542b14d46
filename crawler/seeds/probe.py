"""A site's address -> its seed: what the site itself says of its name, language, feeds, sitemaps and sections."""

from datetime import date
from urllib.parse import urlsplit

import attrs

from crawler.discovery import read_hub
from crawler.seeds.confirm import Confirmer
from crawler.seeds.fetching import FetchedPage
from crawler.seeds.identity import read_identity
from crawler.seeds.naming import make_id
from crawler.seeds.values import UnfitError, read_home_page
from crawler.seeds.visiting import Visitor
from pipelines.errors import FetchError, SettingsError
from pipelines.model import Channel, Source

MAX_SECTIONS = 30
HTML = {"text/html", "application/xhtml+xml", ""}


@attrs.frozen(kw_only=True)
class Probe:
    """What a site told.

    Attributes:
        source: ready to be dumped as a seed.
        notes: one line for each thing that was left out or is worth a look.
    """

    source: Source
    notes: tuple[str, ...] = ()


def probe_source(url: str, visitor: Visitor, *, today: date) -> Probe:
    """Return the source that the home page at `url` tells of; every feed and sitemap in it has been read.

    Feeds and sitemaps that the site does not name are looked for in the usual places.

    Raises:
        SettingsError: `url` is no web address.
        FetchError: the site or its robots.txt refuses, or `url` is no HTML page.
    """
    try:
        asked = read_home_page(url if "://" in url else f"https://{url}")
    except UnfitError as error:
        raise SettingsError("URL", str(error)) from None
    page = _visit_home_page(asked, visitor)
    home_page = read_home_page(page.url)
    identity = read_identity(page.body, base_url=home_page, charset=page.charset)
    name = identity.name or (urlsplit(home_page).hostname or "").removeprefix("www.")
    source = Source(id=make_id(name, home_page), name=name, home_page=home_page, verified=today)
    links = read_hub(page.body, base_url=home_page, source=source, channel=Channel.HOME, charset=page.charset)
    confirmer = Confirmer(visitor, source.id)
    source = attrs.evolve(
        source,
        feeds=confirmer.confirm_feeds(links.feeds, home_page),
        sitemaps=confirmer.confirm_sitemaps(home_page),
        sections=tuple(filter(visitor.may_ask, links.hubs))[:MAX_SECTIONS],
        language=identity.language or confirmer.common_language(),
    )
    return Probe(source=source, notes=(*_remarks(source, asked, len(links.hubs)), *confirmer.notes))


def _visit_home_page(url: str, visitor: Visitor) -> FetchedPage:
    page = visitor.visit(url)
    if page.status != 200:
        raise FetchError(f"{page.url}: answers {page.status}; give the address of the home page")
    if page.media_type not in HTML:
        raise FetchError(f"{page.url}: is {page.media_type}, not HTML; give the address of the home page")
    return page


def _remarks(source: Source, asked: str, hubs: int) -> list[str]:
    missing = [key for key in ("language", "feeds", "sitemaps", "sections") if not getattr(source, key)]
    notes = [f"{key}: the site tells none; add it by hand if you know it" for key in missing]
    notes.append("country, timezone: no page tells them; add them by hand (dates without a zone are read by it)")
    if source.home_page != asked:
        notes.append(f"home_page: {asked} leads to {source.home_page}")
    if hubs > len(source.sections):
        notes.append(f"sections: {hubs} were found, the first {len(source.sections)} are listed")
    return notes
