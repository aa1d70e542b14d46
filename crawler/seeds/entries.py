"""Entries of a list of publications -> sources: what OPML and CSV have in common."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from urllib.parse import urlsplit

import attrs

from crawler.seeds.load import build_source
from crawler.seeds.naming import make_id
from pipelines.model import Source
from pipelines.urls import url_key

# Hosts that serve the feeds of others: nothing about the publication follows from them.
FEED_SERVICES = frozenset({"feeds.feedburner.com", "feeds2.feedburner.com", "feedproxy.google.com", "rss.app"})
BARE_ADDRESS = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?].*)?")


@attrs.frozen(kw_only=True)
class Entry:
    """One row or outline of a list, as written.

    Attributes:
        place: where it stands, as a message names it (`row 4`).
        home_page: empty when only a feed is given; it is then taken from the feed's address.
    """

    place: str
    name: str = ""
    home_page: str = ""
    language: str = ""
    country: str = ""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Imported:
    """What a list gave.

    Attributes:
        sources: ready to be written as seeds, in the list's order.
        problems: one line for each entry that gave nothing, and for faults of the list itself.
        notes: one line for what was read but not used, or used with a change.
    """

    sources: tuple[Source, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def merge_entries(
    entries: Iterable[Entry], *, by_host: bool, problems: Sequence[str] = (), notes: Sequence[str] = ()
) -> Imported:
    """Return the sources of `entries`; those of one host (or, unless `by_host`, one home page) become one source.

    `problems` and `notes` are what the reader of the list has to report; those of the entries follow.
    """
    faults, remarks = list(problems), list(notes)
    groups: dict[str, list[Source]] = {}
    for entry in entries:
        source, found = _to_source(entry)
        faults.extend(found)
        if source is None:
            continue
        key = url_key(source.home_page)
        group = groups.setdefault(key.partition("/")[0] if by_host else key, [])
        if group and set(source.feeds) <= {feed for other in group for feed in other.feeds}:
            remarks.append(f"{entry.place}: adds nothing to {group[0].name} ({group[0].home_page}), which stands above")
        group.append(source)
    sources: dict[str, Source] = {}
    for group in groups.values():
        merged = _merge(group)
        name = make_id(merged.name, merged.home_page, taken=sources)
        sources[name] = attrs.evolve(merged, id=name)
    return Imported(sources=tuple(sources.values()), problems=tuple(faults), notes=tuple(remarks))


def is_address(text: str) -> bool:
    """Whether `text` is a URL, or a host with a dot that only lacks `https://`."""
    return "://" in text or bool(BARE_ADDRESS.fullmatch(text))


def _to_source(entry: Entry) -> tuple[Source | None, tuple[str, ...]]:
    """Return the entry as a source without an id, or what is wrong with it."""
    feeds = [_absolute(feed) for feed in entry.feeds]
    home_page = _absolute(entry.home_page)
    if not home_page and feeds:
        parts = urlsplit(feeds[0])
        if parts.hostname in FEED_SERVICES:
            return None, (f"{entry.place}: {parts.hostname} serves the feeds of others; add the publication's address",)
        home_page = f"{parts.scheme}://{parts.netloc}/"
    if not home_page:
        return None, (f"{entry.place}: has no address; add the publication's home page or feed",)
    table = {
        "name": " ".join(entry.name.split()) or urlsplit(home_page).netloc.removeprefix("www."),
        "home_page": home_page,
        "language": entry.language,
        "country": entry.country,
        "feeds": feeds,
        "sitemaps": [_absolute(sitemap) for sitemap in entry.sitemaps],
    }
    source, problems = build_source({key: value for key, value in table.items() if value}, seed_id="", file=entry.place)
    return source, tuple(str(problem) for problem in problems)


def _absolute(address: str) -> str:
    address = address.strip()
    return f"https://{address}" if "://" not in address and BARE_ADDRESS.fullmatch(address) else address


def _merge(group: Sequence[Source]) -> Source:
    """Return one source for several of one host: the name they share, their common home page, all their feeds."""
    first = group[0]
    if len(group) == 1:
        return first
    pages = {url_key(source.home_page): source.home_page for source in group}
    parts = urlsplit(first.home_page)
    return attrs.evolve(
        first,
        name=_shared_name([source.name for source in group]),
        home_page=first.home_page if len(pages) == 1 else f"{parts.scheme}://{parts.netloc}/",
        language=first.language or next((source.language for source in group if source.language), None),
        country=first.country or next((source.country for source in group if source.country), None),
        feeds=tuple(dict.fromkeys(feed for source in group for feed in source.feeds)),
        sitemaps=tuple(dict.fromkeys(sitemap for source in group for sitemap in source.sitemaps)),
    )


def _shared_name(names: Sequence[str]) -> str:
    """Return the words that all names begin with (`The Courier - World`, `The Courier - Sport`), else the first."""
    columns = zip(*(name.split() for name in names), strict=False)
    words = [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]
    shared = " ".join(words).rstrip(" -–—|:·/,.")
    return shared if len(shared) > 3 else names[0]
