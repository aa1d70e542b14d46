"""What was decided on each line of a page, in the page's own order."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum

import attrs

from pipelines.confidence import default_minimum
from pipelines.errors import NoArticleError
from pipelines.extract import read_lines
from pipelines.extract.segments import Segment, text_key
from pipelines.model import Article, Block, BlockKind, Page, RemovedBlock
from pipelines.workers import read_article


class Decision(StrEnum):
    """What became of a line."""

    KEPT = "kept"
    CUT = "cut"
    MOVED = "moved"
    LEFT = "left"


@attrs.frozen(kw_only=True)
class Line:
    """A line of the page.

    Attributes:
        decision: kept, cut, moved to an image, or left: never in question, or told in a field of its own.
        level: 1 to 6 for a heading, else 0.
        block: the block it became; None when it was left.
        removed: how it was cut; None when it was not.
        image: index into `Article.images` where it was moved; None when it was not.
        field: the field of the article that says the same (`headline`, `caption` ...); None when none does.
    """

    text: str
    kind: BlockKind
    decision: Decision
    level: int = 0
    block: Block | None = None
    removed: RemovedBlock | None = None
    image: int | None = None
    field: str | None = None


@attrs.frozen(kw_only=True)
class Explanation:
    """A page and what was made of it.

    Attributes:
        url: the page's.
        article: what was read; None when there is no text at all.
        refused: why it is not archived as an article; None when it is.
        lines: of the whole page, in order.
    """

    url: str
    article: Article | None
    refused: str | None
    lines: tuple[Line, ...]

    def count(self, decision: Decision) -> int:
        """Return how many lines met that end."""
        return sum(line.decision is decision for line in self.lines)


def explain_page(page: Page, *, min_confidence: float | None = None) -> Explanation:
    """Return every line of `page` with what was decided on it; of a page that is refused as well.

    Raises:
        ExtractionError: the page cannot be read at all.
    """
    segments = read_lines(page)
    article, refused = None, None
    try:
        article = read_article(page, min_confidence=0.0)
        read_article(page, min_confidence=min_confidence if min_confidence is not None else default_minimum())
    except NoArticleError as error:
        refused = str(error)
    return Explanation(url=page.capture.url, article=article, refused=refused, lines=tuple(_lines(segments, article)))


def _lines(segments: Sequence[Segment], article: Article | None) -> Iterator[Line]:
    """Yield the page's lines; a block that is none of them comes after the block before it."""
    entries = _by_segment(article, len(segments)) if article else {}
    fields = _fields(article) if article else {}
    yield from entries.get(-1, ())
    for segment in segments:
        if segment.index in entries:
            for line in entries[segment.index]:
                told = None if line.decision is Decision.KEPT else fields.get(text_key(line.text), (None, None))[0]
                yield attrs.evolve(line, level=_level(segment), field=told)
        else:
            field, image = fields.get(text_key(segment.text), (None, None))
            yield Line(
                text=segment.text,
                kind=segment.kind,
                decision=Decision.LEFT if image is None else Decision.MOVED,
                level=_level(segment),
                image=image,
                field=field,
            )


def _by_segment(article: Article, count: int) -> dict[int, list[Line]]:
    """Return segment -> the lines made of it, in the order of the article; -1 for what stands before all."""
    removed = {entry.position: entry for entry in article.removed}
    kept = iter(article.blocks)
    found: dict[int, list[Line]] = defaultdict(list)
    place = -1
    for position in range(len(article.blocks) + len(article.removed)):
        entry = removed.get(position)
        block = entry.block if entry else next(kept)
        if block.segment is not None and block.segment < count:
            place = block.segment
        found[place].append(_line(block, entry))
    return found


def _line(block: Block, removed: RemovedBlock | None) -> Line:
    image = removed.image if removed else None
    decision = Decision.KEPT if removed is None else Decision.CUT if image is None else Decision.MOVED
    return Line(text=block.text, kind=block.kind, decision=decision, block=block, removed=removed, image=image)


def _fields(article: Article) -> dict[str, tuple[str, int | None]]:
    """Return key of a text -> the field that says it, and the image when it is an image's."""
    fields: dict[str, tuple[str, int | None]] = {}
    for index, image in enumerate(article.images):
        credit = image.credit.credit_text if image.credit else None
        for field, text in (("caption", image.caption), ("credit", credit)):
            if text and (key := text_key(text)):
                fields.setdefault(key, (field, index))
    for field, text in (("headline", article.headline), ("description", article.description)):
        if text and (key := text_key(text)):
            fields[key] = (field, None)
    return fields


def _level(segment: Segment) -> int:
    tag = segment.element.tag
    return int(tag[1]) if segment.kind is BlockKind.HEADING and len(tag) == 2 else 0
