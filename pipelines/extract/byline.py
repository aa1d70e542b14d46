"""Who wrote it: a byline as printed -> names only."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.extract.segments import collapse, visible_text

BY = (
    "by|words by|written by|reported by|story by|text by|analysis by|opinion by|review by|posted by|author|"
    "authors|von|ein|eine|interview|artikel von|beitrag von|autor|autorin|autoren|text|"
    "par|propos recueillis par|por|texto|di|a cura di|door|av|af|tekst|teksti|autore|auteur|przez|oleh|автор|текст|"
    "από|yazar|yazan|pisze|szerző|írta|autoři|מאת|بقلم|كتب|文|記者|作者|记者|기자"
)
LABEL = re.compile(rf"^\W*(?:(?:{BY})\b\s*[::]?\s*)+", re.IGNORECASE)
INNER_LABEL = re.compile(
    r"\b(?:(?:written|posted|published|reported|created) by|"
    r"(?:geschrieben|verfasst|veröffentlicht|publiziert|erstellt) von|(?:écrit|publié|rédigé) par|"
    r"(?:escrito|publicado) por|(?:scritto|pubblicato) da|(?:geschreven|geplaatst) door)\b:?",
    re.IGNORECASE,
)
SPLIT = re.compile(
    r""
    r"\s*(?:[,;|•·/]|\s[–—-]\s|\s&\s|\s\+\s|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|\boch\b|\bog\b|\bja\b|\boraz\b|\bи\b|\bi\b|\bve\b|、|،)\s*",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|@\w+", re.IGNORECASE)
BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
DATE_LIKE = re.compile(
    r"\d{1,2}[:.]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}|\b\d+ (?:min|hour|day|stunde|tag)", re.IGNORECASE
)
# Words of a job or a place in the trade, not of a name.
ROLE = re.compile(
    r""
    r"\b(?:reporter|reporters|editor|editors|correspondent|writer|journalist\w*|columnist|staff|senior|contributor|contributing|chief|deputy|bureau|"
    r"photographer|producer|analyst|fellow|professor|director|redakteur\w*|korrespondent\w*|redaktion\w*|"
    r"leiter\w*|chef\w*|ressort\w*|autor\w*|"
    r"journaliste|rédact\w+|correspondant\w*|redactor\w*|corresponsal|periodista|giornalista|redattore|"
    r"redazione|journalist|verslaggever|"
    r"корреспондент|редактор|обозреватель|updated|published|posted|last|modified|ago|read|follow|share|view|"
    r"more|profile|articles|twitter|facebook|email|comments?)\b",
    re.IGNORECASE,
)
# Marks of the author's name itself, the plainest first: rel, microdata, the hCard of a byline (microformats.org),
# the account that a publishing system links.
NAME_XPATHS = tuple(
    XPath(path)
    for path in (
        './/a[@rel="author"]',
        './/*[@itemprop="author"]/descendant-or-self::*[@itemprop="name" or @itemprop="author"][last()]',
        (
            './/*[contains(@class, "vcard") or contains(@class, "h-card")]'
            '/descendant-or-self::*[contains(concat(" ", @class, " "), " fn ") or contains(@class, "p-name")]'
        ),
        './/*[@class="username" or @class="author-name"]',
    )
)
BYLINE_XPATH = XPath(
    './/@*[(name()="class" or name()="id" or name()="data-testid") and (contains(., "yline") or contains(., "yLine") '
    'or contains(., "uthor") or contains(., "utor") or contains(., "auteur") or contains(., "writer"))]/..'
)
ELSEWHERE = re.compile(
    r"comment|related|sidebar|footer|teaser|recommend|promo|bio\b|nav|most-|(?<!v)(?<!h-)card", re.IGNORECASE
)
NOBODY = frozenset(
    (
        *("admin", "administrator", "author", "editor", "guest", "none", "null", "root", "system", "undefined"),
        *("unknown", "user", "webmaster"),
    )
)
MAX_NAME = 60
MAX_MARKED = 40
MAX_SIGN = 25
BY_LINE = re.compile(
    r"^(?:[\d.:,\s|–-]{4,20}\b)?\s*(?:(?:text|words|story|interview)\s)?(?:by|von|par|por|door)\s", re.IGNORECASE
)
# What a name may hold in lower case.
PARTICLES = frozenset(
    (
        *("al", "ap", "ben", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el"),
        *("ibn", "la", "le", "ten", "ter", "van", "vom", "von", "y", "zu", "zum", "zur", "d", "e", "af", "av"),
    )
)
MAX_NAMES = 12


def clean_authors(texts: Iterable[str], *, stated: bool = False) -> tuple[str, ...]:
    """Return the names in `texts`, in order, each once; agencies stay as printed, URLs and titles never do.

    `stated` texts come from a field for names: one that is only a desk (`Staff`, `Redaktion`) or an agency's
    lower-case sign (`dpa`) stays.
    """
    names: dict[str, str] = {}
    for text in texts:
        for name in _names(text, stated=stated):
            names.setdefault(name.casefold(), name)
    shorter = {key for key in names for other in names if key != other and key in other.split() and " " not in key}
    return tuple(name for key, name in names.items() if key not in shorter)[:MAX_NAMES]


def find_byline(tree: HtmlElement) -> tuple[str, ...]:
    """Return the names that the visible page gives as its authors; empty when it gives none.

    A mark of the name itself comes before one of the line that holds it; there, an account's name counts too.
    """
    for find in NAME_XPATHS:
        for element in _first_in_place(find(tree)):
            names = clean_authors([_shown(element), *_alike_after(element)], stated=True)
            if names:
                return names
    for element in _first_in_place(BYLINE_XPATH(tree)):
        text = _shown(element)
        if 2 < len(text) < 150 and (names := clean_authors([text])):
            return clean_authors([text, *_alike_after(element)])
    return _desk(tree)


def _desk(tree: HtmlElement) -> tuple[str, ...]:
    """Return the sign (`Redaktion`, `dpa`) that an element marked as author consists of."""
    texts = (_shown(element) for element in _first_in_place(BYLINE_XPATH(tree)))
    return next(
        (names for text in texts if len(text) <= MAX_SIGN and (names := clean_authors([text], stated=True))), ()
    )


def named_in_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the names in the first of `lines` that says by whom it is (`By Jane Doe`); full names only."""
    for line in lines:
        if len(line) <= MAX_NAME and BY_LINE.search(line):
            names = [name for name in clean_authors([BY_LINE.split(line, maxsplit=1)[-1]]) if " " in name]
            if names:
                return tuple(names)
    return ()


