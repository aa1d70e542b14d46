"""When to ask again for what we have."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

# (up to this age, ask again after). News is corrected within hours, seldom after a week; an article that stays as it
# was is asked for half as often each time.
SCHEDULE = (
    (timedelta(days=1), timedelta(hours=6)),
    (timedelta(days=7), timedelta(days=2)),
)


def next_due(published: datetime | None, fetched_at: datetime, unchanged: int = 0) -> datetime | None:
    """Return when an article should be fetched again; None for never.

    The age counts from `published` to the fetch; without a date, or with one in the future, the article counts as
    new. `unchanged` is how many fetches in a row brought nothing new: each doubles the wait.
    """
    age = fetched_at - published if published else timedelta(0)
    for limit, wait in SCHEDULE:
        if age < limit:
            return fetched_at + wait * (1 << min(unchanged, 8))
    return None


def document_due(document: Mapping[str, Any]) -> datetime | None:
    """Return when the article of an archived document should be fetched again; None for never."""
    published = document.get("datePublished")
    return next_due(
        datetime.fromisoformat(published) if published else None,
        datetime.fromisoformat(document["newskeep"]["capture"]["fetchedAt"]),
    )
