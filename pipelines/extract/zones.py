"""Time zones: by the letters that newspapers print behind a time, by country, and by name."""

import re
from datetime import tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_HOURS = {
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "BST": 1,
    "CET": 1,
    "WAT": 1,
    "CEST": 2,
    "EET": 2,
    "SAST": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
}
ZONE = re.compile(rf"\b({'|'.join(ZONE_HOURS)})\b")
# Countries (and their top domains) with one zone, or nearly all of their people in one.
ZONES = {
    "DE": "Europe/Berlin",
    "AT": "Europe/Vienna",
    "CH": "Europe/Zurich",
    "FR": "Europe/Paris",
    "IT": "Europe/Rome",
    "NL": "Europe/Amsterdam",
    "BE": "Europe/Brussels",
    "LU": "Europe/Luxembourg",
    "DK": "Europe/Copenhagen",
    "SE": "Europe/Stockholm",
    "NO": "Europe/Oslo",
    "FI": "Europe/Helsinki",
    "PL": "Europe/Warsaw",
    "CZ": "Europe/Prague",
    "SK": "Europe/Bratislava",
    "HU": "Europe/Budapest",
    "SI": "Europe/Ljubljana",
    "HR": "Europe/Zagreb",
    "RS": "Europe/Belgrade",
    "BG": "Europe/Sofia",
    "RO": "Europe/Bucharest",
    "GR": "Europe/Athens",
    "TR": "Europe/Istanbul",
    "IE": "Europe/Dublin",
    "EE": "Europe/Tallinn",
    "LV": "Europe/Riga",
    "LT": "Europe/Vilnius",
    "UA": "Europe/Kyiv",
    "IL": "Asia/Jerusalem",
    "GB": "Europe/London",
    "UK": "Europe/London",
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "CN": "Asia/Shanghai",
    "TW": "Asia/Taipei",
    "HK": "Asia/Hong_Kong",
    "SG": "Asia/Singapore",
    "IN": "Asia/Kolkata",
    "TH": "Asia/Bangkok",
    "VN": "Asia/Ho_Chi_Minh",
    "PH": "Asia/Manila",
    "PK": "Asia/Karachi",
    "BD": "Asia/Dhaka",
    "IR": "Asia/Tehran",
    "SA": "Asia/Riyadh",
    "AE": "Asia/Dubai",
    "EG": "Africa/Cairo",
    "NG": "Africa/Lagos",
    "KE": "Africa/Nairobi",
    "ZA": "Africa/Johannesburg",
    "CO": "America/Bogota",
    "PE": "America/Lima",
    "VE": "America/Caracas",
    "BO": "America/La_Paz",
    "UY": "America/Montevideo",
    "AR": "America/Argentina/Buenos_Aires",
    "NZ": "Pacific/Auckland",
}


def named_zone(name: str | None) -> tzinfo | None:
    """Return the zone with that IANA name; None when there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def zone_of_country(code: str | None) -> tzinfo | None:
    """Return the zone of a country (ISO 3166-1 alpha-2, or its top domain); None where it has several."""
    return named_zone(ZONES.get((code or "").upper()))


def top_domain(url: str | None) -> str:
    """Return the last part of the URL's host name; empty when it has none."""
    return (urlsplit(url or "").hostname or "").rpartition(".")[2]
