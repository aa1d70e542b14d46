"""Whether everyone may read the whole article: what the page declares, how it is marked, what it asks for."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.extract.claims import Choice, Voice, settle
from pipelines.extract.head import PageHead
from pipelines.extract.jsonld import as_list
from pipelines.extract.segments import Layout, collapse, visible_text

DATA = Path(__file__).with_name("data")
META = ("isaccessibleforfree", "article:content_tier", "og:article:content_tier", "content_tier", "cxenseparse:paywall")
FREE = frozenset(("true", "free", "open", "unlocked", "yes", "1"))
LOCKED = frozenset(("false", "locked", "premium", "paid", "subscription", "subscriber", "subscriber-only", "no", "0"))
LOCK_CLASS = re.compile(
    r"(?:^|[\s_-])(?:paywalled?|has-paywall|is-(?:premium|paid|locked)|premium-(?:article|content|post)|"
    r"(?:article|post|content)-(?:premium|paid|locked)|subscribers?-only|paid-content)(?:$|\s)",
    re.IGNORECASE,
)
LOCK_DATA = ("data-paywall", "data-premium", "data-paid", "data-access", "data-locked", "data-content-tier")
WALL_CLASS = re.compile(r"pay-?wall|regwall|subscriber-only|paid-content|piano", re.IGNORECASE)
SUBSCRIPTION = re.compile(
    r"subscri|abonn|\babo\b|suscri|assin|prenumer|předplat|előfiz|подпис|передплат|tilaa|会員|購読|订阅|訂閱|구독|למנוי|مشترك",
    re.IGNORECASE,
)
MAX_PROMPT = 200
PROMPT_LINES = 150
MIN_PROMPT = 8
MIN_WALL, MAX_WALL = 20, 1_500


def choose_access(head: PageHead, layout: Layout) -> Choice:
    """Return True, False, or None when the page does not say; the claims name the evidence.

    What JSON-LD states comes first, then meta tags, marks on the article's own frame, and a block or line that asks
    readers to subscribe in order to read on.
    """
    voices = list(_voices(head, layout))
    chosen = next(iter(voices), None)
    if chosen is None:
        return Choice()
    return settle("is_accessible_for_free", voices, Voice(origin=chosen.origin, value=chosen.value), chosen.fault)


def _voices(head: PageHead, layout: Layout) -> Iterator[Voice]:
    """Yield what is said, with its evidence in place of a fault."""
    yield from _stated(head)
    for name in META:
        for text in head.meta.get(name, ()):
            if (value := _truth(text)) is not None:
                yield Voice(origin="meta", value=value, fault=f"{name}: {text}")
    for element in head.marked.get("frame", ())[:8]:
        if evidence := _frame_mark(element.attrib):
            yield Voice(origin="html", value=False, fault=f"{element.tag} is marked {evidence}")
            break
    for element in head.marked.get("access", ())[:12]:
        name = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
        if WALL_CLASS.search(name):
            text = collapse(visible_text(element))
            if MIN_WALL <= len(text) <= MAX_WALL and SUBSCRIPTION.search(text):
                yield Voice(origin="html", value=False, fault=f"{name[:80]}: {text[:100]}")
                break
    if prompt := _prompt(layout):
        yield Voice(origin="text", value=False, fault=prompt)


def _stated(head: PageHead) -> Iterator[Voice]:
    values = [_truth(value) for value in as_list(head.article.get("isAccessibleForFree"))]
    parts = [part for part in head.data("hasPart") if isinstance(part, Mapping)]
    locked = next((part for part in parts if _truth(part.get("isAccessibleForFree")) is False), None)
    if locked is not None and values[:1] != [True]:
        place = str(locked.get("cssSelector") or "a part").strip()
        yield Voice(origin="json-ld", value=False, fault=f"hasPart: {place} is not free")
    for value in values[:1]:
        if value is not None:
            yield Voice(origin="json-ld", value=value, fault="isAccessibleForFree of the article")


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().rsplit("/", 1)[-1].lower()
    return True if text in FREE else False if text in LOCKED else None


def _frame_mark(attributes: Mapping[str, str]) -> str | None:
    for name in LOCK_DATA:
        if str(attributes.get(name, "")).strip().lower() in LOCKED - {"false", "no", "0"} | {"true"}:
            return f"{name}={attributes[name]}"
    found = LOCK_CLASS.search(attributes.get("class", ""))
    return found[0].strip() if found else None


def _prompt(layout: Layout) -> str | None:
    """Return the first short line below the headline that asks to subscribe in order to read on."""
    headline = next((segment.index for segment in layout.segments if segment.element.tag == "h1"), 0)
    below = layout.segments[headline : headline + PROMPT_LINES]
    lines = [segment.text for segment in below if MIN_PROMPT <= len(segment.text) <= MAX_PROMPT]
    whole = "\n".join(lines).casefold()
    prompts = {stem: pattern for stem, pattern in _prompts().items() if stem in whole}
    if not prompts:
        return None
    for line, plain in ((line, line.casefold()) for line in lines):
        for stem, pattern in prompts.items():
            if stem in plain and pattern.search(plain):
                return line
    return None


@cache
def _prompts() -> Mapping[str, re.Pattern[str]]:
    """Return stem -> what is searched in lines that hold it (`data/access.toml`)."""
    table = tomllib.loads((DATA / "access.toml").read_text(encoding="utf-8"))
    return {stem: re.compile("|".join(f"(?:{one})" for one in patterns)) for stem, patterns in table["prompts"].items()}
