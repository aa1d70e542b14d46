"""Who the visible page says wrote it: by marks of its markup, and by the lines around the headline."""

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from pipelines.extract.head import PageHead
from pipelines.extract.names import MAX_NAME, clean_authors, without_dates
from pipelines.extract.segments import Layout, Segment, collapse, visible_text
from pipelines.extract.tags import SKIPPED

ELSEWHERE = re.compile(
    r"comment|related|sidebar|footer|teaser|recommend|promo|bio\b|nav|most-|(?<!v)(?<!h-)card", re.IGNORECASE
)
NAME_CLASS = re.compile(r"(?:^|\s)(?:fn|p-name|username|author-?_?name)(?:\s|$)")
MAX_MARKED = 40
MAX_SIGN = 25
MAX_LINE = 150
BY_LINE = re.compile(
    r"^(?:[\d.:,\s|–-]{4,20}\b)?\s*(?:(?:text|words|story|interview|(?:ein )?(?:gast)?beitrag|ein artikel)\s)?"
    r"(?:by|von|par|por|door)\s",
    re.IGNORECASE,
)
WITHIN_LINE = re.compile(
    r"(?:^|\s|\|)(?:by|(?:written|posted|published|submitted) by|(?:erstellt|geschrieben|verfasst|gespeichert|"
    r"publiziert|veröffentlicht|artikel|beitrag) von|(?:écrit|publié) par|(?:escrito|publicado) por)\s+",
    re.IGNORECASE,
)
# A line that names the writer wherever it stands: a label with its colon, or the words in full.
SIGNED = re.compile(
    r"^[（(]?(?:(?:text|autor(?:in|en|ka)?|author|words|texto?|auteur|autore|tekst|автор|текст|yazar|szerző)\s?[:：]\s|"
    r"(?:written|words|story) by\s|(?:责编|責編|责任编辑|作者|记者|記者)\s?[:：])",
    re.IGNORECASE,
)
FULL_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}")
LINES_AFTER = 8
LINES_BEFORE = 5


def find_byline(head: PageHead) -> tuple[str, ...]:
    """Return the names that marks of the page give as its authors; empty when there are none.

    A mark of the name itself comes before one of the line that holds it; there, an account's name counts too.
    """
    for elements in (head.marked.get("rel-author", ()), _stated(head), _named_within(head)):
        for element in _first_in_place(elements):
            names = clean_authors([_first_name(element), *_alike_after(element)], stated=True)
            if names:
                return names
    lines = list(_first_in_place(head.marked.get("author", ())))
    for element in lines:
        text = _first_name(element)
        if 2 < len(text) < MAX_LINE and (names := clean_authors([text])):
            return clean_authors([text, *_alike_after(element)])
    signs = (text for element in lines if len(text := _shown(element)) <= MAX_SIGN)
    return next((names for text in signs if (names := clean_authors([text], stated=True))), ())


