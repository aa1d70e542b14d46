"""Visits to a site by its own rules: robots.txt, pace and redirects."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from crawler.discovery import RobotsPolicy, policy_for_status
from crawler.seeds.fetching import FetchedPage
from pipelines.errors import FetchError
from pipelines.urls import normalize_url

MAX_REDIRECTS = 5  # RFC 9309 §2.3.1.2 asks for at least five

Fetch = Callable[[str], FetchedPage]


class Visitor:
    """Asks for pages one after the other, as robots.txt permits and no faster than it says."""

    def __init__(
        self, fetch: Fetch, *, agent: str, delay: float = 0.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._fetch = fetch
        self._agent = agent
        self._delay = delay
        self._sleep = sleep
        self._robots: dict[str, RobotsPolicy] = {}
        self._asked_at: dict[str, float] = {}

    def visit(self, url: str) -> FetchedPage:
        """Return what `url` answers in the end, after redirects.

        Raises:
            FetchError: robots.txt forbids a page on the way, there is no answer, or redirects do not end.
        """
        return self._follow(url, obey=True)

    def read_robots(self, url: str) -> RobotsPolicy:
        """Return the policy that governs `url`.

        Raises:
            FetchError: robots.txt does not answer, so nothing may be asked (RFC 9309 §2.3.1.4).
        """
        origin = _origin(url)
        if origin not in self._robots:
            page = self._follow(f"{origin}/robots.txt", obey=False)
            self._robots[origin] = _to_policy(page)
        return self._robots[origin]

    def _follow(self, url: str, *, obey: bool) -> FetchedPage:
        target = url
        for _ in range(MAX_REDIRECTS + 1):
            if obey:
                self._check(target)
            self._wait(target)
            page = self._fetch(target)
            if not 300 <= page.status < 400 or not page.location:
                return page
            onward = normalize_url(page.location, target)
            if onward is None:
                raise FetchError(f"{target}: redirects to {page.location!r}, which is no web address")
            target = onward
        raise FetchError(f"{url}: more than {MAX_REDIRECTS} redirects; give the address they should lead to")

    def may_ask(self, url: str) -> bool:
        """Whether robots.txt lets us ask for `url`."""
        return self.read_robots(url).allows(url, self._agent)

    def _check(self, url: str) -> None:
        policy = self.read_robots(url)
        if not policy.allows(url, self._agent):
            raise FetchError(f"{url}: forbidden to robots ({policy.reason}); ask its publisher")

    def _wait(self, url: str) -> None:
        """Wait until the site's delay has passed since it was last asked."""
        origin = _origin(url)
        policy = self._robots.get(origin)
        delay = max(self._delay, (policy.crawl_delay(self._agent) or 0.0) if policy else 0.0)
        due = self._asked_at.get(origin, -delay) + delay
        if (remaining := due - time.monotonic()) > 0:
            self._sleep(remaining)
        self._asked_at[origin] = time.monotonic()


def _to_policy(page: FetchedPage) -> RobotsPolicy:
    reason = f"robots.txt answers {page.status}"
    match policy_for_status(page.status):
        case "parse":
            return RobotsPolicy.parse(page.body)
        case "allow":
            return RobotsPolicy.allow_all(reason)
        case "deny":
            return RobotsPolicy.deny_all(reason)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
