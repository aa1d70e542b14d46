"""robots.txt -> what we may ask for, and how often (RFC 9309)."""

import math
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, Self

import attrs
from protego import Protego

from crawler.discovery.sitemaps import find_sitemaps

MAX_BYTES = 500 * 1024  # RFC 9309 §2.5: at least 500 KiB are read
LINE = re.compile(r"\s*(user-?\s?agent|dis{1,2}al{1,2}ow|allow|crawl[- ]?delay)\s*(?::|\s)\s*([^#]*)", re.IGNORECASE)
PRODUCT_TOKEN = re.compile(r"[A-Za-z_-]+")
UNNAMED = ""  # a robot that no group names, for which `*` speaks
NOBODY = "-"  # a group without a name, which speaks for no robot


@attrs.frozen(kw_only=True, slots=False)
class RobotsPolicy:
    """What one robots.txt lets robots do, or what its absence does.

    Attributes:
        reason: where the policy comes from: `robots.txt`, or what stood in its place.
        text: the rules as canonical lines; other records are left out, for they must not part groups (§2.2.4).
        delays: product token, lower case, or `*` -> seconds.
        sitemaps: absolute URLs.
    """

    reason: str
    text: str = ""
    delays: dict[str, float] = attrs.field(factory=dict)
    sitemaps: tuple[str, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a robots.txt; what is not understood is ignored, so this never fails.

        Only the first 500 KiB count, without a line that the limit cuts.
        """
        text = (
            body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        )
        if len(body) > MAX_BYTES:
            text = text.rpartition("\n")[0]
        rules: list[str] = []
        delays: dict[str, float] = {}
        agents: list[str] = []
        in_rules = False
        for key, value in _records(text):
            if key == "user-agent":
                agents = [value] if in_rules else [*agents, value]
                in_rules = False
            elif key == "crawl-delay":
                delays.update(dict.fromkeys(agents, delay) if (delay := _seconds(value)) is not None else {})
                continue
            else:
                in_rules = True
            rules.append(f"{key}: {value}")
        return cls(reason="robots.txt", text="\n".join(rules), delays=delays, sitemaps=find_sitemaps(text))

    @classmethod
    def allow_all(cls, reason: str) -> Self:
        """Return the policy of a site whose robots.txt is not available (§2.3.1.3)."""
        return cls(reason=reason)

    @classmethod
    def deny_all(cls, reason: str) -> Self:
        """Return the policy of a site whose robots.txt cannot be reached (§2.3.1.4)."""
        return cls(reason=reason, text="user-agent: *\ndisallow: /")

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse(self.text)

    @cached_property
    def _agents(self) -> frozenset[str]:
        return frozenset(re.findall(r"(?m)^user-agent: (.*)$", self.text))

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent`, a product token or a whole User-Agent header, may fetch `url`.

        The longest matching rule decides, `allow` on a tie; a group counts only when it names the very token (§2.2.1).
        """
        return bool(self._rules.can_fetch(_plain_query(url), self._group(agent)))

    def crawl_delay(self, agent: str) -> float | None:
        """Return the seconds `agent` is asked to leave between two requests; None when it is not asked to."""
        group = self._group(agent)
        return self.delays.get(group or "*")

    def _group(self, agent: str) -> str:
        match = PRODUCT_TOKEN.match(agent)
        token = match[0].lower() if match else UNNAMED
        return token if token in self._agents else UNNAMED


def policy_for_status(status: int) -> Literal["parse", "allow", "deny"]:
    """Return what the final HTTP status of a robots.txt means: read it, or take all for allowed or denied.

    A redirect is final only after five hops, and then counts as not available. 429 asks us to go away: it is taken as
    not reachable, like 5xx.

    Source:
        RFC 9309 §2.3.1.
    """
    if 200 <= status < 300:
        return "parse"
    return "allow" if 300 <= status < 500 and status != 429 else "deny"


def _records(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if match := LINE.match(line):
            word, value = match[1].lower(), match[2].strip()
            if word.startswith("user"):
                token = PRODUCT_TOKEN.match(value)
                yield "user-agent", "*" if value.startswith("*") else token[0].lower() if token else NOBODY
            elif word.startswith("crawl"):
                yield "crawl-delay", value
            else:
                yield ("allow" if word == "allow" else "disallow"), _plain_query(value)


def _plain_query(url: str) -> str:
    """Decode `:` and `/` in the query, where they mean the same either way (§2.2.2); in a path `%2F` is no `/`."""
    path, mark, query = url.partition("?")
    return path + mark + re.sub(r"(?i)%3A", ":", re.sub(r"(?i)%2F", "/", query))


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
