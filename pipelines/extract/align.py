"""An extractor's plain text -> the lines of the page that it chose.

The extractor says what belongs to the article; the page says how it is divided, and where each line stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipelines.extract.segments import Segment, text_key

# A shorter common start or end may be chance.
PROBE = 24
# Lines further away are another part of the page; and a hostile page has thousands.
LOOKAHEAD = 1000
LINKS_ONLY = 0.8
MOST = 0.5


def find_lines(texts: Iterable[str], segments: Sequence[Segment]) -> frozenset[int]:
    """Return the indexes of the segments that `texts`, which stand in page order, are made of.

    A text over several segments stands for each of them, but for those that are all link: it is a whole region in
    one, and its menus and teasers came along unchosen.
    """
    aligner = _Aligner(segments)
    return frozenset(index for text in texts for index in aligner.find(text_key(text)))


class _Aligner:
    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for segment in segments:
            if segment.key:
                self._by_key[segment.key].append(segment.index)
        self._cursor = 0

    def find(self, key: str) -> list[int]:
        """Return the segments of the text with `key`, from the last one found onwards where there are several."""
        if not key:
            return []
        exact = self._nearest(self._by_key.get(key, ()))
        found = [exact] if exact is not None else self._inside(key) or self._holding(key)
        if found:
            self._cursor = found[-1] + 1
        return found

    def _nearest(self, indexes: Iterable[int]) -> int | None:
        """Return the first index at or after the cursor, else the last before it."""
        before = None
        for index in indexes:
            if index >= self._cursor:
                return index
            before = index
        return before

    def _inside(self, key: str) -> list[int]:
        """Return the segments that follow one another in `key`; nothing unless they make up most of it."""
        places = self._places(key)
        if sum(len(self._segments[index].key) for index in places) < MOST * len(key):
            return []
        return [index for index in places if self._segments[index].link_density < LINKS_ONLY]

    def _places(self, key: str) -> list[int]:
        """Return the segments in `key` in order: long ones wherever they come next, short ones in line."""
        places: list[int] = []
        end = 0
        for index in range(self._first_inside(key), len(self._segments)):
            own = self._segments[index].key
            if end >= len(key) or (places and index - places[-1] > LOOKAHEAD):
                break
            if own and key.startswith(own, end):
                position = end
            elif len(own) >= PROBE:
                position = key.find(own, end)
            else:
                continue
            if position >= 0:
                places.append(index)
                end = position + len(own)
        return places

    def _first_inside(self, key: str) -> int:
        """Return the segment to begin with: the first at or after the cursor that stands at the start of `key`.

        A short one counts only if its neighbour goes on with `key`: alone it may be chance.
        """
        for index in self._ahead():
            own = self._segments[index].key
            if own and key.startswith(own) and self._continues(index, key, len(own)):
                return index
        return self._cursor

    def _ahead(self) -> range:
        return range(self._cursor, min(self._cursor + LOOKAHEAD, len(self._segments)))

    def _continues(self, index: int, key: str, position: int) -> bool:
        if position >= PROBE or position == len(key):
            return True
        following = self._segments[index + 1 : index + 6]
        return any(segment.key and key.startswith(segment.key, position) for segment in following)

    def _holding(self, key: str) -> list[int]:
        """Return the segment of which the text with `key` is a part."""
        if len(key) < PROBE:
            return []
        head, tail = key[:PROBE], key[-PROBE:]
        for index in (*self._ahead(), *range(max(0, self._cursor - LOOKAHEAD), self._cursor)):
            own = self._segments[index].key
            if key in own or own.startswith(head) or own.endswith(tail):
                return [index]
        return []
