"""When the article was published and changed: what each of the page's signals says, and which is believed."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import attrs

from pipelines.extract.claims import Choice, Voice, settle
from pipelines.extract.dates import (
    DateContext,
    date_in_text,
    date_in_url,
    is_plausible,
    printed_date,
    read_moment,
    refine_day,
)
from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import texts_of
from pipelines.extract.segments import Layout
from pipelines.model import Candidate

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
MAX_SHORT = 50
MAX_TIMES = 20
NEAR_URL = timedelta(days=2)
DECLARED = frozenset(("json-ld", "meta"))
MARKED = DECLARED | {"html"}
NO_DATE = "no date can be read in it"
OUTSIDE = "far from the day in the address"
CHANGED = re.compile(r"modif|updat|aktualis|actuali|revis|changed", re.IGNORECASE)


def choose_published(head: PageHead, candidate: Candidate | None, layout: Layout, context: DateContext) -> Choice:
    """Return the moment of publication, in the zone that the page gives.

    The order of trust: JSON-LD, meta tags, `<time>`, the feed or sitemap, a date printed at the headline, the URL, and
    any other date in the page. None may be later than the fetch, nor far from a day that the URL names. A bare day
    gains its time from another signal on that day.
    """
    day = date_in_url(head.url, context)
    voices = _bounded([_judged(voice, context) for voice in _voices(head, candidate, layout, context, day)], day)
    chosen = next((voice for voice in voices if not voice.fault), None)
    if chosen is None:
        late = (_judged(voice, context) for voice in _late_voices(head, layout, context))
        chosen = next((voice for voice in late if not voice.fault), None)
        voices += [chosen] if chosen else []
    if chosen is None:
        return settle("date_published", voices, None, "")
    refined = refine_day(chosen.value, (voice.value for voice in voices if not voice.fault))
    reason = "the most trusted voice" if refined == chosen.value else "the most trusted voice, with the time of another"
    return settle("date_published", voices, attrs.evolve(chosen, value=refined), reason)


def choose_modified(
    head: PageHead, candidate: Candidate | None, context: DateContext, published: datetime | None
) -> Choice:
    """Return when the article was last changed; a time before its publication is no change."""
    written = (
        *(Voice(origin="json-ld", value=text) for text in texts_of(head.data("dateModified"))),
        *(Voice(origin="meta", value=text) for text in head.all_of(*MODIFIED_META)),
        Voice(origin="html", value=head.microdata("dateModified")),
        Voice(origin="feed", value=candidate.modified if candidate else None),
    )
    voices = [_judged(_read(voice, context), context) for voice in written if voice.value]
    if published is not None:
        voices = [
            attrs.evolve(voice, fault="before the publication")
            if not voice.fault and voice.value < published
            else voice
            for voice in voices
        ]
    chosen = next((voice for voice in voices if not voice.fault), None)
    return settle("date_modified", voices, chosen, "the most trusted voice")


def lines_at_headline(layout: Layout) -> list[str]:
    """Return the lines after the headline and just before it, where news sites print the date."""
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), None)
    if headline is None:
        return []
    around = (*layout.segments[headline + 1 : headline + 12], *layout.segments[max(0, headline - 5) : headline])
    return [segment.text for segment in around if segment.link_density < 0.9]


def _voices(
    head: PageHead, candidate: Candidate | None, layout: Layout, context: DateContext, day: datetime | None
) -> Iterator[Voice]:
    for name in ("datePublished", "dateCreated", "uploadDate"):
        yield from (_read(Voice(origin="json-ld", value=text), context) for text in texts_of(head.data(name)))
    yield from (_read(Voice(origin="meta", value=text), context) for text in head.all_of(*PUBLISHED_META))
    yield from (_read(Voice(origin="html", value=text), context) for text in _time_elements(head))
    if candidate is not None and candidate.published is not None:
        yield _read(Voice(origin=candidate.channel.value, value=candidate.published), context)
    yield Voice(origin="text", value=printed_date(lines_at_headline(layout), context))
    yield Voice(origin="url", value=day)


def _late_voices(head: PageHead, layout: Layout, context: DateContext) -> Iterator[Voice]:
    """Yield the dates that stand elsewhere in the page; the slow search (some 5 ms) comes last."""
    yield Voice(origin="text", value=printed_date(_short_lines(layout), context))
    yield Voice(origin="text", value=date_in_text(head.tree, head.url, context))


def _read(voice: Voice, context: DateContext) -> Voice:
    """Return the voice with the moment it names, or at fault with what it says."""
    moment = voice.value if isinstance(voice.value, datetime) else read_moment(voice.value, context)
    return attrs.evolve(voice, fault=NO_DATE) if moment is None else attrs.evolve(voice, value=moment)


def _judged(voice: Voice, context: DateContext) -> Voice:
    moment = voice.value
    if voice.fault or not isinstance(moment, datetime):
        return voice if voice.fault else attrs.evolve(voice, fault=NO_DATE)
    if not is_plausible(moment, context):
        fault = "later than the fetch" if moment > context.latest else "before there were news pages"
        return attrs.evolve(voice, fault=fault)
    return voice


def _bounded(voices: list[Voice], day: datetime | None) -> list[Voice]:
    """Return the voices, at fault where they lie far from the `day` that the address names.

    A printed date then belongs to something else on the page. What the page marks as its date loses only where it is
    later than the day, as a change is, and another voice stands by the address: articles that are published anew
    keep their old address, and those that moved house have a new one.
    """
    if day is None:
        return voices
    far = [not voice.fault and _is_outside(voice, day) for voice in voices]
    is_backed = any(
        not voice.fault and not away and voice.origin != "url" for voice, away in zip(voices, far, strict=True)
    )
    return [
        attrs.evolve(voice, fault=OUTSIDE) if away and (is_backed or voice.origin not in DECLARED) else voice
        for voice, away in zip(voices, far, strict=True)
    ]


def _is_outside(voice: Voice, day: datetime) -> bool:
    """Whether the voice is too late for the address, or, where nothing marks it as the page's date, too early."""
    later = voice.value.replace(tzinfo=None) - day.replace(tzinfo=None)
    return bool(later > NEAR_URL or (later < -NEAR_URL and voice.origin not in MARKED))


def _time_elements(head: PageHead) -> Iterator[str]:
    """Yield the dates of `<time>` and microdata that stand before or in the article, not in a list of others."""
    properties = [node for node in head.marked.get("itemprop", ()) if node.get("itemprop") == "datePublished"]
    times = [
        node
        for node in head.marked.get("time", ())
        if (node.get("datetime") if node.tag == "time" else "published" in (node.get("class") or ""))
        and not CHANGED.search(f"{node.get('class') or ''} {node.get('itemprop') or ''}")
    ]
    for element in (*properties, *times)[:MAX_TIMES]:
        if any(node.tag in {"aside", "nav", "footer", "li"} for node in element.iterancestors()):
            continue
        written = element.get("datetime") or element.get("content") or element.get("title") or element.text_content()
        if written:
            yield written


def _short_lines(layout: Layout) -> Iterable[str]:
    """Return the lines of the page that hold little more than a date could be, from the headline on, then above it."""
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), 0)
    lines = (*layout.segments[headline:], *layout.segments[:headline])
    return [line.text for line in lines if len(line.text) <= MAX_SHORT and line.link_density < 0.5]
