"""What a crawl is asked to do, checked before anything starts."""

import re
from datetime import UTC, date, datetime
from typing import Self

import attrs
from scrapy.settings import BaseSettings

from crawler.seeds import load_seeds, select_sources
from pipelines.errors import SettingsError
from pipelines.model import Source

# What a site's operator can click or write to.
CONTACT = re.compile(r"https?://[^\s/]+\.[^\s/]+(?:/\S*)?|[^\s@]+@[^\s@]+\.[^\s@]+")


@attrs.frozen(kw_only=True)
class CrawlPlan:
    """The sources to crawl and how far.

    Attributes:
        limit: articles asked for a source.
        since: leave out what its feed or sitemap dates earlier; None takes all.
    """

    sources: tuple[Source, ...]
    limit: int
    since: datetime | None = None

    @classmethod
    def from_settings(cls, settings: BaseSettings, *, source: str = "", limit: str = "", since: str = "") -> Self:
        """Return the plan for the spider's arguments as given on the command line; empty ones take the default.

        Raises:
            SettingsError: an argument is wrong, or nobody answers for the crawl.
            SeedError: a seed is wrong.
        """
        check_contact(settings)
        if not settings["SEEDS_DIR"]:
            raise SettingsError("SEEDS_DIR", "is empty; name the folder of the seed files")
        sources = load_seeds(settings["SEEDS_DIR"])
        return cls(
            sources=select_sources(sources, source) if source else sources,
            limit=_count("limit", limit) if limit else settings.getint("MAX_ARTICLES"),
            since=_day("since", since) if since else None,
        )


def check_contact(settings: BaseSettings) -> None:
    """Raise SettingsError when servers would not learn who asks; a replay asks nobody."""
    contact = settings["CONTACT"]
    if contact and not CONTACT.fullmatch(contact):
        raise SettingsError("CONTACT", f"{contact!r} is neither a URL (https://...) nor an e-mail address")
    if not (contact or settings["REPLAY_WARC"] or CONTACT.search(settings["USER_AGENT"])):
        raise SettingsError(
            "CONTACT", "tell servers who asks: -s CONTACT=you@example.org or NEWSKEEP_CONTACT=https://example.org/bot"
        )


def _count(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise SettingsError(name, f"{text!r} is no number of articles; write -a {name}=100")
    return int(text)


def _day(name: str, text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(name, f"{text!r} is no date; write -a {name}=2026-11-01") from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
