"""Article or not: an explained score, so that hubs, walls and error pages are not archived as news.

Each signal adds or takes points and says so; a page below `THRESHOLD` is refused with the signals in the message.
What a page declares (JSON-LD, OpenGraph) counts, but a list of teasers that declares itself an article is still a
list, and a page of prose that declares nothing is still an article.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import attrs

from pipelines.errors import NoArticleError
from pipelines.extract.align import Piece
from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import ARTICLE_TYPES, types_of
from pipelines.extract.segments import Layout, Segment
from pipelines.extract.wall import find_wall
from pipelines.model import BlockKind, Candidate, Channel

THRESHOLD = 0
# One strong declaration with a date, or two.
DECLARED = 3
SENTENCE = re.compile(r"[.!?…؟।]+[\"'”’»)\]]*(?:\s|$)|[。！？]")
ELLIPSIS = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\W*$")
LIST_TYPES = frozenset(
    ("CollectionPage", "SearchResultsPage", "ProfilePage", "AboutPage", "ContactPage", "ItemList", "Blog")
)
# Path segments that publishing systems give to lists, in the languages they speak.
LIST_PATH = re.compile(
    r""
    r"/(?:tags?|topics?|themen?|thema|sections?|categor(?:y|ies|ia|ias|ie|ies)|kategori(?:e|en|a|er)?|rubri(?:k|ken|que|ques|ca|che|c)|authors?|autor(?:en|es)?|"
    r"auteurs?|archiv(?:e|es|o|io)?|search|suche|recherche|buscar|cerca|zoeken|page|seite|feed|about|contact|"
    r"impressum|kontakt)(?:/|$)",
    re.IGNORECASE,
)
LAST_PART_LISTS = re.compile(r"/(?:[^/]+/)?(?:page/\d+|\d{4}/\d{1,2}|\d{4})/?$")
HOME_PATH = re.compile(r"^/?(?:index\.\w+|home|[a-z]{2}(?:-[a-z]{2})?)?/?$", re.IGNORECASE)
ARTICLE_PATH = re.compile(r"/(?:19|20)\d{2}/\d{1,2}/|\d{6,}|(?:[^/-]+-){4,}[^/-]+|\.(?:s?html?|aspx?|php|cms|ece)$")
PROSE_CHARACTERS = 60
MIN_SENTENCES = 3


@attrs.frozen(kw_only=True)
class Verdict:
    """What a page seems to be.

    Attributes:
        score: below `THRESHOLD` it is no article.
        signals: (points, why) of all that counted.
        cause: slug for `NoArticleError` should it be refused.
    """

    score: int
    signals: tuple[tuple[int, str], ...]
    cause: str


def require_article(pieces: Sequence[Piece], layout: Layout, head: PageHead, candidate: Candidate | None) -> Verdict:
    """Return the verdict on an article.

    Raises:
        NoArticleError: with the cause (`empty`, `short`, `hub`, `not-found`, `consent`, `challenge`, `login`) and the
            signals that led to it.
    """
    declared = _declarations(head, candidate)
    wall = find_wall(pieces, layout, head, declared=bool(declared))
    if wall is not None:
        raise NoArticleError(wall[0], f"{head.url}: {wall[1]}")
    if not pieces:
        raise NoArticleError("empty", f"{head.url}: no text was found")
    verdict = judge(pieces, layout, head, declared)
    if verdict.score < THRESHOLD:
        told = ", ".join(f"{points:+d} {why}" for points, why in verdict.signals)
        raise NoArticleError(verdict.cause, f"{head.url}: not an article ({told})")
    return verdict


def judge(pieces: Sequence[Piece], layout: Layout, head: PageHead, declared: Sequence[tuple[int, str]]) -> Verdict:
    """Return the score of a page that has some text; `declared` are the points for what it says it is."""
    prose = _prose(pieces)
    sentences = sum(len(SENTENCE.findall(text)) for text in prose)
    lists = _list_signals(pieces, layout, head)
    address = _url_signals(head.url)
    if sum(points for points, _ in declared) >= DECLARED and not any(points < 0 for points, _ in address):
        # Articles lead to others between their lines; a list seldom declares itself one dated article.
        lists = [(points // 2, why) for points, why in lists]
    signals = [*declared, *lists, *_text_signals(prose, sentences), *address]
    cause = "hub" if lists or sentences >= MIN_SENTENCES else "short"
    return Verdict(score=sum(points for points, _ in signals), signals=tuple(signals), cause=cause)


def _declarations(head: PageHead, candidate: Candidate | None) -> list[tuple[int, str]]:
    """Return what the page says it is; a JSON-LD article of a list is one of several."""
    signals = []
    articles = [
        node for node in head.nodes if any(name in ARTICLE_TYPES for name in types_of(node)) and node.get("headline")
    ]
    if articles and len({str(node.get("headline")) for node in articles}) <= 2:
        signals.append((3, "JSON-LD describes one article"))
    dated = head.first("article:published_time", "datepublished") is not None
    if (head.first("og:type") or "").lower() in {"article", "news", "newsarticle"} or dated:
        signals.append((2, "OpenGraph says article"))
    if dated or (articles and head.article.get("datePublished")):
        signals.append((1, "a time of publication is declared"))
    if head.tree.find(".//*[@itemprop='articleBody']") is not None:
        signals.append((2, "microdata marks an article body"))
    if candidate is not None and candidate.channel in {Channel.FEED, Channel.NEWS_SITEMAP}:
        signals.append((2, f"listed in a {candidate.channel.value}"))
    return signals


def _prose(pieces: Sequence[Piece]) -> list[str]:
    """Return the lines that read as text: whole, not mostly links, longer than a headline."""
    return [
        piece.text
        for piece in pieces
        if (piece.segment is None or (piece.segment.link_density < 0.5 and piece.segment.kind is not BlockKind.HEADING))
        and (len(piece.text) >= PROSE_CHARACTERS or len(SENTENCE.findall(piece.text)) > 1)
        and not ELLIPSIS.search(piece.text)
    ]


def _text_signals(prose: Sequence[str], sentences: int) -> list[tuple[int, str]]:
    length = sum(len(text) for text in prose)
    if (sentences >= 8 and len(prose) >= 3) or length > 2500:
        return [(4, f"{sentences} sentences of prose")]
    if sentences >= MIN_SENTENCES or length > 500:
        return [(2, f"{sentences} sentences of prose")]
    if sentences == 2 and length > 150:
        return [(0, "2 sentences of prose")]
    return [(-3, f"only {sentences} sentences of prose")]


def _list_signals(pieces: Sequence[Piece], layout: Layout, head: PageHead) -> list[tuple[int, str]]:
    signals = []
    cut = sum(1 for piece in pieces if ELLIPSIS.search(piece.text))
    if cut >= 3 and cut > 0.4 * len(pieces):
        signals.append((-6, f"{cut} of {len(pieces)} lines are cut teasers"))
    led = _led_by_teasers(pieces, layout, head.base_url)
    length = sum(len(piece.text) for piece in pieces)
    # Lists show one to three lines a story; the longest teasers seen run to 350 characters.
    if led >= 3 and length < 400 * led:
        signals.append((-8, f"{led} linked headlines lead {length} characters"))
    linked = sum(len(piece.text) for piece in pieces if piece.segment is not None and piece.segment.link_density > 0.8)
    if linked > 0.5 * sum(len(piece.text) for piece in pieces):
        signals.append((-5, "most of the text is links"))
    types = {name for node in head.nodes for name in types_of(node)}
    if types & LIST_TYPES and not types & ARTICLE_TYPES:
        signals.append((-3, "JSON-LD describes a list"))
    return signals


def _url_signals(url: str) -> list[tuple[int, str]]:
    parts = urlsplit(url)
    if HOME_PATH.match(parts.path) and not parts.query:
        return [(-4, "the address is a home page")]
    if (LIST_PATH.search(parts.path) and not ARTICLE_PATH.search(parts.path.rstrip("/"))) or LAST_PART_LISTS.search(
        parts.path
    ):
        return [(-3, "the address is that of a list")]
    return [(1, "the address is that of an article")] if ARTICLE_PATH.search(parts.path) else []


def _led_by_teasers(pieces: Sequence[Piece], layout: Layout, url: str) -> int:
    """Return how many linked headlines are followed, within three lines, by a kept line that is no link itself."""
    kept = {piece.segment.index for piece in pieces if piece.segment is not None and piece.segment.link_density < 0.5}
    count, waiting = 0, -10
    for segment in layout.segments:
        if _is_teaser(segment, url):
            waiting = segment.index
        elif segment.index in kept and segment.index - waiting <= 3:
            count, waiting = count + 1, -10
    return count


def _is_teaser(segment: Segment, url: str) -> bool:
    """Whether the segment is a headline that links to another page of the same site."""
    if segment.link_density < 0.8 or len(segment.key) < 15:
        return False
    link = segment.element.find(".//a[@href]")
    holder = segment.element if segment.element.tag == "a" else link
    if holder is None:
        holder = next((node for node in segment.element.iterancestors("a")), None)
    if holder is None:
        return False
    return _leads_on(holder.get("href") or "", url)


def _leads_on(href: str, url: str) -> bool:
    """Whether a link leads to another page of the site at `url`; told from its text, for there are thousands."""
    href = href.strip()
    if not href or href.startswith(("#", "mailto:", "tel:", "javascript:")):
        return False
    site = ".".join((urlsplit(url).hostname or "").split(".")[-2:])
    _, mark, rest = href.partition("//")
    if mark:
        host, _, path = rest.partition("/")
        return host.partition(":")[0].endswith(site) and bool(path)
    return href not in {"/", "."} and href != urlsplit(url).path
