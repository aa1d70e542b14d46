from datetime import UTC, datetime, timedelta

import pytest

from pipelines.dedupe import next_due

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "unchanged", "wait"),
    [
        (0 * HOURS, 0, 6 * HOURS),
        (23 * HOURS, 0, 6 * HOURS),
        (24 * HOURS, 0, 48 * HOURS),
        (6 * 24 * HOURS, 0, 48 * HOURS),
        (7 * 24 * HOURS, 0, None),
        (1 * HOURS, 1, 12 * HOURS),
        (1 * HOURS, 2, 24 * HOURS),
        (-5 * HOURS, 0, 6 * HOURS),
    ],
)
def test_the_wait_grows_with_age_and_with_nothing_new(age, unchanged, wait):
    assert next_due(NOW - age, NOW, unchanged) == (wait and NOW + wait)


def test_an_undated_article_counts_as_new():
    assert next_due(None, NOW, 0) == NOW + 6 * HOURS


def test_however_often_nothing_changed_there_is_a_date():
    assert next_due(NOW, NOW, 10_000) is not None


@pytest.mark.parametrize("age", [0, 1, 5, 30])
def test_a_crawl_right_after_the_first_finds_nothing_due(age):
    due = next_due(NOW - timedelta(days=age), NOW)

    assert due is None or due > NOW + HOURS
