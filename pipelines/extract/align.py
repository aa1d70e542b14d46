"""An extractor's plain text and the page's segments -> pieces that know where they stand.

The extractor says what belongs to the article; the page says how it is divided, and where each line comes from.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from pipelines.extract.segments import Segment, collapse, text_key

# A shorter common start or end may be chance.
PROBE = 24
LOOKAHEAD = 400
LINKS_ONLY = 0.8
WORD_CHARACTER = re.compile(r"[^\W_]")


@attrs.frozen(kw_only=True, eq=False)
class Piece:
    """A line of the article; `segment` is None when the page has no such line."""

    text: str
    segment: Segment | None


def align_lines(lines: Iterable[str], segments: Sequence[Segment]) -> list[Piece]:
    """Return `lines` in their order, each tied to its segment; a line over several segments is cut along them."""
    aligner = _Aligner(segments)
    pieces = []
    for line in lines:
        pieces.extend(aligner.place(line))
    return pieces


class _Aligner:
    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for segment in segments:
            if segment.key:
                self._by_key[segment.key].append(segment.index)
        self._cursor = 0

    def place(self, line: str) -> list[Piece]:
        key = text_key(line)
        if not key:
            return []
        exact = self._nearest(self._by_key.get(key, ()))
        if exact is not None:
            return [self._take(exact)]
        pieces = self._cut(line, key)
        return pieces or [self._partial(line, key)]

    def _nearest(self, indexes: Iterable[int]) -> int | None:
        """Return the first index at or after the cursor, else the last before it."""
        before = None
        for index in indexes:
            if index >= self._cursor:
                return index
            before = index
        return before

    def _take(self, index: int, text: str | None = None) -> Piece:
        self._cursor = index + 1
        segment = self._segments[index]
        return Piece(text=text or segment.text, segment=segment)

    def _cut(self, line: str, key: str) -> list[Piece]:
        """Return the segments that follow one another in `line`; nothing unless they make up most of it.

        What lies between them, and is no segment, stays as a piece without one.
        """
        places = self._places(key)
        covered = sum(len(self._segments[index].key) for index, _ in places)
        if covered < 0.5 * len(key):
            return []
        pieces, end = [], 0
        letters = [match.start() for match in WORD_CHARACTER.finditer(line)]
        for index, position in places:
            if position > end:
                pieces.append(Piece(text=collapse(line[letters[end] : letters[position]]), segment=None))
            # Such a line is a whole region in one: its menus and teasers came along unchosen.
            if self._segments[index].link_density < LINKS_ONLY:
                pieces.append(self._take(index))
            end = position + len(self._segments[index].key)
        if end < len(letters):
            pieces.append(Piece(text=collapse(line[letters[end] :]), segment=None))
        return pieces

    def _places(self, key: str) -> list[tuple[int, int]]:
        """Return (segment, position in `key`) in order: long segments wherever they come next, short ones in line."""
        places: list[tuple[int, int]] = []
        end = 0
        for index in range(self._first_inside(key), len(self._segments)):
            own = self._segments[index].key
            if end >= len(key) or (places and index - places[-1][0] > LOOKAHEAD):
                break
            if own and key.startswith(own, end):
                position = end
            elif len(own) >= PROBE:
                position = key.find(own, end)
            else:
                continue
            if position >= 0:
                places.append((index, position))
                end = position + len(own)
        return places

    def _first_inside(self, key: str) -> int:
        """Return the segment to begin with: the first at or after the cursor that stands at the start of `key`.

        A short one counts only if its neighbour goes on with `key`: alone it may be chance.
        """
        for index in range(self._cursor, len(self._segments)):
            own = self._segments[index].key
            if own and key.startswith(own) and self._continues(index, key, len(own)):
                return index
        return self._cursor

    def _continues(self, index: int, key: str, position: int) -> bool:
        if position >= PROBE or position == len(key):
            return True
        following = self._segments[index + 1 : index + 6]
        return any(segment.key and key.startswith(segment.key, position) for segment in following)

    def _partial(self, line: str, key: str) -> Piece:
        """Tie `line` to a segment of which it is a part, keeping the extractor's words."""
        if len(key) >= PROBE:
            head, tail = key[:PROBE], key[-PROBE:]
            order = [*range(self._cursor, len(self._segments)), *range(min(self._cursor, len(self._segments)))]
            for index in order:
                own = self._segments[index].key
                if key in own or own.startswith(head) or own.endswith(tail):
                    return self._take(index, collapse(line))
        return Piece(text=collapse(line), segment=None)
