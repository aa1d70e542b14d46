"""What the page says about its article, field by field: JSON-LD, meta tags, then what is visible."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pipelines.extract.authors import choose_authors
from pipelines.extract.dates import date_context
from pipelines.extract.head import PageHead
from pipelines.extract.headline import choose_headline
from pipelines.extract.jsonld import Node, as_list, texts_of, types_of
from pipelines.extract.language import choose_language
from pipelines.extract.published import choose_modified, choose_published
from pipelines.extract.segments import Layout, collapse
from pipelines.model import Candidate, Page, Source
from pipelines.urls import normalize_url

SECTION_META = ("article:section", "og:article:section", "parsely-section", "section")
KEYWORD_META = ("news_keywords", "article:tag", "keywords", "parsely-tags", "sailthru.tags")
DESCRIPTION_META = ("og:description", "description", "twitter:description", "dc.description")
WRITTEN_BY = re.compile(r"\b(?:by|von|par|por|da|door|av|af)\W*$|^(?:author|autor|auteur)", re.IGNORECASE)
MAX_KEYWORDS = 40

Voice = tuple[tuple[str, ...], str | None]


def read_metadata(head: PageHead, page: Page, source: Source | None, layout: Layout) -> dict[str, Any]:
    """Return the Article fields that `head` and the candidate give, with `origins`; missing ones are left out."""
    fields: dict[str, Any] = {}
    origins: dict[str, str] = {}

    def take(name: str, value: Any, origin: str | None) -> None:
        if value not in (None, "", ()):
            fields[name] = value
            origins[name] = origin or "html"

    candidate = page.candidate
    publisher, publisher_origin = _publisher(head, source, candidate)
    names = [
        name
        for name in (
            publisher,
            head.first("og:site_name"),
            head.first("application-name"),
            source.name if source else None,
            _host_name(head.url),
        )
        if name
    ]
    language, language_origin = choose_language(
        head.tree, head.first("og:locale"), head.data_text("inLanguage", "alternateName", "name"), candidate, source
    )
    take("canonical_url", _canonical_url(head), "html")
    take("publisher", publisher, publisher_origin)
    take("in_language", language, language_origin)
    headline = choose_headline(head, candidate, layout, names)
    take("headline", headline.value, headline.origin)
    take("description", *_first((("json-ld", head.data_text("description")), ("meta", head.first(*DESCRIPTION_META)))))
    authors, agencies = choose_authors(head, candidate, layout, names)
    take("authors", authors.value, authors.origin)
    take("agencies", agencies, authors.origin)
    take(
        "article_section",
        *_first(
            (
                ("json-ld", head.data_text("articleSection")),
                ("meta", head.first(*SECTION_META)),
                ("html", head.microdata("articleSection")),
            )
        ),
    )
    take("keywords", *_keywords(head, candidate))
    context = date_context(
        zone_name=source.timezone if source else None,
        language=language,
        country=source.country if source else None,
        fetched_at=page.capture.fetched_at,
        url=head.url,
    )
    published = choose_published(head, candidate, layout, context)
    take("date_published", published.value, published.origin)
    modified = choose_modified(head, candidate, context, published.value)
    take("date_modified", modified.value, modified.origin)
    take("type", *_type(head))
    take("is_accessible_for_free", _is_free(head.article), "json-ld")
    fields["origins"] = origins
    return fields


def _first(voices: Iterable[tuple[str, Any]]) -> tuple[Any, str | None]:
    return next(((value, origin) for origin, value in voices if value), (None, None))


def _publisher(head: PageHead, source: Source | None, candidate: Candidate | None) -> tuple[str | None, str | None]:
    named = head.data_text("publisher")
    return _first(
        (
            ("json-ld", None if named and named.startswith("http") else named),
            ("og", head.first("og:site_name")),
            ("seed", source.name if source else None),
            ("feed", candidate.publication if candidate else None),
            ("meta", head.first("application-name")),
        )
    )


def _keywords(head: PageHead, candidate: Candidate | None) -> tuple[tuple[str, ...], str | None]:
    written = [value for name in KEYWORD_META for value in head.meta.get(name, ())]
    for origin, texts in (
        ("json-ld", texts_of(head.data("keywords"))),
        ("meta", written),
        ("feed", candidate.keywords if candidate else ()),
    ):
        words = dict.fromkeys(
            word.strip() for text in texts for word in text.replace(";", ",").split(",") if word.strip()
        )
        if words:
            return tuple(words)[:MAX_KEYWORDS], origin
    return (), None


def _type(head: PageHead) -> tuple[str | None, str | None]:
    names = [name for name in types_of(head.article) if name not in {"Article", "WebPage", "ItemPage", "CreativeWork"}]
    preferred = next((name for name in names if name != "NewsArticle"), None) or next(iter(names), None)
    return preferred, "json-ld"


def _is_free(article: Node) -> bool | None:
    value = next(iter(as_list(article.get("isAccessibleForFree"))), None)
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().rsplit("/", 1)[-1].lower())
    return None


def _canonical_url(head: PageHead) -> str | None:
    written = (*head.links.get("canonical", ())[:1], *head.meta.get("og:url", ()))
    return next((url for text in written if (url := normalize_url(text, head.base_url))), None)


def _host_name(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return host.removeprefix("www.")