def _first_in_place(elements: Any) -> Iterator[HtmlElement]:
    """Yield the first elements that do not stand beside the article."""
    for element in elements[:MAX_MARKED]:
        if not _stands_elsewhere(element):
            yield element


def _shown(element: HtmlElement) -> str:
    return collapse(element.get("content") or visible_text(element))


def _alike_after(element: HtmlElement) -> list[str]:
    """Return the texts of the siblings marked in the same way: one author each."""
    marks = (element.get("rel"), element.get("class"))
    alike = [node for node in element.itersiblings(element.tag) if (node.get("rel"), node.get("class")) == marks]
    return [collapse(visible_text(node)) for node in alike[:5]]


def _stands_elsewhere(element: HtmlElement) -> bool:
    """Whether it stands in a part of the page beside the article; a frame that holds the headline too is none."""
    for node in (element, *element.iterancestors()):
        if node.tag in {"body", "html"}:
            return False
        if node.tag in {"footer", "nav", "aside"} or ELSEWHERE.search(
            f"{node.get('class') or ''} {node.get('id') or ''}"
        ):
            return node.find(".//h1") is None
    return False


def _names(text: str, *, stated: bool) -> list[str]:
    text = collapse(text)
    text = BRACKETS.sub("", ADDRESS.sub(" ", text))
    text = INNER_LABEL.split(text)[-1]
    text = LABEL.sub("", text)
    parts = [LABEL.sub("", part).strip(" .,:;-–—|\"'*") for part in SPLIT.split(text)]
    names = [_cased(part) for part in parts if _is_name(part)]
    whole = text.strip(" .,:;-–—|\"'*")
    return names or ([whole] if stated and _is_sign(whole) else [])


def _is_sign(text: str) -> bool:
    """Whether a field for names holds a desk or an agency: a few words, no date, no address."""
    return (
        2 <= len(text) <= 40 and len(text.split()) <= 4 and not DATE_LIKE.search(text) and text.casefold() not in NOBODY
    )


def _is_name(name: str) -> bool:
    if not 2 <= len(name) <= MAX_NAME or DATE_LIKE.search(name) or any(character.isdigit() for character in name):
        return False
    if ROLE.search(name) or len(name.split()) > 6:
        return False
    # Words of a name start with a capital where their script has any.
    words = [word.strip("\"'’.,()") for word in name.split()]
    return not words[-1][:1].islower() and not any(word[:1].islower() and word not in PARTICLES for word in words)


def _cased(name: str) -> str:
    """Return a shouted name in title case; short capitals are agencies."""
    return name.title() if name.isupper() and " " in name and len(name) > 8 else name
