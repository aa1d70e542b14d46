"""Who wrote the article: people and desks, with the wire agencies apart."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from pipelines.extract.agencies import is_agency
from pipelines.extract.byline import find_byline, named_at_headline, named_in_lines, signed_line
from pipelines.extract.claims import Choice, Voice, settle
from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import texts_of, types_of
from pipelines.extract.names import clean_authors
from pipelines.extract.published import lines_at_headline
from pipelines.extract.segments import Layout, text_key
from pipelines.model import Candidate

AUTHOR_META = (
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "authors",
    "citation_author",
    "cxenseparse:author",
    "shareaholic:article_author_name",
)
WRITTEN_BY = re.compile(r"\b(?:by|von|par|por|da|door|av|af)\W*$|^(?:author|autor|auteur)", re.IGNORECASE)
OWN_NAME = "the publication itself"


def choose_authors(
    head: PageHead, candidate: Candidate | None, layout: Layout, own_names: Sequence[str]
) -> tuple[Choice, tuple[str, ...]]:
    """Return the people or desks who wrote it, and the wire agencies that sign beside or in place of them.

    Who is named first, in the order of trust, is believed; the publication itself (`own_names`) only where no one
    else is.
    """
    own = {text_key(name).casefold() for name in own_names}
    voices = [voice for voice in (_judged(voice, own) for voice in _voices(head, layout)) if voice.value]
    if all(voice.fault for voice in voices):
        late = (_judged(voice, own) for voice in _late_voices(head, candidate, layout, own_names))
        voices += [voice for voice in late if voice.value]
    chosen = next((voice for voice in voices if not voice.fault), None) or next(iter(voices), None)
    if chosen is None:
        return Choice(), ()
    chosen = _in_full(chosen, voices)
    people = tuple(name for name in chosen.value if not is_agency(name))
    agencies = [
        name for voice in (chosen, *voices) if _agrees(voice, chosen) for name in voice.value if is_agency(name)
    ]
    choice = settle("authors", voices, chosen, chosen.fault or "named by the most trusted voice")
    return attrs.evolve(choice, value=people), tuple(dict.fromkeys(agencies))


def _voices(head: PageHead, layout: Layout) -> tuple[Voice, ...]:
    declared = head.data("author")
    people = [author for author in declared if not _is_organization(author)]
    # An agency beside a person signs with him; any other organization is but the publisher.
    people += [author for author in declared if people and author not in people and _is_wire(author)]
    return (
        _stated("json-ld", texts_of(people)),
        _stated("json-ld", texts_of(head.data("creator"))),
        Voice(origin="text", value=named_in_lines(lines_at_headline(layout))),
        _stated("meta", _written_authors(head)),
        Voice(origin="html", value=find_byline(head)),
    )


def _late_voices(
    head: PageHead, candidate: Candidate | None, layout: Layout, own_names: Sequence[str]
) -> tuple[Voice, ...]:
    """Return the voices that are heard only where no other names anyone but the publication."""
    known = {text_key(name) for name in (*own_names, head.data_text("articleSection") or "") if name}
    return (
        Voice(origin="text", value=named_at_headline(layout, known)),
        Voice(origin="text", value=signed_line(layout)),
        _stated("json-ld", texts_of(head.data("author"))),
        Voice(origin="feed", value=clean_authors(candidate.authors if candidate else ())),
    )


def _stated(origin: str, texts: Any) -> Voice:
    return Voice(origin=origin, value=clean_authors(texts, stated=True))


def _judged(voice: Voice, own: set[str]) -> Voice:
    """Return the voice without the publication's own names, or at fault where it has no others."""
    others = tuple(name for name in voice.value if text_key(name).casefold() not in own)
    return attrs.evolve(voice, value=others) if others else attrs.evolve(voice, fault=OWN_NAME)


def _in_full(chosen: Voice, voices: Sequence[Voice]) -> Voice:
    """Return the voice that says more of the same: an account's or first name in full, or all of several authors."""
    names = {name.casefold() for name in chosen.value}
    for voice in voices:
        others = {name.casefold() for name in voice.value}
        if voice.fault or others == names:
            continue
        if len(names) == 1 and len(others) == 1 and " " not in (short := next(iter(names))):
            full = next(iter(others))
            if " " in full and (full.split()[0] == short or text_key(full) == text_key(short)):
                return voice
        if voice.origin == "text" and names < others:
            return voice
    return chosen


def _agrees(voice: Voice, chosen: Voice) -> bool:
    """Whether two voices speak of the same authors, so that the agency one of them adds belongs to the article."""
    return voice is chosen or bool(set(voice.value) & set(chosen.value))


def _is_organization(author: Any) -> bool:
    return isinstance(author, Mapping) and any(name.endswith("Organization") for name in types_of(author))


def _is_wire(author: Any) -> bool:
    return any(map(is_agency, texts_of(author)))


def _written_authors(head: PageHead) -> list[str]:
    """Return what the meta tags call author; `twitter:data1` is one when its label says so (`Written by`)."""
    written = head.all_of(*AUTHOR_META)
    for number in ("1", "2"):
        if WRITTEN_BY.search(head.first(f"twitter:label{number}") or ""):
            written.extend(head.meta.get(f"twitter:data{number}", ()))
    return [value for value in written if not value.startswith(("http", "/"))]
