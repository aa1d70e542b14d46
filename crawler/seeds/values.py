"""One value of a seed file, checked: each reader returns the value as a `Source` holds it.

A reader raises UnfitError with the problem and its remedy on one line; `load.py` adds file and key.
"""

import math
import re
import warnings
from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cssselect import HTMLTranslator, SelectorError

from pipelines.urls import normalize_url

T = TypeVar("T")
# RFC 5646 §2.1, without the grandfathered tags and the four to eight letter languages, of which none exist.
LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?",
    re.IGNORECASE,
)
# The database's own helper files and copies are no zones.
ZONE = re.compile(r"(?!Factory|posix|right/|localtime)[A-Z][\w+/-]*")
OLD_COUNTRIES = {"UK": "GB", "EN": "GB", "EL": "GR", "SU": "RU", "YU": "RS"}


class UnfitError(Exception):
    """A value is not what its key asks for; the message says what to write instead."""


def show(value: object) -> str:
    """Return `value` as one short line for a message."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def first_line(error: BaseException) -> str:
    """Return what `error` says, cut to its first line."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def suggest(word: str, known: list[str]) -> str:
    """Return `; did you mean ...?` for the known word closest to `word`, or nothing when none is close."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=1)
    return f"; did you mean {by_folded[close[0]]!r}?" if close else ""


def read_text(value: Any) -> str:
    """Return a string with its outer white space gone; blank is wrong."""
    if not isinstance(value, str):
        raise UnfitError(f'{show(value)} is not a string; write it in quotes: "..."')
    if not value.strip():
        raise UnfitError("is empty; give it a value or delete the line")
    return value.strip()


def read_line(value: Any) -> str:
    """Return a string that fits on one line."""
    text = read_text(value)
    if any(ord(character) < 32 or character in "\x7f\x85\u2028\u2029" for character in text):
        raise UnfitError(f"{show(text)} has a line break or control character; write it on one line")
    return text


def read_url(value: Any) -> str:
    """Return an absolute http(s) URL, as written."""
    url = read_line(value)
    scheme, mark, _ = url.partition("://")
    if not mark:
        raise UnfitError(f"{show(url)} is not an absolute URL; write 'https://{url.lstrip('/')[:60]}'")
    if scheme.lower() not in {"http", "https"}:
        raise UnfitError(f"{show(url)} is neither http nor https; give the page's web address")
    if "@" in url.split("/")[2]:
        raise UnfitError("holds a user name or password; remove it, seeds are read by everyone")
    if re.search(r"[\s<>\"]", url):
        raise UnfitError(f"{show(url)} holds a space, quote or angle bracket; encode it (%20) or remove it")
    if normalize_url(url) is None:
        raise UnfitError(f"{show(url)} is not a valid URL; write it like 'https://news.example/'")
    return url


def read_home_page(value: Any) -> str:
    """Return an absolute URL in its normal form: lower-case ASCII host, no fragment."""
    url = read_url(value)
    return normalize_url(url) or url


def read_link(value: Any, *, home_page: str) -> str:
    """Return an absolute URL; a path is resolved against the home page."""
    link = read_line(value)
    if re.match(r"[a-z][a-z\d+.-]*:", link, re.IGNORECASE):
        return read_url(link)
    home_host = (urlsplit(home_page).hostname or "").removeprefix("www.")
    first = re.split(r"[/?#]", link, maxsplit=1)[0].lower()
    if home_host and (first.removeprefix("www.") == home_host or first.endswith(f".{home_host}")):
        raise UnfitError(f"{show(link)} would be a path below the home page; write 'https://{link[:60]}'")
    try:
        return read_url(urljoin(home_page, link))
    except ValueError as error:
        raise UnfitError(f"{show(link)} is not a valid URL ({error}); write it like '/politics/'") from None


def read_host(value: Any) -> str:
    """Return a host name in lower case and ASCII."""
    host = read_line(value)
    if host.startswith("*."):
        raise UnfitError(f"{show(host)} has a wildcard; write {show(host[2:])}, its subdomains are included")
    url = normalize_url(f"http://{host}/")
    if re.search(r"[/:@?#\s]", host) or url is None:
        bare = urlsplit(normalize_url(host if "//" in host else f"http://{host}") or "").hostname
        raise UnfitError(f"{show(host)} is not a host name; write {show(bare or 'news.example')}")
    return urlsplit(url).hostname or host


def canonical_language(tag: str) -> str | None:
    """Return a BCP 47 tag in its usual case (`pt-BR`, `zh-Hant-TW`), None when `tag` is none.

    Source:
        RFC 5646 §2.1.1 for the case of each part.
    """
    match = LANGUAGE.fullmatch(tag.strip())
    if not match:
        return None
    start = {match.start(name): change for name, change in (("script", str.title), ("region", str.upper))}
    parts, position = [], 0
    for part in match[0].split("-"):
        parts.append(start.get(position, str.lower)(part))
        position += len(part) + 1
    return "-".join(parts)


def read_language(value: Any) -> str:
    """Return a BCP 47 tag in its usual case."""
    tag = read_line(value)
    language = canonical_language(tag)
    if language is None:
        hint = canonical_language(tag.replace("_", "-"))
        remedy = f"did you mean {hint!r}?" if hint else "write it like 'en' or 'pt-BR'"
        raise UnfitError(f"{show(tag)} is not a BCP 47 language tag; {remedy}")
    return language


@cache
def _countries() -> dict[str, str]:
    """Code -> English name, from the table that tzdata carries."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


