"""Is this link an article, a list of articles, or neither? A score, with its reasons."""

import re
from collections.abc import Iterator
from enum import StrEnum

import attrs

from crawler.discovery.shapes import DATE_IN_NAME, UrlParts, UrlShapes, count_words
from crawler.discovery.vocabulary import fold, words

ENOUGH = 2.0  # the score from which a link is an article


class LinkKind(StrEnum):
    """What a link leads to."""

    ARTICLE = "article"
    HUB = "hub"
    OTHER = "other"


class Place(StrEnum):
    """Where in its page a link stands."""

    UNKNOWN = "unknown"
    HEADING = "heading"
    TEASER = "teaser"
    NAVIGATION = "navigation"
    FOOTER = "footer"


@attrs.frozen(kw_only=True)
class Judgement:
    """What a link is held to be, and why.

    Attributes:
        score: evidence for an article; from 2 on it is taken for one.
        reasons: each piece of evidence with its weight, as `+3 slug of 6 words`.
        is_minor: a hub by label or person, which overlaps the sections and is not worth following.
        is_page: a later page of a list.
    """

    kind: LinkKind
    score: float
    reasons: tuple[str, ...] = ()
    is_minor: bool = False
    is_page: bool = False


MEDIA = re.compile(
    r"""(?ix) jpe?g | png | gif | webp | avif | svg | ico | bmp | tiff? | heic | pdf | epub | mobi | docx? | xlsx?
    | od[tsp] | pptx? | rtf | zip | gz | rar | 7z | tar | exe | dmg | apk | mp[34] | m4[av] | wav | ogg | webm | mov
    | avi | flv | m3u8? | css | js | json | xml | rss | atom | rdf | ics | txt | csv | woff2? | ttf | kmz?"""
)
ID_NAME = re.compile(
    r"""(?ix) p | n | id | nid | aid | gid | sid | oid | uid | idx | idn | seq | no | guid | uuid | id[-_]?\w+
    | \w*(?:article|story|news|post|item|content|doc|noticia|nota|artikel|art|entry)[-_]?(?:id|no|nr|num|code)?"""
)
ID_VALUE = re.compile(r"(?i)\d{2,}|[\w-]*\d{4,}[\w-]*|(?=.*\d)[0-9a-f-]{8,}|[^\W_]+(?:[-_][^\W_]+){3,}")
LIST_NAME = re.compile(r"(?i)cat_?id|cats|category_?\w*|tags|m|year|month|day|date|sec")
PAGE_NAME = re.compile(r"(?i)paged|page_?(?:no|num|number)|currentpage|start|offset|skip|cursor|before|older|pn")
SERVICE_NAME = re.compile(
    r"(?i)s|q|query|term|keywords?|return_?(?:url|to)|redirect(?:_?to|_?url)?|login|share|add-to-cart|attachment_id"
)


def judge_link(url: str, *, text: str = "", place: Place = Place.UNKNOWN, shapes: UrlShapes | None = None) -> Judgement:
    """Return what `url` most likely leads to, from its form, its link text and its place in the page.

    `url` is absolute and well-formed. `shapes` are the site's own article URLs as its feeds show them, and weigh as
    much as any general rule. A sitemap entry has neither text nor place and is judged by its form alone.
    """
    parts = UrlParts.from_url(url)
    if reason := _why_service(parts):
        return Judgement(kind=LinkKind.OTHER, score=-10.0, reasons=(f"-10 {reason}",))
    if number := page_number(url):
        kind, reason = (LinkKind.OTHER, "of an article") if parts.is_rich else (LinkKind.HUB, "of a list")
        return Judgement(kind=kind, score=-5.0, reasons=(f"-5 page {number} {reason}",), is_page=not parts.is_rich)
    if reason := _why_label(parts):
        return Judgement(kind=LinkKind.HUB, score=-5.0, reasons=(f"-5 {reason}",), is_minor=True)
    if reason := _why_list(parts):
        return Judgement(kind=LinkKind.HUB, score=-5.0, reasons=(f"-5 {reason}",))
    evidence = [*_in_path(parts), *_in_query(parts), *_in_page(text, place)]
    fits = shapes.fits(url) if shapes else None
    if fits is not None:
        evidence.append((3.0, "built as the site's articles are") if fits else (-1.0, "unlike the site's articles"))
    score = sum(weight for weight, _ in evidence)
    plain = LinkKind.HUB if _may_be_section(parts) else LinkKind.OTHER
    return Judgement(
        kind=LinkKind.ARTICLE if score >= ENOUGH else plain,
        score=score,
        reasons=tuple(f"{weight:+g} {reason}" for weight, reason in evidence),
    )


def page_number(url: str) -> int | None:
    """Return N when `url` is page N of something, as in `/page/N` or `?page=N`; None when it names no page."""
    parts = UrlParts.from_url(url)
    before, last = ("", "", *parts.segments)[-2:]
    if before in words("pages") and re.fullmatch(r"\d{1,4}", last):
        return int(last)
    if (match := re.fullmatch(r"([^\W\d]+)[-.]?(\d{1,4})", last)) and match[1] in words("pages"):
        return int(match[2])
    for name, value in parts.query:
        if re.fullmatch(r"\d{1,6}", value) and (fold(name) in words("pages") or PAGE_NAME.fullmatch(name)):
            return int(value)
    return None


