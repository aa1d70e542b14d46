"""The headline: what the page prints as such, held against what it declares; without kicker and site name."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import attrs
from lxml.html import HtmlElement

from pipelines.extract.claims import Choice, Voice, settle
from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import ARTICLE_TYPES, types_of
from pipelines.extract.segments import Layout, collapse, text_key, visible_text
from pipelines.extract.tags import HEADINGS
from pipelines.model import Candidate

# "Title - The Site", "Title | Section | The Site", "The Site: Title" is left alone.
SEPARATOR = re.compile(r"\s+[-–—|•·«»‹›:/~⁄]+\s+|\s*[|｜_]\s*|\s*--+\s*")
KICKER = re.compile(
    r"kicker|overline|over-?title|dach-?zeile|top-?line|roof-?line|eyebrow|spitz-?marke|catch-?line|pre-?title|"
    r"pre-?headline|sur-?titre|ante-?t[ií]tulo|occhiello|category|rubri[ck]|label|badge|\btag\b|\bflag\b",
    re.IGNORECASE,
)
# Headings for search engines and screen readers alone.
HIDDEN = re.compile(
    r"bread-?crumb|seo|visually-?hidden|\bsr-only|screen-?reader|\baural\b|\bhidden\b|logo|site-?(?:title|name)|brand",
    re.IGNORECASE,
)
WORD = re.compile(r"\w+")
LIKENESS = 0.34
"""Share of words that a heading has in common with what the page declares, from which it is believed."""
MAX_KICKER = 60
MIN_CUT = 40
MIN_WORDS = 3
GOOGLES_LIMIT = range(100, 112)
MAX_HEADLINE = 300


@attrs.frozen(kw_only=True)
class Heading:
    """A heading of the page: its text, and the same without what its markup sets off as a kicker."""

    text: str
    bare: str
    is_hidden: bool


def choose_headline(head: PageHead, candidate: Candidate | None, layout: Layout, site_names: Sequence[str]) -> Choice:
    """Return the headline.

    What an article's JSON-LD calls its headline comes first, then a heading (`h1`) that shares its words with what the
    page declares: OpenGraph and the title are told other headlines than readers. Last comes what several voices
    declare alike, one that is also printed on the page before one that is not.
    """
    declared = _declared(head, candidate, site_names)
    headings = read_headings(head, site_names)
    others = [voice.value for voice in declared]
    data = _from_data(head, declared)
    printed = _printed(headings, [data.value] if data else others)
    voices = [*(Voice(origin="html", value=heading.text) for heading in headings[:4]), *declared]
    if data is not None:
        said = Heading(text=data.value, bare=data.value, is_hidden=False)
        text = without_kicker(said, [voice.value for voice in voices if voice.origin in {"html", "og"}])
        return settle("headline", voices, attrs.evolve(data, value=text), "declared as the headline")
    if printed is not None:
        text = without_kicker(printed, others)
        chosen = Voice(origin="html", value=strip_site(text, site_names))
        return settle("headline", voices, chosen, "the heading that readers see")
    return _by_agreement(voices, declared, layout)


def _from_data(head: PageHead, declared: Sequence[Voice]) -> Voice | None:
    """Return what the JSON-LD of an article calls its headline; None when there is none.

    Where it is cut short (Google asks for at most 110 characters), the voice that goes on is returned.
    """
    data = next((voice for voice in declared if voice.origin == "json-ld"), None)
    if data is None or not any(name in ARTICLE_TYPES for name in types_of(head.article)):
        return None
    key = text_key(data.value)
    longer = [voice for voice in declared if len(key) > MIN_CUT and text_key(voice.value).startswith(key)]
    is_cut = data.value.endswith(("…", "...")) or len(data.value) in GOOGLES_LIMIT
    return longer[0] if is_cut and longer and len(longer[0].value) > len(data.value) + 3 else data


def strip_site(title: str, site_names: Sequence[str]) -> str:
    """Return `title` without the site's name at its end or start."""
    keys = {text_key(name).casefold() for name in site_names if name}
    keys.discard("")
    cuts = list(SEPARATOR.finditer(title))
    for cut in cuts:
        if cut.start() and _names_site(title[cut.end() :], keys):
            return title[: cut.start()].strip()
    for cut in reversed(cuts):
        if text_key(title[: cut.start()]).casefold() in keys:
            return title[cut.end() :].strip()
    return title


def read_headings(head: PageHead, site_names: Sequence[str]) -> tuple[Heading, ...]:
    """Return the page's `h1`s with text, those that are only the site's name left out."""
    own = {text_key(name).casefold() for name in site_names}
    found = (_heading(element) for element in head.marked.get("h1", ())[:12])
    return tuple(
        heading
        for heading in found
        if heading.text and len(heading.text) <= MAX_HEADLINE and text_key(heading.text).casefold() not in own
    )


