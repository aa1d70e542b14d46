"""Photo credits and captions as parts: who made a picture, who supplied it, where it was taken from.

The wording lives in `data/credit.toml` and `data/caption.toml`; here the parts that their patterns name are read.
"""

import re
from functools import cache

from pipelines.boilerplate.lexicon import load_lexicon
from pipelines.boilerplate.rule import Rule
from pipelines.boilerplate.rules import load_rules
from pipelines.boilerplate.wording import ABBREVIATED_END
from pipelines.model import ImageCredit

VIA = re.compile(r"\s*(?:\bvia\b|\bauf\b(?= unsplash| pixabay)|\bon\b(?= unsplash| flickr))\s*", re.IGNORECASE)
PARTS = re.compile(r"\s*[/|]\s*|\s+[–—-]\s+|,\s+(?=[A-Z]{2,5}\b)")
NOTICE = re.compile(r"(?:©|\(c\)|copyright|ⓒ)", re.IGNORECASE)
LEAD = re.compile(r"(?:©|\(c\)|copyright|ⓒ)\s*(?:(?:19|20)\d\d\s*)?", re.IGNORECASE)


def parse_credit(text: str) -> ImageCredit | None:
    """Return the credit that `text` is as a whole; None when it is none.

    `credit_text` is the line without its label and brackets; `creator`, `agency` and `via` are what of it can be
    told apart.
    """
    for rule in _credit_rules():
        parts = rule.read(text)
        if parts and "source" in parts:
            return credit_from(parts["source"], line=text)
    return None


def split_credit(text: str) -> tuple[str | None, ImageCredit] | None:
    """Return caption and credit of a line that holds both, or only a credit (caption None); None when it has none."""
    if credit := parse_credit(text):
        return None, credit
    for rule in _caption_rules():
        parts = rule.read(text)
        if parts and "source" in parts and "caption" in parts:
            return tidy_caption(parts["caption"]), credit_from(parts["source"], line=text.replace(parts["caption"], ""))
    return None


def credit_from(source: str, *, line: str) -> ImageCredit:
    """Return the credit of a source phrase; `line` is where it was printed, which may mark it as a notice."""
    text = LEAD.sub("", _unwrap(source)).strip() or _unwrap(source)
    notice = _unwrap(line) if NOTICE.search(line) and len(line) <= 120 else None
    before, *rest = VIA.split(text, maxsplit=1)
    pieces = [piece for piece in PARTS.split(before) if piece]
    agencies = [piece for piece in pieces if _is_agency(piece)]
    people = [piece for piece in pieces if not _is_agency(piece)]
    agency = agencies[-1] if agencies else (people[-1] if len(people) > 1 else None)
    return ImageCredit(
        credit_text=text,
        creator=people[0] if people else None,
        agency=agency,
        via=rest[0] if rest and rest[0] else None,
        copyright_notice=notice,
    )


def tidy_caption(text: str) -> str:
    """Return a caption without the separators that led over to its credit."""
    return text.strip().rstrip("|/–—-([<,;").rstrip()


def _unwrap(text: str) -> str:
    """Return `text` without the brackets and stops around it; a bracket or stop that belongs to it stays."""
    bare = text.strip().strip("|<>【】 ").strip()
    if bare[:1] in "([" and bare[-1:] in ")]":
        bare = bare[1:-1].strip()
    if bare.endswith(".") and not ABBREVIATED_END.search(bare):
        bare = bare[:-1]
    return bare.rstrip(",;: ")


def _is_agency(piece: str) -> bool:
    return re.fullmatch(load_lexicon().fragments["agency"], piece, re.IGNORECASE) is not None


@cache
def _credit_rules() -> tuple[Rule, ...]:
    """The credit rules that need no structure to hold."""
    return tuple(rule for rule in load_rules() if rule.category == "credit" and rule.path is None)


@cache
def _caption_rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in load_rules() if rule.category == "caption" and rule.path is None)
