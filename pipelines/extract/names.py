"""A byline as printed -> the names in it: without labels, titles, places, dates and addresses."""

import re
from collections.abc import Iterable

from pipelines.extract.agencies import is_agency
from pipelines.extract.months import MONTHS
from pipelines.extract.segments import collapse

BY = (
    "by|words by|written by|reported by|story by|text by|analysis by|opinion by|review by|posted by|author|"
    "authors|von|ein|eine|interview|artikel von|beitrag von|autor|autorin|autoren|text|"
    "par|propos recueillis par|por|texto|di|a cura di|door|av|af|tekst|teksti|autore|auteur|przez|oleh|автор|текст|"
    "από|yazar|yazan|pisze|szerző|írta|autoři|מאת|بقلم|كتب|文|記者|作者|记者|责编|責編|责任编辑|기자"
)
LABEL = re.compile(rf"^\W*(?:(?:{BY})\b\s*[:：]?\s*)+", re.IGNORECASE)
# Labels within the line; what stands before them (a date, a section) is no name.
INNER_LABEL = re.compile(
    r"\b(?:(?:written|posted|published|reported|created|submitted|article|story|text|words) by|"
    r"(?:geschrieben|verfasst|veröffentlicht|publiziert|erstellt|gespeichert|artikel|beitrag|text|gastbeitrag) von|"
    r"(?:écrit|publié|rédigé) par|(?:escrito|publicado) por|(?:scritto|pubblicato) da|(?:geschreven|geplaatst) door|"
    r"(?:责编|責編|责任编辑|記者|记者|作者)\s?[:：])\s*[:：]?",
    re.IGNORECASE,
)
# What follows the names of a labelled line: a picture's credit, a place or section (`in Growth`), an office.
REST = re.compile(
    r"\b(?:fotos?|photos?|bild(?:er)?|illustrations?|video|grafik)\s?(?:[:：]|by\b|von\b).*$|"
    r"\s(?:in|for|für|from|of|aus|at|bei|@)(?:\s.*)?$",
    re.IGNORECASE,
)
_MONTH = "|".join(sorted((re.escape(name) for name in MONTHS), key=len, reverse=True))
_DAY = "|".join(
    (
        *("mon(?:day)?", "tue(?:s|sday)?", "wed(?:nesday)?", "thu(?:rs?|rsday)?", "fri(?:day)?", "sat(?:urday)?"),
        *("sun(?:day)?", "mo(?:ntag)?", "di(?:enstag)?", "mi(?:ttwoch)?", "do(?:nnerstag)?", "fr(?:eitag)?"),
        *("sa(?:mstag)?", "so(?:nntag)?", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    )
)
DATE = re.compile(
    rf"(?:[\s,|·•–—-]|\b(?:am|on|at|le|el|il|den|op|um|vom|published|updated|veröffentlicht|aktualisiert)\b)*"
    rf"(?:\b(?:{_DAY})\b[.,]*\s*)?"
    rf"(?:\b\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s*(?:de )?(?:{_MONTH})\b\.?(?:,?\s*(?:de )?(?:19|20)\d\d)?"
    rf"|\b(?:{_MONTH})\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s*(?:19|20)\d\d)?"
    r"|\b\d{1,4}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b"
    r"|\b\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\b\.?|uhr|h\b)?(?:\s*\(?[A-Z]{3,4}\b\)?)?)"
    r"[\s,|·•–—-]*",
    re.IGNORECASE,
)
SPLIT = re.compile(
    r"\s*(?:[,;|•·、，]|/|\s[–—-]\s|\s&\s|\s\+\s|"
    r"\b(?:and|und|et|en|och|og|ja|oraz|и|ve|mit|with)\b)\s*",
    re.IGNORECASE,
)
# These join two names only where both have two words: a Spanish name has a `y` within.
ONE_LETTER = re.compile(r"\s+(?:y|e|i)\s+")
ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|@\w+", re.IGNORECASE)
BRACKETS = re.compile(r"\s*[(\[（][^)\]）]*[)\]）]")
DATE_LIKE = re.compile(r"\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}|\b\d+ (?:min|hour|day|stunde|tag)", re.IGNORECASE)
# A title before the name, or after its comma.
HONORIFIC = re.compile(
    r"^(?:(?:dr|prof|professor|mag|dipl|ing|mr|mrs|ms|sir|dame|rev|hon|m|mme|sr|sra|dott|lic|phd)\b\.?(?:[-\s]*(?:ing|phil|"
    r"med|jur|rer|nat|oec|habil|mult|hc|h\.?c)\b\.?)*[\s-]+)+(?=\S+\s+\S)|"
    r"[,\s]+(?:ph\.?\s?d|m\.?d|mba|msc|bsc|esq|cpa|rd|rn|jr\.?\s)\.?$",
    re.IGNORECASE,
)
# Words of a job or a place in the trade, not of a name.
ROLE = re.compile(
    r"\b(?:reporters?|editors?|editorial|correspondent|writers?|journalist\w*|columnist|staff|senior|contributor|"
    r"contributing|chief|deputy|bureau|photographer|producer|analyst|fellow|professor|director|manager|redakteur\w*|"
    r"korrespondent\w*|redaktion\w*|leiter\w*|chef\w*|ressort\w*|autor\w*|"
    r"journaliste|rédact\w+|correspondant\w*|redactor\w*|corresponsal|periodista|giornalista|redattore|"
    r"redazione|journalist|verslaggever|sign in|log in|subscribe|"
    r"корреспондент|редактор|обозреватель|updated|published|posted|last|modified|ago|read|follow|share|view|"
    r"more|profile|articles|twitter|facebook|email|comments?|the author|about)\b",
    re.IGNORECASE,
)
NOBODY = frozenset(
    (
        *("admin", "administrator", "author", "editor", "guest", "none", "null", "root", "system", "undefined"),
        *("unknown", "user", "webmaster", "anonymous", "test", "post", "by", "von"),
    )
)
# What a name may hold in lower case.
PARTICLES = frozenset(
    (
        *("al", "ap", "ben", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el"),
        *("ibn", "la", "le", "ten", "ter", "van", "vom", "von", "y", "zu", "zum", "zur", "d", "e", "af", "av", "i"),
    )
)
TRIM = " .,:;-–—|\"'*"
MAX_NAME = 60
MAX_NAMES = 12


def clean_authors(texts: Iterable[str], *, stated: bool = False) -> tuple[str, ...]:
    """Return the names in `texts`, in order, each once; URLs, titles and places never.

    `stated` texts come from a field for names: one that is only a desk (`Staff`, `Redaktion`) or an agency's
    lower-case sign (`dpa`) stays.
    """
    names: dict[str, str] = {}
    for text in texts:
        for name in _names(text, stated=stated):
            names.setdefault(name.casefold(), name)
    shorter = {key for key in names for other in names if key != other and key in other.split() and " " not in key}
    return tuple(name for key, name in names.items() if key not in shorter)[:MAX_NAMES]


def without_dates(text: str) -> str:
    """Return `text` with a bar in place of each date and time."""
    return DATE.sub(" | ", text) if any(character.isdigit() for character in text) else text


def _names(text: str, *, stated: bool) -> list[str]:
    text = BRACKETS.sub(_bracketed_editors, ADDRESS.sub(" ", collapse(text)))
    text = without_dates(INNER_LABEL.split(text)[-1])
    labelled = LABEL.sub("", text)
    text = REST.sub("", labelled)
    parts = [_bare(part) for part in SPLIT.split(text)]
    parts = [name for part in parts for name in _joined_by_one_letter(part)]
    names = [_cased(part) for part in parts if _is_name(part)]
    first_full = next((index for index, name in enumerate(names) if " " in name), len(names))
    # After a full name a single word is a place or a paper, unless it is an agency: `Jane Doe, Berlin`.
    names = [name for index, name in enumerate(names) if index <= first_full or _stands_alone(name)]
    whole = labelled.strip(TRIM)
    return names or ([whole] if stated and _is_sign(whole) else [])


def _stands_alone(name: str) -> bool:
    return " " in name or not name.isascii() or is_agency(name)


def _bracketed_editors(match: re.Match[str]) -> str:
    """Brackets hold places, papers and pronouns; only where they label the names within are they read."""
    return match[0] if INNER_LABEL.search(match[0]) else ""


def _bare(part: str) -> str:
    return HONORIFIC.sub("", LABEL.sub("", part).strip(TRIM + ")(）（")).strip(TRIM)


def _joined_by_one_letter(part: str) -> list[str]:
    pieces = ONE_LETTER.split(part)
    return pieces if len(pieces) > 1 and all(" " in piece for piece in pieces) else [part]


def _is_sign(text: str) -> bool:
    """Whether a field for names holds a desk or an agency: a few words, no date, no address."""
    return (
        2 <= len(text) <= 40
        and len(text.split()) <= 4
        and not DATE_LIKE.search(text)
        and not text.isdigit()
        and text.casefold() not in NOBODY
    )


def _is_name(name: str) -> bool:
    if not 2 <= len(name) <= MAX_NAME or any(character.isdigit() for character in name):
        return False
    if ROLE.search(name) or len(name.split()) > 6 or name.casefold() in NOBODY:
        return False
    # Words of a name start with a capital where their script has any.
    words = [word.strip("\"'’.,()") for word in name.split()]
    return not words[-1][:1].islower() and not any(word[:1].islower() and word not in PARTICLES for word in words)


def _cased(name: str) -> str:
    """Return a shouted name in title case; short capitals are agencies."""
    return name.title() if name.isupper() and " " in name and len(name) > 8 else name
