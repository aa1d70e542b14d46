"""What kind of piece it is (opinion, live blog, gallery ...), and the schema.org type that says so."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.extract.claims import Choice, Voice, settle
from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import types_of
from pipelines.extract.segments import Layout, text_key
from pipelines.model import Genre

DATA = Path(__file__).with_name("data")
PLAIN_TYPES = frozenset(
    ("Article", "NewsArticle", "WebPage", "ItemPage", "CreativeWork", "ReportageNewsArticle", "Report")
)
BY_TYPE = {
    "OpinionNewsArticle": Genre.OPINION,
    "LiveBlogPosting": Genre.LIVE_BLOG,
    "AdvertiserContentArticle": Genre.SPONSORED,
    "ImageGallery": Genre.GALLERY,
    "MediaGallery": Genre.GALLERY,
    "VideoObject": Genre.VIDEO,
}
TYPE_OF = {
    Genre.OPINION: "OpinionNewsArticle",
    Genre.LIVE_BLOG: "LiveBlogPosting",
    Genre.SPONSORED: "AdvertiserContentArticle",
    Genre.GALLERY: "ImageGallery",
    Genre.VIDEO: "VideoObject",
}
# A gallery or video is the piece itself only where its page has next to no text.
PROSE = 80
MUCH_PROSE = 6
LABEL_LINES = 2
MAX_LABEL = 40


def choose_genre(head: PageHead, layout: Layout, section: str | None) -> tuple[Choice, str]:
    """Return the genre with its evidence, and the schema.org type: the page's own where it is more than an article's.

    The order of trust: the type that JSON-LD states, `og:type`, a label printed at the headline, the section, and the
    words of the address. That a piece is paid for outweighs what else it is.
    """
    prose = sum(1 for segment in layout.segments if len(segment.text) >= PROSE and segment.link_density < 0.3)
    voices = [
        Voice(origin=origin, value=genre, fault="the page has much text" if _is_text(genre, origin, prose) else "")
        for origin, genre in _voices(head, layout, section)
    ]
    sound = [voice for voice in voices if not voice.fault]
    paid = next((voice for voice in sound if voice.value is Genre.SPONSORED), None)
    chosen = paid or next(iter(sound), None)
    named = next((name for name in types_of(head.article) if name not in PLAIN_TYPES), None)
    genre = chosen.value if chosen else Genre.ARTICLE
    own = named if named and BY_TYPE.get(named, genre) is genre else None
    return settle("genre", voices, chosen, "the most trusted voice"), own or TYPE_OF.get(genre, "NewsArticle")


def _voices(head: PageHead, layout: Layout, section: str | None) -> Iterator[tuple[str, Genre]]:
    yield from (("json-ld", BY_TYPE[name]) for name in types_of(head.article) if name in BY_TYPE)
    if head.article.get("liveBlogUpdate") or head.article.get("coverageStartTime"):
        yield "json-ld", Genre.LIVE_BLOG
    if (head.first("og:type") or "").lower().startswith("video"):
        yield "og", Genre.VIDEO
    words = _words()
    parts = urlsplit(head.url).path.lower().split("/")[:-1]
    told = (
        *(("text", words["labels"].get(_plain(text))) for text in _labels(layout)),
        *(("html", words["frame_labels"].get(_plain(text))) for text in _frame_labels(head)),
        ("meta", words["labels"].get(_plain(section or ""))),
        *(("url", words["path"].get(part)) for part in parts),
    )
    yield from ((origin, genre) for origin, genre in told if genre is not None)


def _is_text(genre: Genre, origin: str, prose: int) -> bool:
    """Whether the page has so much text that a video or gallery is but a part of it."""
    if genre is Genre.VIDEO:
        return prose > MUCH_PROSE
    return genre is Genre.GALLERY and origin != "json-ld" and prose > MUCH_PROSE


def _labels(layout: Layout) -> Iterator[str]:
    """Yield the short lines directly around the headline that stand in no menu or list."""
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), None)
    if headline is None:
        return
    for segment in layout.segments[max(0, headline - LABEL_LINES) : headline + 1 + LABEL_LINES]:
        if segment.index != headline and len(segment.text) <= MAX_LABEL and not _in_list(segment.element):
            yield segment.text


def _in_list(element: HtmlElement) -> bool:
    node: HtmlElement | None = element
    for _ in range(6):
        if node is None or node.tag in {"article", "main", "body"}:
            return False
        if node.tag in {"li", "ul", "ol", "nav", "aside"}:
            return True
        node = node.getparent()
    return False


def _frame_labels(head: PageHead) -> Iterator[str]:
    """Yield the short texts that stand beside an `h1` in its own parent."""
    for heading in head.marked.get("h1", ())[:2]:
        parent = heading.getparent()
        for node in parent if parent is not None else ():
            if (
                node is not heading
                and isinstance(node.tag, str)
                and len(text := node.text_content().strip()) <= MAX_LABEL
            ):
                yield text


@cache
def _words() -> Mapping[str, Mapping[str, Genre]]:
    """Return the words of `data/genres.toml`: `path` segments, `labels` and `frame_labels`, each with its genre."""
    table = tomllib.loads((DATA / "genres.toml").read_text(encoding="utf-8"))
    words: dict[str, dict[str, Genre]] = {"path": {}, "labels": {}, "frame_labels": {}}
    for name, entry in table.items():
        genre = Genre(name)
        words["path"].update(dict.fromkeys(entry["path"].split(), genre))
        for kind in ("labels", "frame_labels"):
            words[kind].update((_plain(label), genre) for label in entry.get(kind, ()))
    return words


def _plain(text: str) -> str:
    return text_key(re.sub(r"\s+", "", text)).casefold()
