"""The headline: what several voices of the page agree on, without the site's name."""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from pipelines.extract.segments import collapse, text_key

# "Title - The Site", "Title | Section | The Site", "The Site: Title" is left alone.
SEPARATOR = re.compile(r"\s+[-–—|•·«»‹›:/~⁄]+\s+|\s*[|｜_]\s*")


def choose_headline(
    voices: Sequence[tuple[str, str | None]], *, site_names: Sequence[str]
) -> tuple[str | None, str | None]:
    """Return the headline and the origin it was taken from; `voices` are (origin, text), the most trusted first.

    A text that another voice repeats wins over one that stands alone.
    """
    cleaned = [(origin, strip_site(collapse(text), site_names)) for origin, text in voices if text and collapse(text)]
    cleaned = [(origin, text) for origin, text in cleaned if text]
    for origin, text in cleaned:
        key = text_key(text).casefold()
        others = [text_key(other).casefold() for name, other in cleaned if name != origin]
        if key and key in others:
            return text, origin
    return (cleaned[0][1], cleaned[0][0]) if cleaned else (None, None)


def strip_site(title: str, site_names: Sequence[str]) -> str:
    """Return `title` without the site's name at its end or start."""
    keys = {text_key(name).casefold() for name in site_names if name}
    keys.discard("")
    cuts = list(SEPARATOR.finditer(title))
    for cut in cuts:
        if _names_site(title[cut.end() :], keys):
            return title[: cut.start()].strip()
    for cut in reversed(cuts):
        if text_key(title[: cut.start()]).casefold() in keys:
            return title[cut.end() :].strip()
    return title


def heading_text(tree: HtmlElement) -> str | None:
    """Return the page's `<h1>`: the one marked as headline, else the only one, else the longest."""
    headings = [(heading, collapse(heading.text_content())) for heading in tree.iter("h1")]
    headings = [(heading, text) for heading, text in headings if text]
    for heading, text in headings:
        if "headline" in (heading.get("itemprop") or "") or re.search(
            r"headline|entry-title|article-title", heading.get("class") or ""
        ):
            return text
    return max((text for _, text in headings), key=len, default=None)


def _names_site(text: str, keys: set[str]) -> bool:
    key = text_key(text).casefold()
    return key in keys or any(
        len(name) > 4 and (key.startswith(name) or key.endswith(name)) and len(key) < len(name) + 25 for name in keys
    )
