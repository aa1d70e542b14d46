"""An image's frame: the element that holds it and what belongs to it alone, and the lines in it.

A line in a picture's frame is its caption or its credit by its place; here only what markup says of it is read. What
its form and words say is the cleaning's work.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

import attrs
from lxml.html import HtmlElement

from pipelines.extract.jsonld import plain_text
from pipelines.extract.segments import collapse
from pipelines.extract.tags import BLOCK_TAGS, IMAGE_TAGS, SKIPPED
from pipelines.model import ImageLine, LineRole

CAPTION_MARK = re.compile(
    r"caption|legend|bildunterschrift|bildtext|cutline|pie-?(?:de-?)?foto|didascalia|description|photo-?desc|bijschrift",
    re.IGNORECASE,
)
# In a picture's frame these words can only mean the picture's.
CREDIT_MARK = re.compile(
    r"credit|photographer|copyright|author|byline|attribution|courtesy|agency|distributor|provider|source|"
    r"(?:^|[-_\s])(?:rights|owner)|photo-?by|fotograf|bildnachweis|quelle|crédito",
    re.IGNORECASE,
)
# In a frame that nothing but its place makes one, an author or source may be a teaser's: the name must say a picture's.
PICTURE_CREDIT = re.compile(
    r"credit|photographer|copyright|attribution|photo-?by|fotograf|bildnachweis|bildquelle|"
    r"(?:image|img|photo|foto|picture|media|bild|caption|figure|fig)[\w-]*[-_](?:author|byline|source|agency|rights|owner)",
    re.IGNORECASE,
)
FRAME_NAME = re.compile(r"caption|figure|image|photo|media|picture|bild|foto|gallery|slide", re.IGNORECASE)
DATA_NAME = re.compile(r"data-(?:[a-z]+-)*?(?:(caption)|credits?|copyright|photographer)")
MARKS = frozenset(("class", "itemprop"))
FIGURES = frozenset(("figure", "dl", "table"))
OUTER = frozenset(("body", "article", "main", "html"))
NOT_IN_FRAME = ("h1", "time", "form", "nav")
WORDLESS = re.compile(r"[\W_]*")
MAX_FRAME_TEXT = 700
MAX_BARE_TEXT = 200
MAX_CREDIT = 110
MAX_FLAG = 40
MAX_LINKED = 0.3


@attrs.frozen
class _Run:
    """A run of text within one element; a break between lines when there is no text."""

    text: str | None = None
    role: LineRole | None = None
    holder: HtmlElement | None = None


BREAK = _Run()


def find_frame(element: HtmlElement, images: Collection[HtmlElement]) -> HtmlElement | None:
    """Return the widest element that holds this one of `images` and little text; None when the image stands bare.

    An element that nothing names a frame is one when it holds only some words beside the image. A paragraph is none:
    pictures are set into the story's.
    """
    frame = None
    for node in element.iterancestors():
        if node.tag in OUTER or not _holds_alone(node, element, images):
            break
        length = len(collapse(node.text_content()))
        if length > MAX_FRAME_TEXT:
            break
        if node.tag in FIGURES or ((length or _says_of_image(node)) and _is_frame(node, length)):
            frame = node
        if node.tag == "figure" and length:  # a figcaption can stand beside a figure that holds the image alone
            break
    return frame


def _says_of_image(node: HtmlElement) -> bool:
    return any(name.startswith("data-") and DATA_NAME.fullmatch(name) for name, _ in node.items())


def _is_frame(node: HtmlElement, length: int) -> bool:
    if (node.tag in {"p", "picture"} or length > MAX_BARE_TEXT) and not FRAME_NAME.search(label_of(node)):
        return False
    # A teaser is a link; only a small part of a caption is.
    return sum(len(collapse(link.text_content())) for link in node.iter("a")) <= MAX_LINKED * length


def frame_lines(frame: HtmlElement) -> Iterator[ImageLine]:
    """Yield the lines in an image's frame, in page order; what the frame's attributes say comes last."""
    credit = CREDIT_MARK if frame.tag in FIGURES or frame.find(".//figcaption") is not None else PICTURE_CREDIT
    for is_break, runs in groupby(_runs(frame, credit), lambda run: run.text is None):
        if not is_break:
            yield from _cut(list(runs))
    for meta in frame.iter("meta"):
        text, name = meta.get("content"), meta.get("itemprop") or ""
        if text and name and (role := _marked_role(name, CREDIT_MARK)):
            yield ImageLine(text=collapse(text), role=role)
    yield from attribute_lines(frame)


def attribute_lines(element: HtmlElement) -> Iterator[ImageLine]:
    """Yield what `data-credit`, `data-caption` and the like say, then what `alt` and `title` describe."""
    for name, value in element.items():
        if name.startswith("data-") and (match := DATA_NAME.fullmatch(name)):
            text = plain_text(value)
            role = LineRole.CAPTION if match[1] else LineRole.CREDIT
            if not WORDLESS.fullmatch(text) and not text.startswith(("{", "[", "http")) and len(text) <= MAX_FRAME_TEXT:
                yield ImageLine(text=text, role=role)
    if element.tag in IMAGE_TAGS:
        for name in ("alt", "title"):
            text = plain_text(element.get(name) or "")
            if text and len(text) <= MAX_FRAME_TEXT:
                yield ImageLine(text=text, role=LineRole.DESCRIPTION)


def label_of(node: HtmlElement) -> str:
    """Return what an element is called: by its class, microdata and short data attributes, and by a name of its own."""
    names = [
        value for name, value in node.items() if name in MARKS or (name.startswith("data-") and len(value) <= MAX_FLAG)
    ]
    if "-" in node.tag:
        names.append(node.tag)
    return " ".join(names)


def _holds_alone(node: HtmlElement, element: HtmlElement, images: Collection[HtmlElement]) -> bool:
    return all(
        found is element or (found.tag in IMAGE_TAGS and found not in images)
        for found in node.iter(*IMAGE_TAGS, *NOT_IN_FRAME)
    )


def _role(node: HtmlElement, credit: re.Pattern[str]) -> LineRole | None:
    if node.tag == "cite":
        return LineRole.CREDIT
    role = _marked_role(label_of(node), credit)
    if role is LineRole.CREDIT and len(collapse(node.text_content())) > MAX_CREDIT:
        return None
    return LineRole.CAPTION if role is None and node.tag == "figcaption" else role


def _marked_role(label: str, credit: re.Pattern[str]) -> LineRole | None:
    """Return what the last word of meaning in a label says: a `caption__author` is a credit."""
    if not label:
        return None
    last_caption = max((match.start() for match in CAPTION_MARK.finditer(label)), default=-1)
    last_credit = max((match.end() for match in credit.finditer(label)), default=-1)
    if last_caption == last_credit:
        return None
    return LineRole.CAPTION if last_caption > last_credit else LineRole.CREDIT


def _runs(
    node: HtmlElement, credit: re.Pattern[str], role: LineRole | None = None, holder: HtmlElement | None = None
) -> Iterator[_Run]:
    """Yield the text below `node`; a run's holder is the outermost inline element around it within its line."""
    if node.text:
        yield _Run(node.text, role, holder)
    for child in node:
        tag = child.tag
        if isinstance(tag, str) and tag not in SKIPPED:
            inner = _role(child, credit) or role
            if tag == "br" or tag in BLOCK_TAGS or tag in IMAGE_TAGS or "-" in tag:
                yield BREAK
                yield from _runs(child, credit, inner)
                yield BREAK
            else:
                yield from _runs(child, credit, inner, holder if holder is not None else _innermost(child))
        if child.tail:
            yield _Run(child.tail, role, holder)


