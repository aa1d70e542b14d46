"""What the page says about its article, field by field: JSON-LD, meta tags, then what is visible."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import attrs

from pipelines.extract.access import choose_access
from pipelines.extract.authors import choose_authors
from pipelines.extract.claims import Choice, Voice, choose_first
from pipelines.extract.dateline import find_dateline
from pipelines.extract.dates import DateContext, date_context
from pipelines.extract.genre import choose_genre
from pipelines.extract.head import PageHead
from pipelines.extract.headline import choose_headline
from pipelines.extract.jsonld import texts_of
from pipelines.extract.language import choose_language
from pipelines.extract.published import choose_modified, choose_published
from pipelines.extract.segments import Layout
from pipelines.extract.standfirst import choose_description
from pipelines.model import Candidate, Claim, Page, Source
from pipelines.urls import normalize_url

SECTION_META = ("article:section", "og:article:section", "parsely-section", "section")
KEYWORD_META = ("news_keywords", "article:tag", "keywords", "parsely-tags", "sailthru.tags")
MAX_KEYWORDS = 40


@attrs.define
class _Fields:
    """The fields chosen so far, with their origins and claims; what is unknown is left out."""

    values: dict[str, Any] = attrs.field(factory=dict)
    origins: dict[str, str] = attrs.field(factory=dict)
    claims: list[Claim] = attrs.field(factory=list)

    def take(self, name: str, choice: Choice) -> Any:
        """Keep what was chosen for the field `name`, and return it."""
        self.claims.extend(choice.claims)
        if choice.value not in (None, "", ()):
            self.values[name] = choice.value
            self.origins[name] = choice.origin or "html"
        return choice.value


def read_metadata(head: PageHead, page: Page, source: Source | None, layout: Layout) -> dict[str, Any]:
    """Return the Article fields that `head`, the lines of the page and the candidate give; missing ones are left out.

    `origins` names the signal of each field, `claims` all that was said of those on which voices may differ.
    """
    candidate, fields = page.candidate, _Fields()
    fields.take("canonical_url", _address(head, (*head.links.get("canonical", ())[:1], *head.meta.get("og:url", ()))))
    fields.take("amp_url", _address(head, head.links.get("amphtml", ())))
    publisher = fields.take("publisher", _publisher(head, source, candidate))
    names = _own_names(head, source, publisher)
    language = fields.take("in_language", choose_language(head, layout, candidate, source))
    headline = fields.take("headline", choose_headline(head, candidate, layout, names))
    fields.take("description", choose_description(head, layout, headline))
    section = fields.take("article_section", _section(head))
    fields.take("keywords", _keywords(head, candidate))
    authors, agencies = choose_authors(head, candidate, layout, names)
    fields.take("authors", authors)
    fields.take("agencies", Choice(value=agencies, origin=authors.origin))
    _take_dates(fields, head, candidate, layout, _context(head, page, source, language))
    genre, schema_type = choose_genre(head, layout, section)
    fields.take("genre", genre)
    fields.take("is_accessible_for_free", choose_access(head, layout))
    if dateline := find_dateline(layout):
        fields.take("dateline", Choice(value=dateline, origin="text"))
    return {**fields.values, "type": schema_type, "origins": fields.origins, "claims": tuple(fields.claims)}


def _take_dates(
    fields: _Fields, head: PageHead, candidate: Candidate | None, layout: Layout, context: DateContext
) -> None:
    published = fields.take("date_published", choose_published(head, candidate, layout, context))
    fields.take("date_modified", choose_modified(head, candidate, context, published))


def _context(head: PageHead, page: Page, source: Source | None, language: str | None) -> DateContext:
    return date_context(
        zone_name=source.timezone if source else None,
        language=language,
        country=source.country if source else None,
        fetched_at=page.capture.fetched_at,
        url=head.url,
    )


def _own_names(head: PageHead, source: Source | None, publisher: str | None) -> list[str]:
    """Return what the publication calls itself: no part of a headline, and no author but in need."""
    host = (urlsplit(head.url).hostname or "").removeprefix("www.")
    names = (
        publisher,
        head.first("og:site_name"),
        head.first("application-name"),
        source.name if source else None,
        host,
    )
    return [name for name in names if name]


def _publisher(head: PageHead, source: Source | None, candidate: Candidate | None) -> Choice:
    named = head.data_text("publisher")
    listed = candidate.publication if candidate else None
    return choose_first(
        "publisher",
        (
            Voice(origin="json-ld", value=None if named and named.startswith("http") else named),
            Voice(origin="og", value=head.first("og:site_name")),
            Voice(origin="seed", value=source.name if source else None),
            Voice(origin=candidate.channel.value if candidate else "feed", value=listed),
            Voice(origin="meta", value=head.first("application-name")),
        ),
    )


def _section(head: PageHead) -> Choice:
    return choose_first(
        "article_section",
        (
            Voice(origin="json-ld", value=head.data_text("articleSection")),
            Voice(origin="meta", value=head.first(*SECTION_META)),
            Voice(origin="html", value=head.microdata("articleSection")),
        ),
    )


def _keywords(head: PageHead, candidate: Candidate | None) -> Choice:
    """Return the first list of keywords; the lists are long and never disputed, so no claims are kept."""
    for origin, texts in (
        ("json-ld", texts_of(head.data("keywords"))),
        ("meta", head.all_of(*KEYWORD_META)),
        (candidate.channel.value if candidate else "feed", candidate.keywords if candidate else ()),
    ):
        if words := _split(texts):
            return Choice(value=words[:MAX_KEYWORDS], origin=origin)
    return Choice()


def _split(texts: Iterable[str]) -> tuple[str, ...]:
    words = (word.strip() for text in texts for word in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _address(head: PageHead, written: Iterable[str]) -> Choice:
    url = next((url for text in written if (url := normalize_url(text, head.base_url))), None)
    return Choice(value=url, origin="html")
