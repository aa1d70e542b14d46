"""What holds a line: its element, the tags around it, and what their class names speak of."""

import re
from functools import lru_cache

import attrs
from lxml.html import HtmlElement

from pipelines.extract.tags import HEADINGS

# Words of class names and ids; a name is cut into its words first (`sideBar-related`: side, bar, related). Alone they
# lose more than they win (`promo` on the story's own frame): they are evidence beside the rest.
TOPICS = {
    "related": "related recommend recommended recommendation recommendations more teaser teasers promo read next also "
    "similar trending popular most recirc recirculation readmore onward links link list latest",
    "subscribe": "newsletter subscribe subscription signup paywall premium piano subscriber abo register regwall",
    "comments": "comment comments disqus reply replies respond commentlist kommentar kommentare",
    "facts": "meta date time timestamp published info category categories tag tags topic topics breadcrumb breadcrumbs "
    "kicker label section updated dateline keywords",
    "box": "box aside sidebar widget infobox fact factbox module panel inset pullquote callout component block",
    "controls": "nav navigation menu footer header pagination toolbar button btn modal popup cookie consent login "
    "overlay dialog skip search form",
    "text": "content body text article story post entry paragraph copy main prose richtext articlebody",
    "lead": "lead lede intro standfirst summary dek deck subtitle subhead subheadline excerpt description abstract "
    "chapo vorspann entradilla ingress sommario",
}
TOPIC_BITS = {word: 1 << place for place, words in enumerate(TOPICS.values()) for word in words.split()}
BITS = {topic: 1 << place for place, topic in enumerate(TOPICS)}
NEAR = ("controls", "comments", "related")
ABOVE = ("facts", "controls", "text", "subscribe", "comments", "box")
HOLDERS = {"footer": 1, "article": 2, "main": 4}
NAME_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
NEAR_LEVELS = 3
LONGEST_NAMES = 300


@attrs.frozen
class _Frame:
    """An element's own topics (bits), those of the three above it, of all above it, what holds it, and how deep."""

    own: int
    trail: tuple[int, ...]
    above: int
    holders: int
    depth: int
    measures: tuple[float, ...] = ()


class Frames:
    """The frames of a page's elements, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[HtmlElement, _Frame] = {}

    def measures(self, element: HtmlElement) -> tuple[float, ...]:
        """Return the measures `level` to `above_box` of a line in `element`."""
        return self._of(element).measures

    def _of(self, element: HtmlElement) -> _Frame:
        frame = self._known.get(element)
        if frame is None:
            frame = self._known[element] = self._work_out(element)
        return frame

    def _work_out(self, element: HtmlElement) -> _Frame:
        parent = element.getparent()
        if parent is None or element.tag in {"body", "html"}:
            return _measured(_Frame(0, (), 0, 0, 0), element.tag)
        own = topics_of(f"{element.get('class') or ''} {element.get('id') or ''}")
        above = self._of(parent)
        frame = _Frame(
            own,
            (above.own, *above.trail)[:NEAR_LEVELS],
            above.above | above.own,
            above.holders | HOLDERS.get(element.tag, 0),
            above.depth + 1,
        )
        return _measured(frame, element.tag)


@lru_cache(maxsize=8192)
def topics_of(names: str) -> int:
    """Return what class names and ids speak of, as bits in the order of `TOPICS`."""
    bits = 0
    for part in NAME_PART.findall(names[:LONGEST_NAMES]):
        bits |= TOPIC_BITS.get(part.lower(), 0)
    return bits


def _measured(frame: _Frame, tag: str) -> _Frame:
    near = 0
    for bits in frame.trail:
        near |= bits
    measures = (
        float(tag[1]) if tag in HEADINGS and tag[1:].isdigit() else 0.0,
        float(tag == "div"),
        float(frame.depth),
        *(float(bool(frame.holders & bit)) for bit in HOLDERS.values()),
        float(bool(frame.own & BITS["lead"])),
        *(float(bool(near & BITS[topic])) for topic in NEAR),
        *(float(bool(frame.above & BITS[topic])) for topic in ABOVE),
    )
    return attrs.evolve(frame, measures=measures)
