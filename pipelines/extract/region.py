"""Where the page's prose stands: a second opinion beside trafilatura's.

Prose lines lend their length to the elements around them, the nearest most; the element with the most is the region.
After Readability's scoring (Arc90, 2009), on segments instead of `<p>`, so that text parted by `<br>` counts too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from pipelines.extract.segments import SENTENCE_END, Segment
from pipelines.model import BlockKind

CUT_SHORT = re.compile(r"(?:\.\.\.|…)\W*$")
# What publishing systems call the readers' comments; `comments-open` on a page's frame is no container.
COMMENTS = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|comment-?list|comment-?area|kommentare?|commentaires?|comentarios|commenti|"
    r"reacties|disqus\w*|fb-comments|replies)(?:$|[\s_-](?!open|closed|link|count|off))",
    re.IGNORECASE,
)
MIN_PROSE = 60
# East Asian text says the same in about a third of the characters.
MIN_DENSE_PROSE = 25
DENSE = "\u3040"
LEVELS = 4
END = 12  # characters that tell how a line ends
NEARLY_ALL = 0.95
INNERMOST = frozenset(("p", "li", "span"))


def is_prose(segment: Segment) -> bool:
    """Whether the segment reads as running text: long enough, ended like a sentence, not mostly links."""
    if segment.link_density > 0.3 or segment.kind in {BlockKind.HEADING, BlockKind.TABLE_ROW}:
        return False
    shortest = MIN_DENSE_PROSE if segment.key[:1] >= DENSE else MIN_PROSE
    if len(segment.text) < shortest:
        return False
    end = segment.text[-END:]
    return SENTENCE_END.search(end) is not None and CUT_SHORT.search(end) is None


def prose_length(segments: Iterable[Segment]) -> int:
    """Return the characters of prose in `segments`."""
    return sum(len(segment.text) for segment in segments if is_prose(segment))


def stands_in_comments(element: HtmlElement | None, known: dict[HtmlElement, bool]) -> bool:
    """Whether `element` stands in a container of readers' comments; `known` keeps what was found out, per page."""
    if element is None or element.tag in {"body", "html"}:
        return False
    if element not in known:
        named = element.tag not in {"article", "main"} and COMMENTS.search(
            f"{element.get('class') or ''} {element.get('id') or ''}"
        )
        known[element] = bool(named) or stands_in_comments(element.getparent(), known)
    return known[element]


def main_region(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments from the first prose line of the page's main element to its last; empty without prose."""
    scores: dict[HtmlElement, float] = defaultdict(float)
    comments: dict[HtmlElement, bool] = {}
    for segment in segments:
        if is_prose(segment) and not stands_in_comments(segment.element, comments):
            share = float(len(segment.text))
            node: HtmlElement | None = segment.element
            for _ in range(LEVELS):
                if node is None or node.tag == "html":
                    break
                scores[node] += share
                node, share = node.getparent(), share * 0.75
    if not scores:
        return []
    best = max(scores, key=lambda node: scores[node])
    inside = [segment for segment in _within(best, segments) if not stands_in_comments(segment.element, comments)]
    prose = [position for position, segment in enumerate(inside) if is_prose(segment)]
    return [segment for segment in inside[prose[0] : prose[-1] + 1] if segment.link_density < 0.8]


def story_frame(segments: Sequence[Segment]) -> HtmlElement | None:
    """Return the lowest element that holds the first `h1` and nearly all prose but the readers'; else None."""
    comments: dict[HtmlElement, bool] = {}
    prose = [line for line in segments if is_prose(line) and not stands_in_comments(line.element, comments)]
    needed = NEARLY_ALL * sum(len(line.text) for line in prose)
    held: dict[HtmlElement, int] = defaultdict(int)
    for line in prose:
        for node in (line.element, *line.element.iterancestors()):
            held[node] += len(line.text)
    title = next((line.element for line in segments if line.element.tag == "h1"), None)
    frames = list(title.iterancestors()) if title is not None else list(held)
    holding = [node for node in frames if prose and held.get(node, 0) >= needed and node.tag not in INNERMOST]
    # They lie one in the other: the lowest holds no other of them.
    outer = {node.getparent() for node in holding}
    return next((node for node in holding if node not in outer), None)


def _within(ancestor: HtmlElement, segments: Sequence[Segment]) -> list[Segment]:
    known: dict[HtmlElement, bool] = {ancestor: True}

    def holds(element: HtmlElement | None) -> bool:
        if element is None:
            return False
        if element not in known:
            known[element] = holds(element.getparent())
        return known[element]

    return [segment for segment in segments if holds(segment.element)]