def without_kicker(heading: Heading, declared: Sequence[str]) -> str:
    """Return the heading without its kicker: as its markup sets it off, or where others declare the rest alone."""
    keys = {text_key(text).casefold() for text in declared}
    if heading.bare != heading.text and (
        text_key(heading.bare).casefold() in keys or text_key(heading.text).casefold() not in keys
    ):
        return heading.bare
    for cut in re.finditer(r":\s+|\s+[-–—|]\s+|\.\s+", heading.text):
        rest = heading.text[cut.end() :]
        if cut.start() <= MAX_KICKER and text_key(rest).casefold() in keys:
            return rest
    return heading.bare if heading.bare != heading.text else heading.text


def _declared(head: PageHead, candidate: Candidate | None, site_names: Sequence[str]) -> list[Voice]:
    told = (
        ("json-ld", head.data_text("headline", "name")),
        ("og", head.first("og:title")),
        ("meta", head.first("headline", "twitter:title", "parsely-title", "sailthru.title", "dc.title")),
        (candidate.channel.value if candidate else "feed", candidate.title if candidate else None),
        ("title", head.title),
    )
    voices = [Voice(origin=origin, value=strip_site(collapse(text or ""), site_names)) for origin, text in told]
    return [voice for voice in voices if voice.value]


def _heading(element: HtmlElement) -> Heading:
    text = collapse(visible_text(element))
    own = f"{element.get('class') or ''} {element.get('id') or ''}"
    frames = (node.get("class") or "" for node in element.iterancestors("nav", "ol", "ul", "div", "header"))
    hidden = HIDDEN.search(own) is not None or any("breadcrumb" in name.lower() for name in frames)
    return Heading(text=text, bare=_bare(element, text), is_hidden=hidden)


def _bare(element: HtmlElement, text: str) -> str:
    """Return the text without leading parts that their class calls a kicker, a label or a category."""
    for node in element.iterdescendants():
        if node.get("class") and KICKER.search(node.get("class")):
            kicker = collapse(visible_text(node))
            rest = text[len(kicker) :].lstrip(" :|–—-.•·") if kicker and text.startswith(kicker) else ""
            if len(kicker) <= MAX_KICKER and len(rest) >= 10:
                return rest
    return text


def _printed(headings: Sequence[Heading], declared: Sequence[str]) -> Heading | None:
    """Return the heading that readers see as the headline; None when no heading is to be believed.

    Of several, the one most like what is declared; where nothing is declared, the first. A single heading needs no
    likeness to a single declaration.
    """
    seen = [heading for heading in headings if not heading.is_hidden]
    if not seen:
        return None
    if not declared:
        return seen[0]
    likeness = [max(likeness_of(heading.text, text) for text in declared) for heading in seen]
    best = max(likeness)
    if best < LIKENESS:
        return seen[0] if len(seen) == len(declared) == 1 and len(seen[0].text.split()) >= MIN_WORDS else None
    return seen[likeness.index(best)]


def likeness_of(text: str, other: str) -> float:
    """Return how many words two texts share, 0 to 1: of both (F1), or half as much of the shorter alone."""
    ours, theirs = Counter(_words(text)), Counter(_words(other))
    if not ours or not theirs:
        return 0.0
    common = (ours & theirs).total()
    return max(2 * common / (ours.total() + theirs.total()), 0.5 * common / min(ours.total(), theirs.total()))


def _words(text: str) -> list[str]:
    """Return the words of `text`; where a script has no spaces, its pairs of characters."""
    words = WORD.findall(text.casefold())
    if words and max(map(len, words)) > 12 and not text.isascii():
        return [word[index : index + 2] for word in words for index in range(max(1, len(word) - 1))]
    return words


def _by_agreement(voices: Sequence[Voice], declared: Sequence[Voice], layout: Layout) -> Choice:
    """Return what most voices declare alike; what is printed on the page, whole or in part, counts as said twice."""
    lines = {segment.key.casefold(): segment for segment in layout.segments if len(segment.text) <= MAX_HEADLINE}
    best, most = None, 0.0
    for voice in declared:
        for part in _parts(voice.value):
            key = text_key(part).casefold()
            said = sum(1.0 for other in declared if text_key(other.value).casefold() == key)
            if key in lines:
                said += 2.5 if lines[key].element.tag in HEADINGS else 0.5
            if said > most:
                best, most = attrs.evolve(voice, value=part), said
    best = best or next(iter(voices), None)
    return settle("headline", voices, best, "declared, and printed on the page" if most > 2 else "declared")


def _parts(text: str) -> Iterable[str]:
    """Yield `text`, then what its separators part, where that is long enough for a headline."""
    yield text
    cuts = list(SEPARATOR.finditer(text))
    for start, end in zip([0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(text)], strict=True):
        if cuts and end - start >= 12:
            yield text[start:end].strip()


def _names_site(text: str, keys: set[str]) -> bool:
    key = text_key(text).casefold()
    return key in keys or any(
        len(name) > 4 and (key.startswith(name) or key.endswith(name)) and len(key) < len(name) + 25 for name in keys
    )
