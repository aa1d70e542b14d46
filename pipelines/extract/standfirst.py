"""The standfirst: the sentence or two that a page prints between headline and text, else its own summary."""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from pipelines.extract.claims import Choice, Voice, settle
from pipelines.extract.head import PageHead
from pipelines.extract.headline import likeness_of
from pipelines.extract.names import without_dates
from pipelines.extract.segments import SENTENCE_END, Layout, Segment, text_key
from pipelines.extract.tags import HEADINGS

DESCRIPTION_META = ("og:description", "description", "twitter:description", "dc.description")
# What publishing systems call a standfirst in classes, ids and test ids.
MARK = re.compile(
    r"standfirst|sub-?title|sub-?head(?:line)?\b|\bdek\b|\bdeck\b|\blead\b|\blede\b|lead-?(?:text|paragraph)|vorspann|"
    r"chapo|\bchapeau|sottotitolo|sommario|\bbajada|entradilla|subt[ií]tulo|\bingress|\bsummary\b|article-?summary|"
    r"\bintro\b|article-?intro|article-?lead|anreisser|\bmanchet|\bperex|\bpreamble|\babstract\b|\bexcerpt\b",
    re.IGNORECASE,
)
PICTURE = re.compile(r"caption|credit|copyright|figure|image|photo", re.IGNORECASE)
CUT = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")
MIN_LENGTH, MAX_LENGTH = 40, 700
LINES_AFTER = 10
LEVELS = 4
TOO_LIKE = 0.7
"""Share of its words that a line has in common with the headline from which it is the headline again."""


def choose_description(head: PageHead, layout: Layout, headline: str | None) -> Choice:
    """Return the standfirst as printed (`html`), else the summary in JSON-LD or the meta tags."""
    declared = [
        Voice(origin="json-ld", value=head.data_text("description")),
        *(Voice(origin="og" if name[:2] == "og" else "meta", value=head.first(name)) for name in DESCRIPTION_META),
    ]
    declared = [voice for voice in declared if voice.value]
    printed = _printed(layout, [voice.value for voice in declared], headline or "")
    own = text_key(headline or "")
    voices = [Voice(origin="html", value=printed), *declared]
    said = [voice for voice in voices if voice.value and text_key(voice.value) != own]
    reason = "printed between headline and text" if printed else "the page prints no standfirst"
    return settle("description", voices, next(iter(said), None), reason)


def _printed(layout: Layout, declared: Sequence[str], headline: str) -> str | None:
    """Return the line below the headline that is set apart from the text: by its class, as a heading, or by its markup.

    Where the page declares the same words, it is enough that the line looks otherwise than the next. The first long
    line that is not set apart is the text.
    """
    top = next((segment for segment in layout.segments if segment.element.tag == "h1"), None)
    if top is None:
        return None
    below = layout.segments[top.index + 1 : top.index + 1 + LINES_AFTER]
    keys = [key for text in declared if (key := text_key(CUT.sub("", text)))]
    for index, line in enumerate(below):
        if not _may_be_standfirst(line, headline):
            continue
        said = any(line.key.startswith(key) or key.startswith(line.key) for key in keys)
        following = below[index + 1] if index + 1 < len(below) else None
        differs = following is not None and _look(following) != _look(line)
        if _is_marked(line.element) or (said and differs) or (_is_heading(line, top) and (said or differs)):
            return line.text
        if len(line.text) > 2 * MIN_LENGTH:
            return None
    return None


def _may_be_standfirst(line: Segment, headline: str) -> bool:
    if not MIN_LENGTH <= len(line.text) <= MAX_LENGTH or line.link_density > 0.3:
        return False
    if any(PICTURE.search(_names(node)) or node.tag in {"figure", "figcaption"} for node in _frames(line.element)):
        return False
    if likeness_of(line.text, headline) >= TOO_LIKE:
        return False
    return len(line.text) > 2 * MIN_LENGTH or without_dates(line.text) == line.text


def _is_heading(line: Segment, top: Segment) -> bool:
    """Whether the line is a heading of the headline's own frame that reads as a sentence."""
    if line.element.tag not in HEADINGS or not SENTENCE_END.search(line.text):
        return False
    return line.index - top.index <= 3


def _is_marked(element: HtmlElement) -> bool:
    """Whether the element, or a frame of it that holds little else, bears a standfirst's name."""
    return any(
        MARK.search(name) and len(node.text_content()) < 2 * MAX_LENGTH
        for node in _frames(element)
        if (name := _names(node))
    )


def _frames(element: HtmlElement) -> list[HtmlElement]:
    frames: list[HtmlElement] = []
    node: HtmlElement | None = element
    while node is not None and len(frames) < LEVELS and node.tag not in {"article", "main", "body"}:
        frames.append(node)
        node = node.getparent()
    return frames


def _names(element: HtmlElement) -> str:
    return " ".join(filter(None, (element.get("class"), element.get("id"), element.get("data-testid"))))


def _look(line: Segment) -> tuple[str, str | None, str | None]:
    return line.element.tag, line.element.get("class"), line.emphasis
