"""Dates as feeds and sitemaps write them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Zones that RFC 822 does not know and feeds use all the same. IST is India's, BST Britain's: by far the more feeds.
ZONES = {
    "Z": "+0000", "WET": "+0000", "WEST": "+0100", "BST": "+0100", "CET": "+0100", "MEZ": "+0100", "CEST": "+0200",
    "MESZ": "+0200", "EET": "+0200", "SAST": "+0200", "EEST": "+0300", "MSK": "+0300", "TRT": "+0300", "IST": "+0530",
    "WIB": "+0700", "ICT": "+0700", "CST8": "+0800", "SGT": "+0800", "HKT": "+0800", "JST": "+0900", "KST": "+0900",
    "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300", "BRT": "-0300", "ART": "-0300",
}  # fmt: skip
ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
EARLIEST = 1970  # a year before this is a clerk's zero, not a date


def parse_date(text: str | None) -> datetime | None:
    """Return the UTC time that an RFC 822 or W3C date means; None when it cannot be read.

    A time without a zone is taken as UTC, a day without a time as its midnight.
    """
    text = " ".join((text or "").split())
    if not text:
        return None
    try:
        date = _parse_iso(text) or _parse_rfc822(text)
        return date.astimezone(UTC) if date.year >= EARLIEST else None
    except (ValueError, OverflowError):
        return None


def _parse_iso(text: str) -> datetime | None:
    match = ISO.fullmatch(text)
    if match is None:
        return None
    day, time, zone = match.groups()
    date = datetime.fromisoformat(f"{day}T{time or '00:00'}{(zone or 'Z').upper()}")
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _parse_rfc822(text: str) -> datetime:
    """Read an RFC 822 date, the weekday ignored: it is often in another language.

    Raises:
        ValueError: it is none.
    """
    rest, _, zone = re.sub(r"^[^\d,]*,\s*", "", text).rpartition(" ")
    offset = ZONES.get(zone.upper(), re.sub(r"^(?:GMT|UTC)?([+-]\d\d):?(\d\d)$", r"\1\2", zone))
    date = parsedate_to_datetime(f"{rest} {offset}")
    return date if date.tzinfo else date.replace(tzinfo=UTC)
