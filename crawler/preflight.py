"""What would make a crawl fail from its first page on, found before it starts."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from scrapy.settings import BaseSettings, Settings

from crawler.addon import NewskeepAddon
from crawler.extensions.progress import MODES
from crawler.fetch import AddressGuard
from crawler.plan import CrawlPlan
from pipelines.archive import Spool, open_catalog
from pipelines.errors import SettingsError
from pipelines.stores import open_store

ARGUMENTS = ("source", "limit", "since")
# Settings that are numbers -> the least that makes sense.
WHOLE = {
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_MAXSIZE": 1,
    "EXTRACTION_RECYCLE_AFTER": 1,
    "EXTRACTION_WORKERS": 0,
    "MAX_ARTICLES": 1,
    "MAX_LISTING_PAGES": 1,
    "MAX_SECTIONS": 0,
    "OBJECT_LOCK_DAYS": 0,
    "REDIRECT_MAX_TIMES": 0,
    "SPOOL_MAX_BYTES": 1,
    "SPOOL_MIN_FREE": 0,
    "WARC_MAX_BYTES": 1,
}
SECONDS = {
    "DOWNLOAD_DELAY": 0.0,
    "DOWNLOAD_TIMEOUT": 0.1,
    "EXTRACTION_DEADLINE": 0.1,
    "SPOOL_PATIENCE": 0.0,
    "UPLOAD_GRACE": 0.0,
    "WARC_MAX_AGE": 1.0,
}


def check_crawl(settings: BaseSettings, arguments: Mapping[str, str]) -> None:
    """Look at settings, arguments, seeds, archive, catalog and spool of the crawl that is about to start.

    Raises:
        NewskeepError: it names what is wrong and what to do.
    """
    settings = Settings(settings.copy())
    for name in arguments:
        if name not in ARGUMENTS:
            near = get_close_matches(name, ARGUMENTS, 1) or ARGUMENTS
            raise SettingsError(f"-a {name}", f"no such argument; did you mean {' or '.join(near)}?")
    check_values(settings)
    NewskeepAddon().update_settings(settings)
    CrawlPlan.from_settings(settings, **arguments)
    store = open_store(settings["ARCHIVE_URL"], lock_days=settings.getint("OBJECT_LOCK_DAYS"))
    store.check()
    Spool(Path(settings["SPOOL_DIR"])).check()
    open_catalog(settings["CATALOG_URL"]).close()


def check_values(settings: BaseSettings) -> None:
    """Raise SettingsError for a setting whose value means nothing."""
    for names, kind in ((WHOLE, int), (SECONDS, float)):
        for name, least in names.items():
            try:
                fits = kind(settings[name]) >= least
            except (TypeError, ValueError):
                fits = False
            if not fits:
                noun = "whole number" if kind is int else "number of seconds"
                raise SettingsError(name, f"{settings[name]!r} is no {noun} from {least:g} on")
    if settings["PROGRESS"] not in MODES:
        raise SettingsError("PROGRESS", f"{settings['PROGRESS']!r} is none of {', '.join(MODES)}")
    AddressGuard.from_names(settings.getlist("ALLOWED_NETWORKS"))
