"""What returns on the articles of one source: counted in bounded memory, judged by number, place and spread.

Counting is lossy (Manku and Motwani, Approximate frequency counts over data streams, 2002): at every 40th article,
what was seen on fewer articles than there were such rounds since it came is forgotten. So a block on more than 1 in 40
articles is never lost, the text of one story goes after one or two rounds, and `MAX_BLOCKS` is never passed.
"""

from collections.abc import Iterator
from typing import NamedTuple

import attrs

from pipelines.boilerplate.layout import Layout
from pipelines.boilerplate.sighting import Sighting
from pipelines.boilerplate.template import Mark, Side, find_home, place_sides
from pipelines.model import Furniture

ROUND = 40
MAX_BLOCKS = 4000
MAX_PLACES = 400
MAX_FURNITURE = 400
MAX_TEXT = 300
MAX_EXAMPLES = 3
MAX_DAYS = 4

# Chosen on synthetic sites (docs/template.md has the trials).
LEAST_ARTICLES = 4
LEAST_WITHIN = 10
SHARE_AT_EDGE = 0.08
SHARE_IN_FURNITURES_PLACE = 0.05
SHORTEST_SPAN = 10  # articles; a share of fewer says little
LEAST_DAYS = 2
ENOUGH_WITHOUT_DAYS = 12
RECURS = 0.6  # share of a place's blocks that were known before, from which on it is furniture's
SETTLED = 8  # blocks, before a place says anything


class Demands(NamedTuple):
    """What is asked of a block that returns where text stands, too.

    Attributes:
        articles: at the edge of the story, how many must have it.
        edge: on what share of its articles it must stand on one side of the story.
        within: on what share of all articles it must be to go from between the story's own paragraphs.
    """

    articles: int
    edge: float
    within: float


LINES = Demands(articles=LEAST_ARTICLES, edge=0.75, within=0.5)
SENTENCES = Demands(articles=6, edge=0.9, within=0.8)  # stories do repeat some, in follow-ups above all


@attrs.define(kw_only=True)
class Seen:
    """What is known of one block.

    Attributes:
        articles: how many different ones it was seen on.
        first, last: the first and the last of them, as numbers among those counted.
        sides: how many of them have it before, within and after the story; prose that is new is the story.
        days: the first few days on which these articles appeared, as ordinals.
        anywhere: how it goes (`Furniture.anywhere`); None while it stays.
        text, place: as last seen; like what follows, empty until the second article.
        since, until: ISO times of capture.
        examples: URLs.
    """

    articles: int = 0
    first: int
    last: int
    sides: dict[Side, int] = attrs.field(factory=lambda: dict.fromkeys(Side, 0))
    days: list[int] = attrs.field(factory=list)
    anywhere: bool | None = None
    text: str = ""
    place: str = ""
    since: str = ""
    until: str = ""
    examples: list[str] = attrs.field(factory=list)

    @property
    def share(self) -> float:
        """Of the articles from the first to the last that it was seen on."""
        return self.articles / max(self.last - self.first + 1, SHORTEST_SPAN)

    @property
    def edge(self) -> float:
        """The share of its articles on which it stands on its usual side of the story."""
        return max(self.sides[Side.BEFORE], self.sides[Side.AFTER]) / max(1, sum(self.sides.values()))


