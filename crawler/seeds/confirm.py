"""Feeds and sitemaps, read before they are believed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from urllib.parse import urljoin

from crawler.discovery import read_feed, read_sitemap
from crawler.seeds.fetching import FetchedPage
from crawler.seeds.values import canonical_language
from crawler.seeds.visiting import Visitor
from pipelines.errors import DiscoveryError, FetchError

MAX_NAMED = 10  # feeds, and sitemaps, that are read of those a site names
USUAL_FEEDS = ("/feed/", "/rss.xml", "/feed.xml")
USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml", "/sitemap-news.xml")


class Confirmer:
    """Keeps of the feeds and sitemaps of one site those that are what they are said to be.

    Attributes:
        notes: one line for each that the site names and that was left out.
    """

    def __init__(self, visitor: Visitor, source: str) -> None:
        self._visitor = visitor
        self._source = source
        self._languages: Counter[str] = Counter()
        self.notes: list[str] = []

    def confirm_feeds(self, named: Sequence[str], home_page: str) -> tuple[str, ...]:
        """Return those of the named feeds that have entries; when there is none, one in a usual place."""
        return self._confirm("feeds", named, USUAL_FEEDS, self._read_feed, home_page)

    def confirm_sitemaps(self, home_page: str) -> tuple[str, ...]:
        """Return the sitemaps that robots.txt names and that can be read; when there is none, one in a usual place."""
        named = self._visitor.read_robots(home_page).sitemaps
        return self._confirm("sitemaps", named, USUAL_SITEMAPS, self._read_sitemap, home_page)

    def common_language(self) -> str | None:
        """Return the language that most entries of the feeds declare, None when none does."""
        return next((language for language, _ in self._languages.most_common(1)), None)

    def _confirm(
        self, kind: str, named: Sequence[str], usual: Iterable[str], read: Callable[[FetchedPage], None], home_page: str
    ) -> tuple[str, ...]:
        if len(named) > MAX_NAMED:
            self.notes.append(f"{kind}: {len(named)} are named, the first {MAX_NAMED} were read")
        faults: list[str] = []
        found = list(self._readable(named[:MAX_NAMED], read, faults))
        self.notes.extend(f"{kind}: left out {fault}" for fault in faults)
        guesses = [url for path in usual if (url := urljoin(home_page, path)) not in named]
        return tuple(found or islice(self._readable(guesses, read, []), 1))

    def _readable(self, urls: Iterable[str], read: Callable[[FetchedPage], None], faults: list[str]) -> Iterator[str]:
        """Yield the URLs whose pages `read` does not refuse."""
        for url in urls:
            try:
                page = self._ask(url)
                if not page.truncated:  # what is too large for us is there all the same
                    read(page)
            except (FetchError, DiscoveryError) as error:
                faults.append(str(error))
            else:
                yield url

    def _ask(self, url: str) -> FetchedPage:
        page = self._visitor.visit(url)
        if page.status != 200:
            raise FetchError(f"{url}: answers {page.status}")
        return page

    def _read_feed(self, page: FetchedPage) -> None:
        entries = read_feed(page.body, base_url=page.url, source=self._source, charset=page.charset)
        if not entries:
            raise DiscoveryError(f"{page.url}: a feed without entries")
        tags = (canonical_language(entry.language or "") for entry in entries)
        self._languages.update(tag for tag in tags if tag)

    def _read_sitemap(self, page: FetchedPage) -> None:
        content = read_sitemap(page.body, base_url=page.url, source=self._source, charset=page.charset)
        if not content.candidates and not content.sitemaps:
            raise DiscoveryError(f"{page.url}: a sitemap without entries")
