"""What a page as a whole says about being an article: gathered here, judged by `pipelines.confidence`.

What a page declares (JSON-LD, OpenGraph) counts, but a list of teasers that declares itself an article is still a
list, and a page of prose that declares nothing is still an article: so everything is noted, nothing decided.
"""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import ARTICLE_TYPES, types_of
from pipelines.extract.segments import Layout, Segment, collapse
from pipelines.model import Address, BlockKind, Candidate, Channel, Evidence

LIST_TYPES = frozenset(
    ("CollectionPage", "SearchResultsPage", "ProfilePage", "AboutPage", "ContactPage", "ItemList", "Blog")
)
ARTICLE_OG_TYPES = frozenset(("article", "news", "newsarticle"))
LISTED = frozenset((Channel.FEED, Channel.NEWS_SITEMAP))
# Path segments that publishing systems give to lists, in the languages they speak.
LIST_PATH = re.compile(
    r"/(?:tags?|topics?|themen?|thema|sections?|categor(?:y|ies|ia|ias|ie|ies)|kategori(?:e|en|a|er)?|"
    r"rubri(?:k|ken|que|ques|ca|che|c)|authors?|autor(?:en|es)?|auteurs?|archiv(?:e|es|o|io)?|search|suche|recherche|"
    r"buscar|cerca|zoeken|page|seite|feed|about|contact|impressum|kontakt)(?:/|$)",
    re.IGNORECASE,
)
LAST_PART_LISTS = re.compile(r"/(?:[^/]+/)?(?:page/\d+|\d{4}/\d{1,2}|\d{4})/?$")
HOME_PATH = re.compile(r"^/?(?:index\.\w+|home|[a-z]{2}(?:-[a-z]{2})?)?/?$", re.IGNORECASE)
ARTICLE_PATH = re.compile(r"/(?:19|20)\d{2}/\d{1,2}/|\d{6,}|(?:[^/-]+-){4,}[^/-]+|\.(?:s?html?|aspx?|php|cms|ece)$")
PASSWORD = XPath("boolean(//input[@type='password'])")
CHALLENGE = XPath(
    "boolean(//*[@id='challenge-form' or @id='cf-wrapper' or @id='challenge-running' or @id='px-captcha'])"
)
# What frameworks call the element that their script fills.
SHELL = XPath(
    "boolean(//*[(@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='main-app' or @id='svelte' or "
    "self::app-root) and not(normalize-space())] | //body//noscript[string-length(normalize-space()) > 20])"
)
MAX_TITLE = 120
LITTLE_PROSE = 1500
SMALL_PAGE = 3500
# As long as a line of prose is at least; East Asian text says the same in about a third of the characters.
PROSE_LENGTH = 60
DENSE_PROSE_LENGTH = 25
DENSE = "\u3040"
TEASER_REACH = 3
MIN_TEASER = 15


def read_evidence(layout: Layout, head: PageHead, candidate: Candidate | None, text: Iterable[int]) -> Evidence:
    """Return what the page tells about itself; `text` are the indexes of the lines that may be its article's text."""
    declared, declarations = _declarations(head, candidate)
    prose = _prose_length(layout.segments)
    scant = prose < LITTLE_PROSE
    types = {name for node in head.nodes for name in types_of(node)}
    return Evidence(
        declarations=declarations,
        declared=declared,
        address=_address(head.url),
        is_list=bool(types & LIST_TYPES) and not types & ARTICLE_TYPES,
        titles=_titles(head.tree, layout),
        small_page=_small_page(layout.segments) if scant else "",
        asks_password=scant and bool(PASSWORD(head.tree)),
        is_challenge=scant and bool(CHALLENGE(head.tree)),
        needs_scripts=scant and bool(SHELL(head.tree)),
        teasers=_teasers(layout.segments, head.base_url, text),
        prose=prose,
        described_body=head.data_text("articleBody", "articleBody"),
    )


def _declarations(head: PageHead, candidate: Candidate | None) -> tuple[float, tuple[str, ...]]:
    """Return what the page says it is, and how much that says; a JSON-LD article of a list is one of several."""
    found = []
    articles = [
        node for node in head.nodes if any(name in ARTICLE_TYPES for name in types_of(node)) and node.get("headline")
    ]
    if articles and len({str(node.get("headline")) for node in articles}) <= 2:
        found.append((3, "JSON-LD describes one article"))
    dated = head.first("article:published_time", "datepublished") is not None
    if (head.first("og:type") or "").lower() in ARTICLE_OG_TYPES or dated:
        found.append((2, "OpenGraph says article"))
    if any("articleBody" in element.get("itemprop", "") for element in head.marked.get("itemprop", ())):
        found.append((2, "microdata marks an article body"))
    if candidate is not None and candidate.channel in LISTED:
        found.append((2, f"it was listed in a {candidate.channel.value}"))
    if dated or (articles and head.article.get("datePublished")):
        found.append((1, "a time of publication is declared"))
    return min(1.0, sum(points for points, _ in found) / 6), tuple(told for _, told in found)


def _address(url: str) -> Address:
    parts = urlsplit(url)
    if HOME_PATH.match(parts.path) and not parts.query:
        return Address.HOME
    is_article = ARTICLE_PATH.search(parts.path.rstrip("/")) is not None
    if (LIST_PATH.search(parts.path) and not is_article) or LAST_PART_LISTS.search(parts.path):
        return Address.LIST
    return Address.ARTICLE if is_article else Address.OTHER


def _titles(tree: HtmlElement, layout: Layout) -> tuple[str, ...]:
    title = tree.find("head/title")
    texts = [collapse(title.text_content())] if title is not None else []
    texts.extend(segment.text for segment in layout.segments if segment.element.tag in {"h1", "h2"})
    return tuple(text for text in texts if len(text) < MAX_TITLE)


def _prose_length(segments: Sequence[Segment]) -> int:
    return sum(
        len(segment.text)
        for segment in segments
        if segment.link_density <= 0.3
        and segment.kind is not BlockKind.HEADING
        and len(segment.text) >= (DENSE_PROSE_LENGTH if segment.key[:1] >= DENSE else PROSE_LENGTH)
    )


def _small_page(segments: Sequence[Segment]) -> str:
    if sum(len(segment.text) for segment in segments) > SMALL_PAGE:
        return ""
    return "\n".join(segment.text for segment in segments)


def _teasers(segments: Sequence[Segment], url: str, text: Iterable[int]) -> frozenset[int]:
    """Return the linked headlines that stand at most three lines before a line of the text."""
    near = {index - step for index in text for step in range(1, TEASER_REACH + 1)}
    site = ".".join((urlsplit(url).hostname or "").split(".")[-2:])
    path = urlsplit(url).path
    return frozenset(index for index in near if index >= 0 and _is_teaser(segments[index], site, path))


def _is_teaser(segment: Segment, site: str, path: str) -> bool:
    """Whether the line is a headline that links to another page of the same site."""
    if segment.link_density < 0.8 or len(segment.key) < MIN_TEASER:
        return False
    element = segment.element
    link = element if element.tag == "a" else next(element.iter("a"), None)
    if link is None:
        link = next(element.iterancestors("a"), None)
    return link is not None and _leads_on((link.get("href") or "").strip(), site, path)


def _leads_on(href: str, site: str, path: str) -> bool:
    """Whether a link leads to another page of the site; told from its text, for there are many."""
    if not href or href.startswith(("#", "mailto:", "tel:", "javascript:")):
        return False
    _, mark, rest = href.partition("//")
    if mark:
        host, _, target = rest.partition("/")
        return host.partition(":")[0].endswith(site) and bool(target)
    return href not in {"/", ".", path}
