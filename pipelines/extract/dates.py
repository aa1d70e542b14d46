"""When an article was published and changed: every signal the page gives, in the order we trust them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import partial

import attrs
from htmldate import extractors, find_date
from lxml.html import HtmlElement

from pipelines.extract.months import MONTHS
from pipelines.extract.zones import ZONE, ZONE_HOURS, named_zone, top_domain, zone_of_country

CLOCK_SKEW = timedelta(hours=1)
MAX_DATELINE = 100
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Where a page says no more than `2016-03`, dateutil takes the day of the month on which it is asked: the same page
# would read otherwise tomorrow. The first of the month is no better a guess, but always the same.
NO_DAY = datetime(1, 1, 1)  # noqa: DTZ001 - dateutil adds the zone
extractors.dateutil_parse = partial(extractors.dateutil_parse, default=NO_DAY)  # type: ignore[attr-defined]
ISO_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")
ISO_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}:?\d{0,2})?",
    re.IGNORECASE,
)
NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
CLOCK = re.compile(
    r"(?<![\d.:/])([01]?\d|2[0-3])[:.h]([0-5]\d)(?:[:.]([0-5]\d))?(?![\d/]|[.]\d)\s*([ap])?\.?m?\b", re.IGNORECASE
)
URL_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})"
    r"(?:([/_-])(1[0-2]|0?[1-9])\2(3[01]|[12]\d|0?[1-9])|(1[0-2]|0[1-9])(3[01]|[12]\d|0[1-9]))(?!\d)"
)
# `3 March 2026`, `3. März 2026`, `3 de marzo de 2026`; `March 3, 2026`.
WORDED = re.compile(
    r"(?:(?<!\d)(?P<before>\d{1,2})(?:st|nd|rd|th|er|[.ºª])?\s*(?:de |of |d')?\s*)?"
    r"(?<![^\W_])(?P<month>[^\W\d_]{3,12})\.?"
    r"(?:(?(before)(?!)|\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?)|(?(before)|(?!)))"
    r"\s*,?\s*(?:de |del |of )?\s*(?P<year>(?:19|20)\d{2})(?!\d)",
    re.IGNORECASE,
)
EAST_ASIAN = re.compile(r"((?:19|20)\d{2})\s*[年년.]\s*(\d{1,2})\s*[月월.]\s*(\d{1,2})\s*[日일]?")
# Countries that write the month first.
MONTH_FIRST = frozenset(("US", "PH", "FM", "PW", "MH", "AS", "GU", "MP", "PR", "VI"))


@attrs.frozen(kw_only=True)
class DateContext:
    """What decides how a written date is read.

    Attributes:
        zone: for times that name none.
        month_first: whether 3/4/2026 is 4 March.
        latest: no article is from later than this.
    """

    zone: tzinfo
    month_first: bool
    latest: datetime


def date_context(
    *,
    zone_name: str | None,
    language: str | None,
    country: str | None,
    fetched_at: datetime,
    url: str | None = None,
) -> DateContext:
    """Return how dates are to be read.

    The zone is the named one, else that of a country which has but one: `country`, or the top domain of `url`; else
    UTC. An unknown country is told by `language` (`en-US`).
    """
    zone = named_zone(zone_name) or zone_of_country(country) or zone_of_country(top_domain(url)) or UTC
    region = country or (language or "").replace("_", "-").partition("-")[2]
    return DateContext(zone=zone, month_first=region.upper() in MONTH_FIRST, latest=fetched_at + CLOCK_SKEW)


def parse_date(text: str | None, context: DateContext) -> datetime | None:
    """Return the moment `text` names, aware; None when it names none, or one that cannot be.

    ISO 8601 and what comes near it, RFC 2822, Unix seconds, numeric dates, and month names of `months`. A day without a
    time is midnight in the context's zone.
    """
    moment = read_moment(text, context)
    return moment if moment is not None and is_plausible(moment, context) else None


def read_moment(text: str | None, context: DateContext) -> datetime | None:
    """Return the moment `text` names, aware, however unlikely it is for an article."""
    text = " ".join((text or "").split())[:100]
    if not text:
        return None
    for reader in (_from_iso, _from_seconds, _from_rfc, _from_numeric, _from_words):
        try:
            moment = reader(text, context)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
        if moment is not None:
            return moment if moment.tzinfo else moment.replace(tzinfo=context.zone)
    return None


def is_plausible(moment: datetime, context: DateContext) -> bool:
    """Whether an article may be from `moment`: not from before the web, not from after the fetch."""
    return EARLIEST <= moment <= context.latest


def date_in_url(url: str, context: DateContext) -> datetime | None:
    """Return the day in the URL's path; None when there is none."""
    match = URL_DATE.search(url.partition("?")[0])
    if match is None:
        return None
    try:
        day = datetime(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6]), tzinfo=context.zone)
    except ValueError:
        return None
    return day if is_plausible(day, context) else None


