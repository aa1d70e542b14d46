"""Who wrote it: a byline as printed -> names only."""

import re
from collections.abc import Iterable

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.extract.segments import collapse, visible_text

BY = (
    "by|words by|written by|reported by|story by|text by|analysis by|opinion by|review by|posted by|author|"
    "authors|von|ein|eine|autor|autorin|autoren|text|"
    "par|propos recueillis par|por|texto|di|a cura di|door|av|af|tekst|teksti|autore|auteur|przez|oleh|автор|текст|"
    "από|yazar|yazan|pisze|szerző|írta|autoři|מאת|بقلم|كتب|文|記者|作者|记者|기자"
)
LABEL = re.compile(rf"^\W*(?:(?:{BY})\b\s*[::]?\s*)+", re.IGNORECASE)
INNER_LABEL = re.compile(r"\b(?:written|posted|published|reported) by\b", re.IGNORECASE)
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
BYLINE_WORDS = ("byline", "author", "Author", "byLine", "Byline", "autor", "auteur", "writer")
BYLINE_XPATH = XPath(
    './/*[@rel="author" or @itemprop="author" or '
    + " or ".join(f'contains(@class, "{word}")' for word in BYLINE_WORDS)
    + ' or contains(@data-testid, "byline") or contains(@data-testid, "author")]'
)
ELSEWHERE = re.compile(r"comment|related|sidebar|footer|teaser|recommend|promo|bio\b|nav|most-|card", re.IGNORECASE)
NOBODY = frozenset(
    (
        *("admin", "administrator", "author", "editor", "guest", "none", "null", "root", "system", "undefined"),
        *("unknown", "user", "webmaster"),
    )
)
MAX_NAME = 60
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
    """Return the names that the visible page gives as its authors; empty when it gives none."""
    elements: list[HtmlElement] = BYLINE_XPATH(tree)  # type: ignore[assignment]
    for element in elements[:40]:
        if _stands_elsewhere(element):
            continue
        text = collapse(element.get("content") or visible_text(element))
        if 2 < len(text) < 150 and clean_authors([text]):
            return clean_authors([text, *_alike_after(element)])
    return ()


def _alike_after(element: HtmlElement) -> list[str]:
    """Return the texts of the siblings marked in the same way: one author each."""
    marks = (element.get("rel"), element.get("class"))
    alike = [node for node in element.itersiblings(element.tag) if (node.get("rel"), node.get("class")) == marks]
    return [collapse(visible_text(node)) for node in alike[:5]]


def _stands_elsewhere(element: HtmlElement) -> bool:
    for node in (element, *element.iterancestors()):
        if node.tag in {"footer", "nav", "aside"} or ELSEWHERE.search(
            f"{node.get('class') or ''} {node.get('id') or ''}"
        ):
            return node.tag not in {"body", "html"}
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
    # A name starts with a capital where its script has any.
    first = name.rsplit(maxsplit=1)[-1][0]
    return not first.islower() or name[0].isupper()


def _cased(name: str) -> str:
    """Return a shouted name in title case; short capitals are agencies."""
    return name.title() if name.isupper() and " " in name and len(name) > 8 else name
