"""When the article was published and changed: which of the page's signals is believed."""

from datetime import datetime
from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from pipelines.extract.dates import (
    DateContext,
    date_in_text,
    date_in_url,
    parse_date,
    printed_date,
    refine_day,
)
from pipelines.extract.head import PageHead
from pipelines.extract.segments import Layout
from pipelines.model import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date_published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "pubdate",
    "publish-date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "citation_publication_date",
    "date",
)
MAX_SHORT = 50
MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "revised",
    "lastmod",
)


def date_of_publication(
    head: PageHead, candidate: Candidate | None, layout: Layout, context: DateContext
) -> tuple[datetime | None, str | None]:
    """Return the moment and its signal.

    The order: JSON-LD, meta tags, `<time>`, the feed or sitemap, a date printed at the headline, the URL, and any
    other date in the page. A bare day gains its time from `<time>` or the feed, when they name the same day.
    """
    hinted = _hint(candidate.published if candidate else None, context)
    voices: tuple[tuple[str, Callable[[], datetime | None]], ...] = (
        ("json-ld", lambda: _data_date(head, context)),
        ("meta", lambda: _meta_date(head, PUBLISHED_META, context)),
        ("html", lambda: _time_element(head.tree, context)),
        (candidate.channel.value if candidate else "feed", lambda: hinted),
        ("text", lambda: printed_date(lines_at_headline(layout), context)),
        ("url", lambda: date_in_url(head.url, context)),
        ("text", lambda: date_in_text(head.tree, head.url, context)),
        ("text", lambda: printed_date(_short_lines(layout), context)),
    )
    for origin, read in voices:
        moment = read()
        if moment is not None:
            return refine_day(moment, (_time_element(head.tree, context), hinted)), origin
    return None, None


def _hint(moment: datetime | None, context: DateContext) -> datetime | None:
    return moment if moment is not None and moment <= context.latest else None


def _data_date(head: PageHead, context: DateContext) -> datetime | None:
    written = (head.data_text(name) for name in ("datePublished", "dateCreated", "uploadDate"))
    return next((moment for text in written if (moment := parse_date(text, context))), None)


def lines_at_headline(layout: Layout) -> list[str]:
    """Return the lines after the headline and just before it, where news sites print the date."""
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), None)
    if headline is None:
        return []
    around = (*layout.segments[headline + 1 : headline + 12], *layout.segments[max(0, headline - 5) : headline])
    return [segment.text for segment in around if segment.link_density < 0.9]


def _short_lines(layout: Layout) -> list[str]:
    """Return the lines of the page that hold little more than a date could be, from the headline on, then above it."""
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), 0)
    lines = (*layout.segments[headline:], *layout.segments[:headline])
    return [line.text for line in lines if len(line.text) <= MAX_SHORT and line.link_density < 0.5]


def date_of_change(
    head: PageHead, candidate: Candidate | None, context: DateContext, published: datetime | None
) -> tuple[datetime | None, str | None]:
    """Return when the article was last changed; a time before its publication is no change."""
    for origin, moment in (
        ("json-ld", parse_date(head.data_text("dateModified"), context)),
        ("meta", _meta_date(head, MODIFIED_META, context)),
        ("html", parse_date(head.microdata("dateModified"), context)),
        ("feed", _hint(candidate.modified if candidate else None, context)),
    ):
        if moment is not None and (published is None or moment >= published):
            return moment, origin
    return None, None


def _meta_date(head: PageHead, names: tuple[str, ...], context: DateContext) -> datetime | None:
    moments = (parse_date(value, context) for name in names for value in head.meta.get(name, ()))
    return next((moment for moment in moments if moment is not None), None)


def _time_element(tree: HtmlElement, context: DateContext) -> datetime | None:
    """Return the first `<time>` or microdata date that stands before or in the article, not in a list of others."""
    for element in tree.xpath(
        './/*[@itemprop="datePublished"] | .//time[@datetime] | .//abbr[contains(@class, "published")]'
    )[:20]:
        if any(node.tag in {"aside", "nav", "footer", "li"} for node in element.iterancestors()):
            continue
        written = element.get("datetime") or element.get("content") or element.get("title") or element.text_content()
        moment = parse_date(written, context)
        if moment is not None:
            return moment
    return None