def _innermost(element: HtmlElement) -> HtmlElement | None:
    """Return the element, or None where it wraps a line of several elements and is as good as none."""
    return None if len(element) > 1 and not (element.text or "").strip() else element


def _cut(runs: Sequence[_Run]) -> Iterator[ImageLine]:
    """Yield a line's credits, each from an element of its own, and before them what is left of it."""
    rest: list[_Run] = []
    credited: list[str] = []
    before, holder = False, runs[0].holder
    for run in runs:
        # What stands between two credits belongs to them; what stands before one, to what is before.
        is_credit = run.role is LineRole.CREDIT or (before and WORDLESS.fullmatch(run.text or "") is not None)
        if is_credit and before:
            # Elements that touch are parted by the style sheet.
            text = run.text or ""
            touches = run.holder is not holder and credited[-1][-1:].isalnum() and text[:1].isalnum()
            credited[-1] += f"/{text}" if touches else text
        elif is_credit:
            credited.append(run.text or "")
        else:
            rest.append(run)
        before, holder = is_credit, run.holder
    yield from _line_of(rest)
    for text in credited:
        if not WORDLESS.fullmatch(text):
            yield ImageLine(text=collapse(text).strip(" |/,;"), role=LineRole.CREDIT)


def _line_of(runs: Sequence[_Run]) -> Iterator[ImageLine]:
    """Yield what is left of a line; its elements are lines of their own when all its text lies in some."""
    groups = [list(group) for _, group in groupby(runs, lambda run: run.holder)]
    groups = [group for group in groups if not WORDLESS.fullmatch("".join(run.text or "" for run in group))]
    apart = len(groups) > 1 and all(group[0].holder is not None for group in groups)
    for part in groups if apart else [runs]:
        text = collapse("".join(run.text or "" for run in part))
        if not WORDLESS.fullmatch(text):
            role = next((run.role for run in part if run.role is not None), None)
            if role is None and all(run.holder is not None and run.holder.tag == "a" for run in part if run.text):
                continue  # a link, and not within a caption: a label of what shows the picture, or a teaser
            parts = () if apart or len(groups) < 2 else tuple("".join(r.text or "" for r in group) for group in groups)
            yield ImageLine(text=text, role=role, parts=parts)
