"""Whether a source's pages are built as they were: where its stories stand, and whether its furniture is there."""

from collections import Counter

import attrs

WINDOW = 10  # articles that are held against those before
SETTLED = 20  # articles before these, from which on there is something to hold them against
USUAL = 0.8
RARE = 0.2
LEAST_HOME = 3  # articles whose story stands in a place, for it to be one where stories stand


@attrs.define(kw_only=True)
class Layout:
    """How the pages of a source were built lately.

    A change is one of most articles of the last ten: their stories stand in places where none stood before, or the
    furniture that was on most articles is on hardly any.

    Attributes:
        number: 1 for the first that was seen.
        since: the number of the article that it began with, among those counted.
        homes: place of the story -> on how many articles, those in `recent` left out.
        furnished: how many of these had known furniture.
        recent: place of the story, and whether there was furniture, of the last articles.
    """

    number: int = 1
    since: int = 1
    homes: dict[str, int] = attrs.field(factory=dict)
    furnished: int = 0
    recent: list[tuple[str, bool]] = attrs.field(factory=list)

    def note(self, home: str, *, furnished: bool, article: int) -> bool:
        """Take note of the next article; return whether it shows a change."""
        self.recent.append((home, furnished))
        if len(self.recent) > WINDOW:
            place, had_furniture = self.recent.pop(0)
            self.homes[place] = self.homes.get(place, 0) + 1
            self.furnished += had_furniture
        otherwise = self._built_otherwise()
        if otherwise < (1 - RARE) * WINDOW:
            return False
        self.number += 1
        self.since = article - otherwise + 1
        self.homes = dict(Counter(place for place, _ in self.recent))
        self.furnished = sum(had_furniture for _, had_furniture in self.recent)
        self.recent = []
        return True

    def _built_otherwise(self) -> int:
        """Return how many of the recent articles are not built as was usual before; 0 while nothing was usual."""
        settled = sum(self.homes.values())
        if settled < SETTLED or len(self.recent) < WINDOW:
            return 0
        usual = {place for place, count in self.homes.items() if count >= LEAST_HOME}
        housed = sum(self.homes[place] for place in usual) >= USUAL * settled
        moved = sum(place not in usual for place, _ in self.recent) if housed else 0
        bare = sum(not furnished for _, furnished in self.recent) if self.furnished >= USUAL * settled else 0
        return max(moved, bare)
