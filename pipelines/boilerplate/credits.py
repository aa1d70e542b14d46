"""Photo credits and captions as parts: who made a picture, who supplied it, where it was taken from.

The wording lives in `data/credit.toml` and `data/caption.toml`; here the parts that their patterns name are read.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pipelines.boilerplate.lexicon import load_lexicon
from pipelines.boilerplate.rule import ANYWHERE, Place
from pipelines.boilerplate.rules import load_rules
from pipelines.boilerplate.ruleset import RuleSet
from pipelines.boilerplate.wording import ABBREVIATED_END
from pipelines.model import Block, ImageCredit

MID_STORY = Place(prose_before=99, prose_after=99)
LONGEST_LABEL = 90
LABEL_IN_BRACKETS = re.compile(r"[(\[【（]([^()\[\]:]{2,20})[)\]】）] ?([^()\[\]]{2,60})")
VIA = re.compile(r"\s*(?:\bvia\b|\bauf\b(?= unsplash| pixabay)|\bon\b(?= unsplash| flickr))\s*", re.IGNORECASE)
FOR = r"\s+(?:for|für|pour|para|per|voor|för|dla|для)\s+(?=[^\Wa-z_])"
PARTS = re.compile(rf"[\s,]*[/|()]+[\s,/|()]*|\s+[–—-]\s+|,\s+(?=[A-Z]{{2,5}}\b)|{FOR}")
# What a picture is, not whose.
STATUS = re.compile(
    r"(?:file|stock|handout|pool|archives?|archiv|archivo|archivio|arquivo|archief|arkiv|архив)"
    r"(?: (?:photo|image|picture|foto|bild))?|"
    r"(?:photo|image|picture|foto)",
    re.IGNORECASE,
)
# What names of houses have that people's lack: capitals throughout, a domain, a word for what they do.
HOUSE = re.compile(
    r"^[A-ZÀ-Þ]{2,8}$|\.(?:com|de|org|net)\b|\b(?i:images?|press|photos?|fotos?|agency|agentur|pool|news|media|services?|"
    r"infografik|archive?s?|studios?|university|ministry|polizei|police)\b"
)
SUPPLIED = re.compile(r"courtesy|provided by|supplied by|handout from|cortes[ií]a|gentileza", re.IGNORECASE)
NOTICE = re.compile(r"(?:©|\(c\)|copyright|ⓒ)", re.IGNORECASE)
LEAD = re.compile(r"(?:©|\(c\)|copyright|ⓒ)\s*(?:(?:19|20)\d\d\s*)?", re.IGNORECASE)
COMMONS = re.compile(
    r"\(?(?:CC|Creative Commons)[ -]?(?P<kind>0|BY(?:[ -](?:NC|SA|ND)){0,2})(?:[ -](?P<version>\d\.\d))?\)?",
    re.IGNORECASE,
)


def parse_credit(text: str, *, at_image: bool = True) -> ImageCredit | None:
    """Return the credit that `text` is as a whole; None when it is none.

    `credit_text` is the line without its label and brackets; `creator`, `agency` and `via` are what of it can be
    told apart. A line that stands at no image must be labelled as a picture's.
    """
    text = text.strip(" ;|")
    bracketed = LABEL_IN_BRACKETS.fullmatch(text)
    for reading in (text, f"{bracketed[1]}: {bracketed[2]}") if bracketed else (text,):
        for parts in _read("credit", reading, at_image=at_image):
            if "source" in parts and "caption" not in parts:
                return credit_from(parts["source"], line=text)
    return None


def split_credit(text: str, *, at_image: bool = True) -> tuple[str | None, ImageCredit] | None:
    """Return caption and credit of a line that holds both, or only a credit (caption None); None when it has none."""
    if credit := parse_credit(text, at_image=at_image):
        return None, credit
    for parts in (*_read("credit", text, at_image=at_image), *_read("caption", text)):
        if "source" in parts and "caption" in parts:
            return tidy_caption(parts["caption"]), credit_from(parts["source"], line=text.replace(parts["caption"], ""))
    return None


def is_viewer_label(text: str) -> bool:
    """Whether `text` belongs to what shows a picture (`1 / 12`, `Click to enlarge`), and is neither part."""
    return len(text) <= LONGEST_LABEL and any(not parts for parts in _read("caption", text))


def credit_from(source: str, *, line: str) -> ImageCredit:
    """Return the credit of a source phrase; `line` is where it was printed, which may mark it as a notice."""
    text = LEAD.sub("", _unwrap(source)).strip() or _unwrap(source)
    whole = _unwrap(line)
    if (named := _agency().match(whole)) and named.end() > whole.find(text) > 0:
        text = whole  # what seemed a label (`picture`) begins an agency's name
    notice = _unwrap(line) if NOTICE.search(line) and len(line) <= 120 else None
    before, *rest = VIA.split(COMMONS.sub("/", text).strip(" ,/|"), maxsplit=1)
    pieces = [piece for piece in PARTS.split(before) if piece and not STATUS.fullmatch(piece)]
    agencies = [piece for piece in pieces if is_agency(piece)]
    people = [piece for piece in pieces if not is_agency(piece)]
    if len(people) > 1 and not agencies and HOUSE.search(people[0]) and not HOUSE.search(people[-1]):
        people.reverse()
    if not agencies and (len(people) > 1 or (people and SUPPLIED.search(line))):
        agencies = [people.pop()]
    return ImageCredit(
        credit_text=text,
        creator=people[0] if people else None,
        agency="/".join(agencies) or None,
        via=rest[0] if rest and rest[0] else None,
        copyright_notice=notice,
    )


def license_in(text: str) -> str | None:
    """Return the Creative Commons licence that a credit line names: its URL, or its name where no version is given."""
    match = COMMONS.search(text)
    if match is None:
        return None
    kind = match["kind"].lower().replace(" ", "-")
    if kind == "0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return (
        f"https://creativecommons.org/licenses/{kind}/{match['version']}/" if match["version"] else match[0].strip("()")
    )


def tidy_caption(text: str) -> str:
    """Return a caption without the separators that led over to its credit."""
    return text.strip().rstrip("|/–—-([<,;").rstrip()


def is_agency(piece: str) -> bool:
    """Whether `piece` is an agency's name and nothing else."""
    return _agency().fullmatch(piece) is not None


def _unwrap(text: str) -> str:
    """Return `text` without the brackets and stops around it; a bracket or stop that belongs to it stays."""
    bare = text.strip().lstrip("|<>【】.,;:/–— ").rstrip("|<>【】 ").strip()
    for opening, closing in ("()", "[]"):
        if opening not in bare:
            bare = bare.partition(closing)[0].rstrip()
        elif closing not in bare:
            bare = bare.replace(opening, "", 1) if bare.startswith(opening) else f"{bare}{closing}"
    if bare[:1] in "([" and bare[-1:] in ")]":
        bare = bare[1:-1].strip()
    if bare.endswith(".") and not ABBREVIATED_END.search(bare):
        bare = bare[:-1]
    return bare.rstrip(",;: ")


@cache
def _agency() -> re.Pattern[str]:
    return re.compile(load_lexicon().fragments["agency"], re.IGNORECASE)


def _read(category: str, text: str, *, at_image: bool = True) -> Iterator[Mapping[str, str]]:
    """Yield what the rules of a category read in `text`, without those that need structure to hold."""
    for _, parts, _ in _rules(category).find_takers(Block(text=text), ANYWHERE if at_image else MID_STORY):
        yield parts


@cache
def _rules(category: str) -> RuleSet:
    return RuleSet([rule for rule in load_rules() if rule.category == category and rule.path is None])