def _why_service(parts: UrlParts) -> str | None:
    """Return why the URL is a file or a page of the house; a rich path under such a word may still be an article."""
    if MEDIA.fullmatch(parts.extension):
        return f"file .{parts.extension}"
    if name := next((name for name, _ in parts.query if SERVICE_NAME.fullmatch(name)), None):
        return f"service parameter {name}"
    if word := next((word for word in parts.segments if word in words("machinery")), None):
        return f"machinery {word}"
    if parts.is_rich and not set(parts.segments[-1:]) & words("services"):
        return None
    return next((f"service word {segment}" for segment in parts.segments if segment in words("services")), None)


def _why_label(parts: UrlParts) -> str | None:
    *before, last = parts.segments or ("",)
    names = [fold(name) for name, _ in parts.query]
    near = [last, *before[-1:], *names, *(() if parts.is_rich else before[-2:-1])]
    if word := next((word for word in near if word in words("labels")), None):
        return f"label or person: {word}"
    if not parts.is_rich and before and before[-1] in words("weak_labels"):
        return f"label or person: {before[-1]}"
    return None


def _why_list(parts: UrlParts) -> str | None:
    if not parts.query and re.fullmatch(r"(?:[a-z]{2}(?:-[a-z]{2})?)?", "/".join(parts.segments)):
        return "home page"
    if not parts.query and parts.date_end == len(parts.segments):
        return "archive of a day, month or year"
    named = words("sections") | words("archives")
    is_named = bool(named.intersection(parts.segments[-2:-1])) and not (parts.id_digits >= 3 or parts.date_end)
    if parts.is_rich and not (is_named and parts.slug_words <= 5):  # `/topic/war-in-the-east` is a list all the same
        return None
    # `/region/night-train-stops-a1203` stands in a list and is none.
    if (parts.slug_words >= 3 and parts.id_digits >= 3) or any(_is_id(*pair) for pair in parts.query):
        return None
    if word := next((word for word in parts.segments if word in named), None):
        return f"list word {word}"
    return _list_parameter(parts)


def _list_parameter(parts: UrlParts) -> str | None:
    """Return the parameter that selects a list, as in `?category=sport` and `?view=category`."""
    for name, value in parts.query:
        if LIST_NAME.fullmatch(name) or {fold(name), fold(value)} & words("sections"):
            return f"list parameter {name}"
    return None


def _in_path(parts: UrlParts) -> Iterator[tuple[float, str]]:
    if 0 < parts.date_end < len(parts.segments):
        yield {1: 1.5, 2: 2.5}.get(parts.date_depth, 3.0), "date in path"
    elif any(DATE_IN_NAME.search(segment) for segment in parts.segments):
        yield 2.0, "date in name"
    count = parts.slug_words
    if count >= 2:
        yield {2: 0.5, 3: 2.0, 4: 2.5}.get(count, 3.0), f"slug of {count} words"
    if parts.id_digits >= 3:
        yield (2.0 if parts.id_digits >= 5 else 1.0), f"id of {parts.id_digits} digits"
    if parts.extension:
        yield 0.5, f"page .{parts.extension}"
    if set(parts.segments[:-1]) & words("articles") or (parts.query and set(parts.segments) & words("articles")):
        yield 0.5, "word for articles in path"
    if _may_be_section(parts):
        yield -1.5, "path of plain words"
    if word := _house_word(parts):
        yield -2.0, f"short slug with service word {word}"


def _house_word(parts: UrlParts) -> str | None:
    """Return the service word within a short last segment, as in `41418-about-us`; short words say too little."""
    if not parts.segments or count_words(parts.segments[-1]) > 4:
        return None
    bits = parts.segments[-1].split("-")
    runs = ("-".join(bits[start:end]) for start in range(len(bits)) for end in range(start + 1, len(bits) + 1))
    return next((run for run in runs if len(run) >= 6 and run in words("services")), None)


def _in_query(parts: UrlParts) -> Iterator[tuple[float, str]]:
    if name := next((name for name, value in parts.query if _is_id(name, value)), None):
        yield 3.0, f"id in parameter {name}"


def _is_id(name: str, value: str) -> bool:
    return bool(ID_NAME.fullmatch(name) and ID_VALUE.fullmatch(value))


def _in_page(text: str, place: Place) -> Iterator[tuple[float, str]]:
    count = count_words(text)
    if count >= 5:
        yield (2.0 if count >= 8 else 1.5), f"text of {count} words"
    elif count == 4:
        yield 0.5, "text of 4 words"
    elif text and count <= 2:
        yield -1.0, "text of a word or two"
    weight = {Place.HEADING: 1.5, Place.TEASER: 0.5, Place.NAVIGATION: -2.0, Place.FOOTER: -2.0}.get(place)
    if weight:
        yield weight, f"in a {place}"


def _may_be_section(parts: UrlParts) -> bool:
    """Whether the path is of a few short names, as sections are, and the query selects nothing."""
    short = all(count_words(segment) <= 3 and not re.search(r"\d{3}", segment) for segment in parts.segments)
    selects = any(re.search(r"\d", value) for _, value in parts.query)
    return 0 < len(parts.segments) <= 3 and short and parts.slug_words <= 2 and not parts.is_rich and not selects
