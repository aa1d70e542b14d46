"""What a page says: articles with their blocks and images, and the revisions worth keeping."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import attrs

from pipelines.model.captures import Capture
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
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    path: str = ""
    link_density: float = 0.0
    emphasis: str | None = None
    image: int | None = None


@attrs.frozen(kw_only=True)
class RemovedBlock:
    """A block that was cut, and why.

    Attributes:
        position: index among the blocks before anything was removed.
        rule: id of the rule that took it.
        category: the rule's category (`credit`, `caption`, `comments`, `share` ...).
        image: index into `Article.images` where its text went; None when it went nowhere.
    """

    block: Block
    position: int
    rule: str
    category: str
    image: int | None = None


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


@attrs.frozen(kw_only=True)
class Image:
    """An image of the article.

    Attributes:
        content_url: absolute; None when a credit or caption names no image in the page.
        caption: as printed; None when there is none.
        in_body: whether it stands in the article's text, not only in its metadata.
        nearby: lines that stand directly at the image in the page but not in the text: what may be its caption or
            credit; the cleaning reads and clears it.
    """

    content_url: str | None = None
    caption: str | None = None
    credit: ImageCredit | None = None
    in_body: bool = True
    nearby: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Article:
    """What a page says.

    Attributes:
        url: the page's URL; `canonical_url` is what the page calls itself, None when it does not.
        authors: names only.
        date_published, date_modified: aware, in the zone the page gave; never later than the fetch.
        in_language: BCP 47.
        type: schema.org type (`NewsArticle`, `OpinionNewsArticle`, `LiveBlogPosting` ...).
        is_accessible_for_free: None when the page does not say.
        blocks: the text, in order.
        removed: what was cut from it, by position.
        origins: field name -> the signal it came from (`json-ld`, `og`, `meta`, `html`, `feed`, `url` ...).
    """

    url: str
    canonical_url: str | None = None
    headline: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None
    in_language: str | None = None
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    publisher: str | None = None
    type: str = "NewsArticle"
    is_accessible_for_free: bool | None = None
    blocks: tuple[Block, ...] = ()
    removed: tuple[RemovedBlock, ...] = ()
    images: tuple[Image, ...] = ()
    origins: Mapping[str, str] = attrs.field(factory=dict, converter=dict)

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
