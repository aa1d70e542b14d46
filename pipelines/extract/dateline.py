"""The dateline: the place and the wire agency that the first lines of a report open with."""

import re
from collections.abc import Iterable

from pipelines.extract.agencies import is_agency
from pipelines.extract.segments import Layout
from pipelines.model import Dateline

DASH = r"(?:\s*[–—―]+\s*|\s+-{1,2}\s*|-{1,2}\s+|--\s*|\.\s?[-–—]+\s*)"
# `WASHINGTON, Jan. 5 (Reuters) — `, `BERLIN – `; `Berlin (dpa/bb) - `; `(AFP) – `.
CAPITALS = re.compile(
    r"(?P<place>[^\W\d_a-z][^\W\d_a-zäöüß]{2,}(?:[ .,'’/-]{1,2}[^\W\d_a-zäöüß]+){0,5}(?:, [A-Z][\w.]{1,14})?)"
    rf"(?:,? [A-Z]\w{{2,8}}\.? \d{{1,2}}(?:, \d{{4}})?|, \d{{1,2}}\.? \w{{3,9}}\.?)?"
    rf"(?:\s?[(\[](?P<agency>[^)\]]{{2,40}})[)\]])?{DASH}(?=\S)"
)
TITLED = re.compile(
    rf"(?P<place>[^\W\d_][\w'’-]+(?:[ /.-]{{1,2}}[\w'’-]+){{0,3}}(?:, [^\W\d_][\w'’-]+)?)"
    rf"(?:,? \d{{1,2}}\.? ?\w{{3,9}}\.?)?\s?[(\[](?P<agency>[^)\]]{{2,40}})[)\]](?:{DASH}|[.:]?\s)(?=\S)"
)
ALONE = re.compile(rf"[(\[](?P<agency>[^)\]]{{2,40}})[)\]]{DASH}(?=\S)")
CHINESE = re.compile(
    r"[（(]?(?P<agency>新华社|新華社|中新社|中新网|中央社)(?:记者[^\s\d]{2,8})?"
    r"(?P<place>[\u4e00-\u9fff]{2,8}?)\d{1,2}(?:月\d{1,2})?日\S{0,6}?电[）)]?"
)
KOREAN = re.compile(r"[(\[【](?P<place>[가-힣·]{2,10})=(?P<agency>[^)\]】]{2,12})[)\]】]")
JAPANESE = re.compile(
    r"【(?P<place>[^】＝=\d]{2,12}?)[＝=\s]?(?P<agency>共同|時事|AFP|ロイター)?(?:[＝=][^】]{2,12})?】"
)
READERS = (CHINESE, KOREAN, JAPANESE, CAPITALS, TITLED, ALONE)
# Labels that news sites shout before a dash.
NO_PLACE = re.compile(
    r"^(?:breaking|updated?|exclusive|watch|live|video|opinion|analysis|explainer|review|interview|editorial|photos?|eil|"
    r"exklusiv|kommentar|ratgeber|foto|urgent|exclusif|direct|actualización|urgente|срочно|aktualisiert|korrektur|"
    r"correction|note|faq|q|a|q&a|tl;dr)\b",
    re.IGNORECASE,
)
MIN_LENGTH = 50
MAX_PLACE = 45
LINES = 4


def find_dateline(layout: Layout) -> Dateline | None:
    """Return the dateline that one of the first lines of running text opens with; None when none does."""
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), -1)
    prose = (
        segment.text
        for segment in layout.segments[headline + 1 :]
        if len(segment.text) >= MIN_LENGTH and segment.link_density < 0.3
    )
    return read_dateline(text for text, _ in zip(prose, range(LINES), strict=False))


def read_dateline(paragraphs: Iterable[str]) -> Dateline | None:
    """Return the dateline of the first of `paragraphs` that opens with one; the text is left as it is."""
    return next((found for text in paragraphs if (found := _read(text[:160]))), None)


def _read(text: str) -> Dateline | None:
    for pattern in READERS:
        match = pattern.match(text)
        if match is None:
            continue
        parts = match.groupdict()
        place, agency = (parts.get("place") or "").strip(" ,.") or None, (parts.get("agency") or "").strip() or None
        if agency is not None and any(character.isdigit() for character in agency):
            agency = None
        if pattern is JAPANESE and agency is None and "＝" not in match[0] and "=" not in match[0]:
            continue
        # Scripts without capitals: there one word may be a place, several are a sentence.
        if pattern is CAPITALS and not (place or "").partition(",")[0].isupper() and " " in (place or ""):
            continue
        if pattern in {TITLED, ALONE} and not is_agency((agency or "").partition("/")[0]):
            continue
        if place is not None and (len(place) > MAX_PLACE or NO_PLACE.match(place) or is_agency(place)):
            continue
        return Dateline(text=match[0].strip(), place=place, agency=agency)
    return None
