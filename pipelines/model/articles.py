"""What a page says: articles with their blocks and images, and the revisions worth keeping."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import attrs

from pipelines.model.captures import Capture
from pipelines.model.claims import Claim, Dateline, Genre
from pipelines.model.evidence import Confidence, Evidence
from pipelines.model.sources import Candidate, Hints

# Scripts that put no space between words: each character counts as one.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]*\w[^\s{UNSPACED}]*")


class BlockKind(StrEnum):
    """What a block of an article is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    QUOTE = "quote"
    TABLE_ROW = "table-row"
    CODE = "code"


class RevisionKind(StrEnum):
    """Why a revision exists."""

    FIRST = "first"
    CHANGED = "changed"
    REPROCESSED = "reprocessed"


@attrs.frozen(kw_only=True)
class Block:
    """One block of text, in reading order.

    Attributes:
        text: white space collapsed; never empty.
        kind: what it is.
        path: the element and its ancestors from `body` down, as `tag.class1.class2#id` joined by ` > `; empty
            when the block could not be found in the page.
        link_density: share of the characters that lie in links, 0 to 1.
        emphasis: `em`, `strong`, `small` ... when one such element holds the whole text; else None.
        image: index into `Article.images` of the image this block stands at (in its figure, or directly after
            it); None when it stands at none.
        segment: index among all lines of the page (`pipelines.extract.segments`); None when it is none of them.
        votes: who would keep it (`trafilatura`, `region` ...), before any decision.
        measures: what its form and place in the page measure (`pipelines.extract.measures`); empty when the block
            was not found in the page.
        score: the learned probability that it is text of the article, 0 to 1; None when nobody was asked.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    path: str = ""
    link_density: float = 0.0
    emphasis: str | None = None
    image: int | None = None
    segment: int | None = None
    votes: frozenset[str] = frozenset()
    measures: tuple[float, ...] = ()
    score: float | None = None


@attrs.frozen(kw_only=True)
class RemovedBlock:
    """A block that was cut, and why.

    Attributes:
        position: index among the blocks before anything was removed.
        rule: id of the rule that took it.
        category: the rule's category (`credit`, `caption`, `comments`, `share` ...).
        image: index into `Article.images` where its text went; None when it went nowhere.
        evidence: what the decision rests on where the rule alone does not tell it; None where it does.
    """

    block: Block
    position: int
    rule: str
    category: str
    image: int | None = None
    evidence: str | None = None


@attrs.frozen(kw_only=True)
class ImageCredit:
    """Who is to be named for an image (schema.org `creditText` and its parts).

    Attributes:
        credit_text: the whole line as printed, without its label (`The White House via Flickr`).
        creator: the person or office who made it.
        agency: who supplied it.
        via: where it was taken from.
        copyright_notice: a notice printed beside it.
    """

    credit_text: str
    creator: str | None = None
    agency: str | None = None
    via: str | None = None
    copyright_notice: str | None = None


class LineRole(StrEnum):
    """What the markup of a line at an image says it is."""

    CAPTION = "caption"
    CREDIT = "credit"
    DESCRIPTION = "description"


class LinePlace(StrEnum):
    """Where a line stands that may be an image's."""

    FRAME = "frame"
    BESIDE = "beside"
    APART = "apart"


@attrs.frozen(kw_only=True)
class ImageLine:
    """A line that may be an image's: its caption, its credit, both, or neither.

    Attributes:
        text: white space collapsed; never empty.
        role: what its markup says (`figcaption`, a class, an attribute); None when it says nothing.
        place: in the image's frame (its figure, or the box of it alone), directly after it, or elsewhere in the page.
        parts: `text` cut where inline elements begin and end, white space kept; empty when there is but one.
    """

    text: str
    role: LineRole | None = None
    place: LinePlace = LinePlace.FRAME
    parts: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Image:
    """An image of the article.

    Attributes:
        content_url: absolute; None when a credit or caption names no image in the page.
        caption: as printed; None when there is none.
        description: what its text for those who cannot see it (`alt`) says beyond the caption; None when nothing.
        license: URL of the licence it may be used under, or the licence's name where no URL is known.
        acquire_license_page: where a licence can be bought.
        in_body: whether it stands in the article's text, not only in its metadata.
        lines: what stands at it in the page; the cleaning reads and clears them.
    """

    content_url: str | None = None
    caption: str | None = None
    description: str | None = None
    credit: ImageCredit | None = None
    license: str | None = None
    acquire_license_page: str | None = None
    in_body: bool = True
    lines: tuple[ImageLine, ...] = ()


@attrs.frozen(kw_only=True)
class Article:
    """What a page says.

    Attributes:
        url: the page's URL; `canonical_url` is what the page calls itself, None when it does not.
        amp_url: the page's AMP version; None when it names none.
        description: the standfirst that the page prints, else its own summary; `origins` says which.
        authors: names only, of people and desks.
        agencies: the wire agencies that sign beside or in place of an author, as printed.
        date_published, date_modified: aware, in the zone the page gave; never later than the fetch.
        in_language: BCP 47.
        type: schema.org type (`NewsArticle`, `OpinionNewsArticle`, `LiveBlogPosting` ...).
        genre: what kind of piece it is.
        is_accessible_for_free: None when the page does not say; the evidence is among the claims.
        dateline: where the report was filed from; None when its text does not open with it.
        corrections: notes in which the publication corrects the article, as printed, in order.
        blocks: the text, in order.
        removed: what was cut from it, by position.
        origins: field name -> the signal it came from (`json-ld`, `og`, `meta`, `html`, `feed`, `url` ...).
        evidence: what the page as a whole says about being an article; None once that is judged.
        confidence: how sure we are of it; None before the judgement.
    """

    url: str
    canonical_url: str | None = None
    amp_url: str | None = None
    headline: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None
    in_language: str | None = None
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    publisher: str | None = None
    type: str = "NewsArticle"
    genre: Genre = Genre.ARTICLE
    is_accessible_for_free: bool | None = None
    dateline: Dateline | None = None
    corrections: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    removed: tuple[RemovedBlock, ...] = ()
    images: tuple[Image, ...] = ()
    origins: Mapping[str, str] = attrs.field(factory=dict, converter=dict)
    claims: tuple[Claim, ...] = ()
    evidence: Evidence | None = None
    confidence: Confidence | None = None

    @property
    def article_body(self) -> str:
        """The text: blocks separated by one blank line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def word_count(self) -> int:
        """Words by white space; in scripts without it (Han, kana, Thai) each character counts as one."""
        return len(WORD.findall(self.article_body))


@attrs.frozen(kw_only=True)
class Revision:
    """One state of an article, worth a document.

    Attributes:
        article_id: 32 hex digits, the same for all revisions of an article.
        number: 1 for the first.
        kind: why it exists.
        fingerprint: `sha256:<hex>` of what counts as content (see `pipelines.dedupe`).
        previous: key of the revision before; None for the first.
        versions: component -> version that made it (`newskeep`, `trafilatura`, `rules`).
        hints: what the seed told the extraction; None when there was no seed.
    """

    article_id: str
    article: Article
    capture: Capture
    candidate: Candidate | None = None
    number: int = 1
    kind: RevisionKind = RevisionKind.FIRST
    fingerprint: str
    previous: str | None = None
    versions: Mapping[str, str] = MappingProxyType({})
    hints: Hints | None = None
