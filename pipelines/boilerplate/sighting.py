"""What of an article is counted for its source's template."""

from datetime import datetime

import attrs

from pipelines.boilerplate.template import Mark, page_blocks, read_marks
from pipelines.model import Article

MAX_MARKS = 200


@attrs.frozen(kw_only=True)
class Sighting:
    """An article as the statistics see it.

    Attributes:
        marks: its blocks in the order of the page, those that occur twice once, 200 at most.
        day: when it appeared, or else was fetched, as an ordinal.
        at: ISO time of the capture.
    """

    url: str
    marks: tuple[Mark, ...]
    day: int
    at: str


def sight_article(article: Article, captured_at: datetime) -> Sighting:
    """Return what is counted of a cleaned article: all its blocks, kept or removed."""
    marks = {mark.key: mark for mark in read_marks(article, page_blocks(article)[:MAX_MARKS]) if mark}
    return Sighting(
        url=article.url,
        marks=tuple(marks.values()),
        day=(article.date_published or captured_at).toordinal(),
        at=captured_at.isoformat(timespec="seconds"),
    )