def read_country(value: Any) -> str:
    """Return an ISO 3166-1 alpha-2 code in upper case."""
    code = read_line(value).upper()
    if code in _countries():
        return code
    named = {name.upper(): known for known, name in _countries().items()}
    hint = OLD_COUNTRIES.get(code) or named.get(code)
    remedy = f"did you mean {hint!r}?" if hint else "write it like 'FR'"
    raise UnfitError(f"{show(value)} is not an ISO 3166-1 alpha-2 country code; {remedy}")


def read_timezone(value: Any) -> str:
    """Return an IANA zone name."""
    name = read_line(value)
    try:
        if ZONE.fullmatch(name) and ZoneInfo(name):
            return name
    except (ValueError, OSError, ZoneInfoNotFoundError):
        pass
    remedy = suggest(name, sorted(available_timezones())) or "; write it like 'Europe/Paris'"
    raise UnfitError(f"{show(name)} is not an IANA time zone{remedy}")


def read_pattern(value: Any) -> str:
    """Return a regular expression, exactly as written."""
    read_text(value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(value)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise UnfitError(f"{show(value)} is not a regular expression ({error}); correct it") from None
    return str(value)


def read_selector(value: Any) -> str:
    """Return a CSS selector of elements."""
    selector = read_text(value)
    try:
        HTMLTranslator().css_to_xpath(selector)
    except (SelectorError, RecursionError) as error:
        raise UnfitError(f"{show(selector)} is not a CSS selector ({first_line(error)}); correct it") from None
    return selector


def read_bool(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise UnfitError(f"{show(value)} is neither true nor false; write one of them, without quotes")
    return value


def read_delay(value: Any) -> float:
    """Return seconds, zero or more."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError(f"{show(value)} is not a number; write seconds, like 2.5")
    if not math.isfinite(value) or value < 0:
        raise UnfitError(f"{show(value)} is not zero or more; write seconds, like 2.5")
    return float(value)


def read_concurrency(value: Any) -> int:
    """Return a whole number, one or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UnfitError(f"{show(value)} is not a whole number of at least 1; write 1 or delete the line")
    return value


def read_date(value: Any) -> date:
    """Return a date; a date with a time is wrong."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise UnfitError(f"{show(value)} is not a date; write it without quotes and time, like 2026-11-23")
    return value


def each(reader: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """Return a reader of lists whose items `reader` reads."""

    def read_list(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise UnfitError(f"{show(value)} is not a list; write [{show(value) if isinstance(value, str) else '...'}]")
        items = []
        for number, item in enumerate(value, start=1):
            try:
                items.append(reader(item))
            except UnfitError as error:
                raise UnfitError(f"item {number}: {error}") from None
        return tuple(items)

    return read_list
