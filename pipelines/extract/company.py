"""The company a line keeps: its neighbours, its like, and how the page's prose is shared out among the elements."""

import math
from collections import defaultdict
from collections.abc import Collection, Sequence

import attrs
from lxml.html import HtmlElement

from pipelines.extract.region import is_prose
from pipelines.extract.segments import Segment, text_key

FAR = 20.0
MANY = 60.0
MOST = 0.6
LEVELS = 12
WINDOW = 3

Mark = tuple[HtmlElement | None, str, str]


@attrs.define
class _Group:
    """Lines together: those marked alike, or those of one branch."""

    lines: int = 0
    first: int = 0
    size: float = 0.0
    prose_lines: int = 0
    prose: float = 0.0
    chosen: int = 0
    density: float = 0.0
    linked: float = 0.0

    def add(self, place: int, line: Segment, *, prose: bool, chosen: bool) -> None:
        size = len(line.text)
        if not self.lines:
            self.first = place
        self.lines += 1
        self.size += size
        self.prose_lines += prose
        self.prose += size if prose else 0
        self.chosen += chosen
        self.density += line.link_density
        self.linked += line.link_density * size


class Company:
    """The lines of a page together, and what of that each line is measured by."""

    def __init__(self, lines: Sequence[Segment], chosen: Collection[int], region: Collection[int]) -> None:
        self._lines = lines
        self._sizes = [len(line.text) for line in lines]
        self._chosen = [line.index in chosen for line in lines]
        self._region = [line.index in region for line in lines]
        self._prose = [is_prose(line) for line in lines]
        self._held: dict[HtmlElement, float] = defaultdict(float)
        self._parents: dict[HtmlElement | None, float] = defaultdict(float)
        self._alike: dict[Mark, _Group] = defaultdict(_Group)
        self._usual: dict[tuple[str, str], float] = defaultdict(float)
        self._marks = [_mark(line) for line in lines]
        self._share_out()
        prose = [place for place, is_text in enumerate(self._prose) if is_text]
        self._first, self._last = (prose[0], prose[-1]) if prose else (0, len(lines) - 1)
        self._story = self._find_story()
        self._branches: dict[HtmlElement | None, _Group] = defaultdict(_Group)
        self._branch_of = [self._branch(line.element) for line in lines]
        for place, line in enumerate(lines):
            self._branches[self._branch_of[place]].add(
                place, line, prose=self._prose[place], chosen=self._chosen[place]
            )
        self._nearest = self._distances()
        self._headline = -1
        self._before = self._running_prose()

    def find_headline(self, headline: str | None) -> None:
        """Note where the headline stands: the `h1` before the story, or a line of its wording."""
        key = text_key(headline or "").casefold()
        for place, line in enumerate(self._lines[: self._first + 3]):
            if line.element.tag == "h1" or (key and line.key.casefold() == key):
                self._headline = place
                break

    def page(self) -> tuple[float, ...]:
        """Return the measures `chosen_share` to `prose`, the same for all lines."""
        total = len(self._lines)
        return sum(self._chosen) / total, math.log1p(total), math.log1p(self._whole)

    def measures(self, place: int) -> tuple[float, ...]:
        """Return the measures `is_chosen` to `after2_length` of the line at `place`."""
        element, mark = self._lines[place].element, self._marks[place]
        return (
            float(self._chosen[place]),
            float(self._region[place]),
            float(self._prose[place]),
            place / len(self._lines),
            self._before[place],
            max(-FAR, min(FAR, place - self._first)),
            max(-FAR, min(FAR, self._last - place)),
            max(-1.0, min(FAR, place - self._headline)) if self._headline >= 0 else -2.0,
            self._share(element),
            self._parents[mark[0]] / self._whole,
            *self._steps(element),
            float(len(element)),
            *self._likeness(mark),
            *self._in_branch(place, element),
            self._nearest[place],
            *self._neighbours(place),
        )

    def _share_out(self) -> None:
        """Lend the length of each line of prose to all elements that hold it."""
        for place, line in enumerate(self._lines):
            mark = self._marks[place]
            self._alike[mark].add(place, line, prose=self._prose[place], chosen=self._chosen[place])
            if self._prose[place]:
                self._parents[mark[0]] += self._sizes[place]
                self._usual[mark[1:]] += self._sizes[place]
                node: HtmlElement | None = line.element
                while node is not None and node.tag != "html":
                    self._held[node] += self._sizes[place]
                    node = node.getparent()
        self._whole = sum(self._usual.values()) or 1.0

    def _find_story(self) -> HtmlElement | None:
        """Return the lowest element that holds most of the prose."""
        holding = [element for element, size in self._held.items() if size >= MOST * self._whole]
        # They lie one in the other, as each holds more than half: the lowest holds no other of them.
        outer = {element.getparent() for element in holding}
        return next((element for element in holding if element not in outer), None)

    def _branch(self, element: HtmlElement) -> HtmlElement | None:
        """Return the child of the story's element that `element` stands in; None when it stands elsewhere."""
        node: HtmlElement | None = element
        while node is not None:
            if node is self._story:
                return element
            parent = node.getparent()
            if parent is not None and parent is self._story:
                return node
            node = parent
        return None

    def _distances(self) -> list[float]:
        """Return how many lines away from each line the nearest other chosen one is, at most 20."""
        away = [FAR] * len(self._lines)
        for order in (range(len(away)), range(len(away) - 1, -1, -1)):
            since = FAR
            for place in order:
                away[place] = min(away[place], since)
                since = 1.0 if self._chosen[place] else min(FAR, since + 1)
        return away

    def _running_prose(self) -> list[float]:
        before, shares = 0.0, []
        for size, is_text in zip(self._sizes, self._prose, strict=True):
            shares.append(before / self._whole)
            before += size if is_text else 0
        return shares

    def _share(self, element: HtmlElement | None) -> float:
        return self._held[element] / self._whole if element in self._held else 0.0

    def _steps(self, element: HtmlElement) -> tuple[float, float]:
        """Return how many levels up half of the prose is held, and the share held one level below."""
        node: HtmlElement | None = element
        below = 0.0
        for steps in range(LEVELS):
            share = self._share(node)
            if node is None or share >= 0.5:
                return float(steps) if node is not None else float(LEVELS), below
            node, below = node.getparent(), share
        return float(LEVELS), below

    def _likeness(self, mark: Mark) -> tuple[float, ...]:
        group = self._alike[mark]
        return (
            min(MANY, group.lines),
            group.prose_lines / group.lines,
            group.chosen / group.lines,
            group.density / group.lines,
            self._usual.get(mark[1:], 0.0) / self._whole,
        )

    def _in_branch(self, place: int, element: HtmlElement) -> tuple[float, ...]:
        branch = self._branch_of[place]
        group = self._branches[branch]
        inside = branch is not None
        return (
            float(inside),
            float(branch is element),
            min(MANY, group.lines) if inside else -1.0,
            min(MANY, place - group.first) if inside else -1.0,
            group.linked / group.size,
            group.chosen / group.lines,
            group.prose / self._whole,
        )

    def _neighbours(self, place: int) -> tuple[float, ...]:
        near = range(max(0, place - WINDOW), min(len(self._lines), place + WINDOW + 1))
        linked = sum(self._lines[other].link_density * self._sizes[other] for other in near)
        return (
            linked / sum(self._sizes[other] for other in near),
            *self._beside(place - 2),
            self._beside(place - 1)[1],
            *self._beside(place + 1),
            float(self._chosen[place + 2]) if place + 2 < len(self._lines) else -1.0,
            self._beside(place + 2)[1],
        )

    def _beside(self, place: int) -> tuple[float, float]:
        """Return link density and length of the line at `place`, -1 beyond the ends."""
        if not 0 <= place < len(self._lines):
            return -1.0, -1.0
        return self._lines[place].link_density, math.log1p(self._sizes[place])


def _mark(line: Segment) -> Mark:
    """Return how a line is marked: its parent, its tag, its class."""
    return line.element.getparent(), line.element.tag, line.element.get("class") or ""