def date_in_text(tree: HtmlElement, url: str, context: DateContext) -> datetime | None:
    """Return the day that the visible page names as its date, by htmldate; slow (~5 ms), so one of the last asked.

    Its extensive search is left out: it costs up to 50 ms, and 2 s more when it first loads its locales.
    """
    try:
        found = find_date(
            tree,
            extensive_search=False,
            original_date=True,
            url=url,
            max_date=context.latest.date().isoformat(),
            verbose=False,
        )
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return parse_date(found, context)


def printed_date(lines: Iterable[str], context: DateContext) -> datetime | None:
    """Return the first date that stands in one of `lines`, which are the short ones around the headline."""
    for line in lines:
        if len(line) <= MAX_DATELINE and any(character.isdigit() for character in line):
            moment = parse_date(line, context)
            if moment is not None:
                return moment
    return None


def is_day_only(moment: datetime) -> bool:
    """Whether `moment` is a bare day: midnight sharp."""
    return moment.time() == time()


def refine_day(moment: datetime | None, others: Iterable[datetime | None]) -> datetime | None:
    """Return the first of `others` that falls on the bare day `moment` names, with its time; else `moment`."""
    if moment is None or not is_day_only(moment):
        return moment
    day = moment.date()
    for other in others:
        if other is not None and not is_day_only(other) and day in _days(other, moment):
            return other
    return moment


def _days(other: datetime, moment: datetime) -> tuple[date, date]:
    return other.date(), other.astimezone(moment.tzinfo).date()


def _from_iso(text: str, _context: DateContext) -> datetime | None:
    match = ISO_TIME.match(text)
    if match is None:
        if ISO_DATE.match(text):
            return datetime.fromisoformat(text)
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    moment = datetime(int(year), int(month), int(day), int(hour or 0) % 24, int(minute or 0), min(int(second or 0), 59))  # noqa: DTZ001 - the zone follows
    return moment.replace(tzinfo=_offset(offset)) if offset else moment


def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:2]), int(digits[2:] or 0)) if len(digits) > 2 else (int(digits), 0)
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(span if text[0] == "+" else -span)


def _from_seconds(text: str, _context: DateContext) -> datetime | None:
    if not text.isdigit() or len(text) not in {10, 13}:
        return None
    return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), tz=UTC)


def _from_rfc(text: str, _context: DateContext) -> datetime | None:
    return parsedate_to_datetime(text) if re.match(r"[A-Z][a-z]{2}, \d", text) else None


def _from_numeric(text: str, context: DateContext) -> datetime | None:
    match = NUMERIC.search(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year += 2000 if year < 100 else 0
    # Dots are never month first.
    month_first = ((context.month_first and match[2] == "/") or second > 12) and first <= 12
    month, day = (first, second) if month_first else (second, first)
    return datetime.combine(date(year, month, day), _clock(text[: match.start()] + " " + text[match.end() :]))


def _from_words(text: str, _context: DateContext) -> datetime | None:
    found = EAST_ASIAN.search(text)
    if found is not None:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    else:
        named = ((match, MONTHS.get(match["month"].casefold())) for match in WORDED.finditer(text))
        found, number = next(((match, number) for match, number in named if number), (None, None))
        if found is None or number is None:
            return None
        year, month, day = int(found["year"]), number, int(found["before"] or found["after"])
    rest = text[: found.start()] + " " + text[found.end() :]
    moment = datetime.combine(date(year, month, day), _clock(rest))
    zone = ZONE.search(rest)
    return moment.replace(tzinfo=timezone(timedelta(hours=ZONE_HOURS[zone[1]]))) if zone else moment


def _clock(text: str) -> time:
    match = CLOCK.search(text)
    if match is None:
        return time()
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    return time(hour, int(match[2]), int(match[3] or 0))
