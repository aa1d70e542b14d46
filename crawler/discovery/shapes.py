"""How URLs are built: the parts of one, and the shapes that a site's articles share."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

from crawler.discovery.vocabulary import fold

EXTENSION = re.compile(r"\.([a-z][a-z0-9]{1,4})$", re.IGNORECASE)
YEAR = re.compile(r"(?:19[89]|20[0-4])\d")
DATE_IN_NAME = re.compile(r"(?<!\d)(?:19[89]|20[0-4])\d(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)")
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
HEX_ID = re.compile(r"(?=.*\d)(?:[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@attrs.frozen(kw_only=True, slots=False)
class UrlParts:
    """A URL taken apart.

    Attributes:
        segments: of the path, decoded and folded; the last without its extension.
        extension: lower case, without the dot; empty when there is none.
        query: names and values, decoded.
    """

    segments: tuple[str, ...]
    extension: str
    query: tuple[tuple[str, str], ...]

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Take `url` apart; it must be absolute and well-formed, see `pipelines.urls.normalize_url`."""
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        extension = EXTENSION.search(path)
        path = path[: extension.start()] if extension else path
        segments = tuple(fold(unquote(segment)) for segment in path.split("/") if segment)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None))
        return cls(segments=segments, extension=extension[1].lower() if extension else "", query=query)

    @cached_property
    def _date(self) -> tuple[int, int]:
        for start, segment in enumerate(self.segments):
            if DATE_IN_NAME.fullmatch(segment):
                return start + 1, 3
            if YEAR.fullmatch(segment) and len(self.segments) > 1:
                end = start + 1
                while end < min(start + 3, len(self.segments)) and re.fullmatch(r"\d\d?|[a-z]{3}", self.segments[end]):
                    end += 1
                return end, end - start
        return 0, 0

    @property
    def date_end(self) -> int:
        """How many segments there are up to the end of a date such as `2026/11/23` or `2026/11`; 0 without one."""
        return self._date[0]

    @property
    def date_depth(self) -> int:
        """How exact that date is: 3 names a day, 2 a month, 1 a year; 0 without one."""
        return self._date[1]

    @cached_property
    def slug_words(self) -> int:
        """How many words the longest slug has, among the last two segments; two unspaced characters are a word."""
        return max((count_words(segment) for segment in self.segments[-2:]), default=0)

    @cached_property
    def id_digits(self) -> int:
        """How many digits the longest number has, among the last two segments; dates and years are none."""
        tails = [
            DATE_IN_NAME.sub("", segment) for segment in self.segments[max(self.date_end, len(self.segments) - 2) :]
        ]
        if any(HEX_ID.search(tail) for tail in tails):
            return 12
        numbers = [number for tail in tails for number in re.findall(r"\d+", tail) if not YEAR.fullmatch(number)]
        return max(map(len, numbers), default=0)

    @cached_property
    def is_rich(self) -> bool:
        """Whether the path alone speaks for an article: a long slug, an id, or something named under a date."""
        is_dated = 0 < self.date_end < len(self.segments)
        return self.slug_words >= 4 or self.id_digits >= 5 or is_dated


def count_words(text: str) -> int:
    """Return how many words a slug or a line has, numbers aside; two characters without spaces count as one."""
    unspaced = len(UNSPACED.findall(text))
    spaced = re.findall(r"[^\W\d_]{2,}|[^\W\d_](?=[\W_])", UNSPACED.sub(" ", text))
    return len(spaced) + (unspaced + 1) // 2


@attrs.frozen(kw_only=True)
class UrlShapes:
    """The shapes of a site's article URLs, learnt from those its feeds and news sitemaps name.

    Attributes:
        counts: shape -> how many of the URLs have it.
        first_words: shape -> the plain words its URLs begin with.
    """

    counts: Counter[str] = attrs.field(factory=Counter)
    first_words: dict[str, set[str]] = attrs.field(factory=dict)

    @classmethod
    def from_urls(cls, urls: Iterable[str]) -> Self:
        """Learn from `urls`; the same URL twice counts once."""
        shapes = cls()
        for url in dict.fromkeys(urls):
            parts = UrlParts.from_url(url)
            shape = _shape(parts)
            shapes.counts[shape] += 1
            shapes.first_words.setdefault(shape, set()).add(_first_word(parts))
        return shapes

    def fits(self, url: str) -> bool | None:
        """Whether `url` is built as the site's articles are; None when too little is known to say.

        A shape counts when at least two URLs and a tenth of all have it, and when it holds more than plain words.
        Under another first word than the one all known articles share, nothing is said.
        """
        total = self.counts.total()
        if total < 5:
            return None
        parts = UrlParts.from_url(url)
        shape = _shape(parts)
        count = self.counts[shape]
        if count < max(2, total / 10):
            return False if count == 0 else None
        if not set(shape) & set("YNS?"):
            return None
        known = self.first_words[shape]
        return True if count < 5 or len(known) > 1 or _first_word(parts) in known else None


def _shape(parts: UrlParts) -> str:
    """Return the skeleton: Y year, D day or month, N number, S slug or id, W words, then extension and query names."""
    path = "/".join(_token(segment) for segment in parts.segments)
    names = sorted(name.lower() for name, value in parts.query if any(char.isdigit() for char in value))
    return path + (f".{parts.extension}" if parts.extension else "") + (f"?{'&'.join(names)}" if names else "")


def _token(segment: str) -> str:
    if segment.isdigit():
        return "Y" if YEAR.fullmatch(segment) else "D" if len(segment) <= 2 else "N"
    has_number = re.search(r"\d{3}", segment) is not None
    return "S" if has_number or count_words(segment) >= 3 else "W"


def _first_word(parts: UrlParts) -> str:
    return parts.segments[0] if parts.segments and _token(parts.segments[0]) == "W" else ""
