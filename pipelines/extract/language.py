"""The language an article is written in, as its page declares it."""

import re

from lxml.html import HtmlElement

from pipelines.model import Candidate, Source

TAG = re.compile(r"^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$", re.IGNORECASE)
NO_LANGUAGE = frozenset(("und", "zxx", "mul", "xx"))


def choose_language(
    tree: HtmlElement, locale: str | None, json_ld: str | None, candidate: Candidate | None, source: Source | None
) -> tuple[str | None, str | None]:
    """Return a BCP 47 tag and its origin: `<html lang>`, JSON-LD, `og:locale`, the feed, then the seed."""
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    for origin, written in (
        ("html", declared),
        ("json-ld", json_ld),
        ("og", locale),
        ("feed", candidate.language if candidate else None),
        ("seed", source.language if source else None),
    ):
        tag = language_tag(written)
        if tag is not None:
            return tag, origin
    return None, None


def language_tag(text: str | None) -> str | None:
    """Return `text` as a BCP 47 tag in its usual case (`pt-BR`); None when it is not one."""
    tag = (text or "").strip().replace("_", "-").split(".")[0].split(",")[0]
    if not TAG.match(tag) or tag.lower().split("-")[0] in NO_LANGUAGE:
        return None
    language, *rest = tag.split("-")
    return "-".join((language.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)))
