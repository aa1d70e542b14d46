from datetime import UTC, datetime, timedelta, timezone

import lxml.html
import pytest

from pipelines.extract.dates import date_context, date_in_text, date_in_url, parse_date, refine_day
from tests.extract_pages import FETCHED


def context(language="en", country=None, zone="Europe/Berlin"):
    return date_context(zone_name=zone, language=language, country=country, fetched_at=FETCHED)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-22T10:30:00Z", "2026-11-22T10:30:00+00:00"),
        ("2026-11-22T10:30:00+0530", "2026-11-22T10:30:00+05:30"),
        ("2026-11-22T10:30:00.123-05:00", "2026-11-22T10:30:00-05:00"),
        ("2026-11-22 10:30", "2026-11-22T10:30:00+01:00"),
        ("2026-11-22", "2026-11-22T00:00:00+01:00"),
        ("20261122", "2026-11-22T00:00:00+01:00"),
        ("Sun, 22 Nov 2026 10:30:00 GMT", "2026-11-22T10:30:00+00:00"),
        ("1795343400", "2026-11-22T10:30:00+00:00"),
        ("22.11.2026 10:30", "2026-11-22T10:30:00+01:00"),
        ("Stand: 22.11.2026, 10.30 Uhr", "2026-11-22T10:30:00+01:00"),
        ("November 22, 2026 at 4:05 p.m.", "2026-11-22T16:05:00+01:00"),
        ("22 November 2026 10:30 EST", "2026-11-22T10:30:00-05:00"),
        ("3. März 2026", "2026-03-03T00:00:00+01:00"),
        ("3 de marzo de 2026", "2026-03-03T00:00:00+01:00"),
        ("1er août 2026 à 7h05", "2026-08-01T07:05:00+02:00"),
        ("22 ноября 2026", "2026-11-22T00:00:00+01:00"),
        ("2026年11月22日 10:30", "2026-11-22T10:30:00+01:00"),
    ],
)
def test_a_written_date_is_read_with_its_zone(text, iso):
    assert parse_date(text, context()).isoformat() == iso


@pytest.mark.parametrize(
    "text", ["", None, "soon", "2026-13-40", "31.02.2026", "0000-00-00", "2031-01-01", "1700-01-01"]
)
def test_what_is_no_date_or_cannot_be_is_none(text):
    assert parse_date(text, context()) is None


@pytest.mark.parametrize(
    ("language", "country", "month"),
    [("en", None, 4), ("en-US", None, 3), ("en", "US", 3), ("en-GB", "GB", 4), ("de", None, 4)],
)
def test_language_and_country_tell_day_from_month(language, country, month):
    assert parse_date("03/04/2026", context(language, country)).month == month


def test_a_month_above_twelve_is_a_day():
    assert parse_date("11/22/2026", context("de")).month == 11


def test_a_time_an_hour_ahead_of_our_clock_is_believed_and_no_more():
    ahead = FETCHED + timedelta(minutes=59)
    assert parse_date(ahead.isoformat(), context()) == ahead
    assert parse_date((FETCHED + timedelta(minutes=61)).isoformat(), context()) is None


def test_an_unknown_zone_is_utc():
    assert parse_date("2026-11-22", context(zone="Mars/Base")).tzinfo is UTC


def test_the_path_of_a_url_may_name_the_day():
    assert date_in_url("https://a.example/2026/11/02/story?d=2020/01/01", context()).date().isoformat() == "2026-11-02"


def test_a_bare_day_gains_the_time_of_another_signal_on_that_day_only():
    day = datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=1)))
    same, other = datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert refine_day(day, (None, other, same)) == same
    assert refine_day(day, (other,)) == day


def test_a_month_without_a_day_reads_the_same_on_every_day():
    tree = lxml.html.document_fromstring("<body><time>2016-03</time></body>")
    assert date_in_text(tree, "https://a.example/story", context()).date().isoformat() == "2016-03-01"
