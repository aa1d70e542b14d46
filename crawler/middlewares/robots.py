"""Obey robots.txt (RFC 9309).

Scrapy's own middleware lets all but the first of several waiting requests through and takes a server error
for a permission; both are wrong (§2.3.1.4), so this one replaces it.
"""

import asyncio
import logging
import time
from typing import Self
from urllib.parse import urlsplit

import attrs
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.discovery import RobotsPolicy, policy_for_status
from crawler.fetch import HostPaces
from pipelines.errors import ArchiveError

logger = logging.getLogger(__name__)

MAX_AGE = 24 * 3600.0  # seconds a policy may be kept, RFC 9309 §2.4
RETRY_AFTER = 300.0  # seconds until an unreachable robots.txt is asked for again
MAX_HOPS = 5  # redirects followed, RFC 9309 §2.3.1.2
PRIORITY = 10_000


class UnknownRulesError(IgnoreRequest):
    """The host's robots.txt gave no answer, so nothing may be asked for now; later it may."""


@attrs.define
class Known:
    """A host's policy, being fetched or in force until `expires` (monotonic seconds).

    Attributes:
        stands_in: it takes the place of a robots.txt that gave no answer.
    """

    policy: "asyncio.Task[RobotsPolicy]"
    expires: float = float("inf")
    stands_in: bool = False


class RobotsMiddleware:
    """Holds every request until its host's robots.txt is known, and drops what it forbids."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = str(crawler.settings["BOT_NAME"])
        self._known: dict[str, Known] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise IgnoreRequest: UnknownRulesError when it may pass another time."""
        if request.meta.get("robots"):
            return
        policy = await self.policy(request.url, source=request.meta["source"])
        if not policy.allows(request.url, self._agent):
            if self._known[_origin(request.url)].stands_in:
                raise UnknownRulesError(f"{request.url}: {policy.reason}")
            self._crawler.stats.inc_value("robots/forbidden")
            raise IgnoreRequest(f"robots.txt forbids {request.url}: {policy.reason}")

    async def policy(self, url: str, *, source: str) -> RobotsPolicy:
        """Return the policy in force for the URL's scheme, host and port; asked for once, however many wait."""
        origin = _origin(url)
        known = self._known.get(origin)
        if known is None or known.expires < time.monotonic():
            known = self._known[origin] = Known(asyncio.ensure_future(self._fetch(origin, source)))
        return await asyncio.shield(known.policy)

    async def _fetch(self, origin: str, source: str) -> RobotsPolicy:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            priority=PRIORITY,
            meta={"robots": True, "source": source, "redirect_ttl": MAX_HOPS, "dont_retry": True},
        )
        policy, max_age = await self._ask(request)
        known = self._known[origin]
        known.expires = time.monotonic() + max_age
        known.stands_in = max_age == RETRY_AFTER
        if known.stands_in:
            self._crawler.stats.inc_value("robots/unreachable")
            logger.warning("%s: %s; nothing is asked of it for now", origin, policy.reason)
        else:
            self._crawler.stats.inc_value("robots/fetched")
        if delay := policy.crawl_delay(self._agent):
            HostPaces(self._crawler).slow_to(urlsplit(origin).hostname or "", delay)
        return policy

    async def _ask(self, request: Request) -> tuple[RobotsPolicy, float]:
        """Return the policy and the seconds it may be kept."""
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest:
            return RobotsPolicy.allow_all("robots.txt redirects too often"), MAX_AGE
        except ArchiveError:
            raise  # the fault is ours
        except Exception as error:  # noqa: BLE001 - whatever kept us from it, RFC 9309 §2.3.1.4 says disallow
            problem = str(error).removeprefix(f"{request.url}: ") or type(error).__name__
            return RobotsPolicy.deny_all(f"robots.txt cannot be reached ({problem})"), RETRY_AFTER
        match policy_for_status(response.status):
            case "parse":
                return RobotsPolicy.parse(response.body), MAX_AGE
            case "allow":
                return RobotsPolicy.allow_all(f"robots.txt answers {response.status}"), MAX_AGE
        return RobotsPolicy.deny_all(f"robots.txt answers {response.status}"), RETRY_AFTER


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