def named_in_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the names in the first of `lines` that says by whom it is (`By Jane Doe`); full names only."""
    for line in lines:
        if len(line) > MAX_LINE:
            continue
        begins = BY_LINE.search(line) if len(line) <= MAX_NAME else None
        label = begins or WITHIN_LINE.search(line)
        if label and (begins or _has_date(line)):
            names = [name for name in clean_authors([line[label.end() :]]) if " " in name or not begins]
            if names:
                return tuple(names)
    return ()


def named_at_headline(layout: Layout, known: Iterable[str]) -> tuple[str, ...]:
    """Return the full names that stand alone just below the headline, beside the date or, set off, before the text.

    Sections stand there too: a line in `known` (the page's own names and sections), or one that the page's menu
    has as well, is none.
    """
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), None)
    if headline is None:
        return ()
    menu = {segment.key for segment in layout.segments[:headline]} | set(known)
    below = layout.segments[headline + 1 : headline + 1 + LINES_AFTER]
    for index, segment in enumerate(below):
        if len(segment.text) > 2 * MAX_NAME or segment.key in menu:
            continue
        names = _bare_names(segment.text)
        if names and (_beside_date(below, index) or _set_off(below, index)):
            return names
    return ()


def signed_line(layout: Layout) -> tuple[str, ...]:
    """Return the names in the only line of the page that is a signature (`Autor: Jane Doe`, `责编：...`)."""
    signed = [
        segment.text for segment in layout.segments if len(segment.text) <= MAX_NAME and SIGNED.match(segment.text)
    ]
    names = {names for text in signed if (names := clean_authors([text]))}
    return names.pop() if len(names) == 1 else ()


def _stated(head: PageHead) -> Iterator[HtmlElement]:
    """Yield the elements that microdata names as the author's name, or as the author."""
    for element in head.marked.get("itemprop", ()):
        if "author" in (element.get("itemprop") or "").split():
            inner = [node for node in element.iterdescendants() if node.get("itemprop") in {"name", "author"}]
            yield inner[-1] if inner else element


def _named_within(head: PageHead) -> Iterator[HtmlElement]:
    """Yield what stands within a byline as its name: of an hCard (microformats.org), or of an account."""
    for element in head.marked.get("author", ()):
        for node in element.iter():
            if NAME_CLASS.search(node.get("class") or ""):
                yield node
                break


def _first_in_place(elements: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    """Yield the first elements that do not stand beside the article."""
    for element, _ in zip(elements, range(MAX_MARKED), strict=False):
        if not _stands_elsewhere(element):
            yield element


def _shown(element: HtmlElement) -> str:
    return collapse(element.get("content") or visible_text(element))


def _first_name(element: HtmlElement) -> str:
    """Return the element's text up to where its markup sets off what follows a full name: a job, a paper, a date."""
    whole = _shown(element)
    if len(whole) > 2 * MAX_LINE or element.get("content"):
        return whole
    pieces = list(_pieces(element, 0))
    for index, (text, mark) in enumerate(pieces):
        names = clean_authors([text])
        if names and any(" " in name for name in names):
            alike = [other for other, its in pieces[index + 1 :] if its == mark and len(other) > 3]
            follows = pieces[index + 1][0] if index + 1 < len(pieces) else ""
            return whole if re.match(r"(?:,|&|\band\b|\bund\b|\bet\b|\by\b|/)", follows) else " | ".join((text, *alike))
    return whole


def _pieces(element: HtmlElement, depth: int) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Yield the runs of text between tags, each with the tag and class that hold it."""
    if element.tag in SKIPPED or depth > 12:
        return
    mark = (element.tag, element.get("class"))
    if text := collapse(element.text or ""):
        yield text, mark
    for child in element:
        yield from _pieces(child, depth + 1)
        if text := collapse(child.tail or ""):
            yield text, mark


def _alike_after(element: HtmlElement) -> list[str]:
    """Return the texts of the siblings marked in the same way: one author each."""
    marks = (element.get("rel"), element.get("class"))
    if not any(marks):
        return []
    alike = [node for node in element.itersiblings(element.tag) if (node.get("rel"), node.get("class")) == marks]
    return [_first_name(node) for node in alike[:5]]


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


def _bare_names(text: str) -> tuple[str, ...]:
    """Return the names when `text`, its dates aside, is nothing but full names."""
    if any(word in text for word in ".?!:" if text.endswith(word)):
        return ()
    rest = without_dates(text).split(" | ")[0]
    parts = [part.strip() for part in re.split(r"[/|,]|\s&\s|\band\b|\bund\b", rest) if part.strip(" -–—")]
    if not parts or not all(FULL_NAME.fullmatch(part) for part in parts):
        return ()
    names = clean_authors(parts)
    return (
        names if len(names) == len(parts) and all(word[:1].isupper() for name in names for word in name.split()) else ()
    )


def _has_date(text: str) -> bool:
    return without_dates(text) != text


def _beside_date(lines: Sequence[Segment], index: int) -> bool:
    near = lines[max(0, index - 1) : index + 2]
    return any(len(line.text) < MAX_LINE and _has_date(line.text) for line in near)


def _set_off(lines: Sequence[Segment], index: int) -> bool:
    """Whether the line is printed in bold or italics directly above running text."""
    following = lines[index + 1].text if index + 1 < len(lines) else ""
    return lines[index].emphasis in {"strong", "b", "em", "i"} and len(following) > MAX_LINE