@attrs.define(kw_only=True)
class Recurrence:
    """The statistics of one source.

    Attributes:
        articles: how many were counted.
        blocks: by key.
        places: name -> how many blocks were new there, and how many known.
    """

    articles: int = 0
    blocks: dict[str, Seen] = attrs.field(factory=dict)
    places: dict[str, tuple[int, int]] = attrs.field(factory=dict)
    layout: Layout = attrs.field(factory=Layout)

    def note(self, sighting: Sighting) -> bool:
        """Count an article; return whether it shows that the source's pages are built otherwise than before.

        One that brings no new prose is a copy (AMP, print, an agency's text under a second address) and not counted.
        """
        marks = sighting.marks
        is_new = [mark.key not in self.blocks and mark.is_prose for mark in marks]
        home = find_home(marks, is_new)
        if home is None:
            return False
        self.articles += 1
        furnished = any(self.blocks[mark.key].anywhere is not None for mark in marks if mark.key in self.blocks)
        for mark, new, side in zip(marks, is_new, place_sides(marks, is_new), strict=True):
            self._count(mark, None if new else side, sighting)
        has_changed = self.layout.note(home, furnished=furnished, article=self.articles)
        if has_changed:
            self.places.clear()
        self._forget()
        return has_changed

    def furniture(self) -> tuple[Furniture, ...]:
        """Return what goes, the most recent first, 400 blocks at most."""
        going = [(key, seen) for key, seen in self.blocks.items() if seen.anywhere is not None]
        going.sort(key=lambda item: (item[1].last, item[1].articles, item[0]), reverse=True)
        return tuple(
            Furniture(key=key, articles=seen.articles, anywhere=bool(seen.anywhere))
            for key, seen in going[:MAX_FURNITURE]
        )

    def returning(self) -> Iterator[tuple[str, Seen]]:
        """Yield the blocks that were seen on more than one article, the most frequent first."""
        known = [(key, seen) for key, seen in self.blocks.items() if seen.articles > 1]
        yield from sorted(known, key=lambda item: (-item[1].articles, item[0]))

    def is_furnitures(self, place: str) -> bool | None:
        """Whether most texts in a place return; None when too few were seen to tell."""
        new, known = self.places.get(place, (0, 0))
        return None if new + known < SETTLED else known >= RECURS * (new + known)

    def _count(self, mark: Mark, side: Side | None, sighting: Sighting) -> None:
        seen = self.blocks.get(mark.key)
        new, known = self.places.get(mark.place, (0, 0))
        self.places[mark.place] = (new + (seen is None), known + (seen is not None))
        if seen is None:
            seen = self.blocks[mark.key] = Seen(first=self.articles, last=self.articles)
        else:
            seen.text, seen.place = mark.block.text[:MAX_TEXT], mark.place
            seen.since, seen.until = min(seen.since or sighting.at, sighting.at), max(seen.until, sighting.at)
            if len(seen.examples) < MAX_EXAMPLES:
                seen.examples.append(sighting.url)
        seen.articles += 1
        seen.last = self.articles
        if side is not None:
            seen.sides[side] += 1
        if sighting.day not in seen.days and len(seen.days) < MAX_DAYS:
            seen.days.append(sighting.day)
        self._judge(seen, mark)

    def _judge(self, seen: Seen, mark: Mark) -> None:
        """Decide how a block goes. While too little is known of its place, what was decided before stands."""
        if seen.articles < LEAST_ARTICLES:
            return
        is_furnitures = self.is_furnitures(mark.place)
        if len(seen.days) < LEAST_DAYS and seen.articles < ENOUGH_WITHOUT_DAYS:
            return
        demands = SENTENCES if mark.is_sentence else LINES
        if (is_furnitures and seen.share >= SHARE_IN_FURNITURES_PLACE) or (
            seen.articles >= LEAST_WITHIN and seen.share >= demands.within
        ):
            seen.anywhere = True
        elif seen.articles >= demands.articles and seen.share >= SHARE_AT_EDGE and seen.edge >= demands.edge:
            seen.anywhere = False
        elif is_furnitures is not None:
            seen.anywhere = None

    def _forget(self) -> None:
        if self.articles % ROUND == 0:
            rounds = self.articles // ROUND
            self.blocks = {
                key: seen for key, seen in self.blocks.items() if seen.articles >= rounds - seen.first // ROUND
            }
        if len(self.blocks) > MAX_BLOCKS:
            strongest = sorted(self.blocks.items(), key=lambda item: (item[1].articles, item[1].last), reverse=True)
            self.blocks = dict(strongest[: MAX_BLOCKS * 9 // 10])
        if len(self.places) > MAX_PLACES:
            busiest = sorted(self.places.items(), key=lambda item: sum(item[1]), reverse=True)
            self.places = dict(busiest[: MAX_PLACES * 9 // 10])
