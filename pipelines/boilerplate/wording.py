"""What a line of text reads as: prose, the source of a photo, a headline, a name, a date, a list.

The judgements lean on length, case, punctuation and a few words of narration, not on grammar, so that they hold
in languages nobody here reads. They are questions of form: `reads_as_source("The White House via Flickr")` is
True because the phrase is short, capitalised and no sentence.
"""

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from types import MappingProxyType

import attrs

from pipelines.boilerplate.lexicon import load_lexicon
from pipelines.boilerplate.spelling import unify_spelling
from pipelines.model import UNSPACED

MARKS = (  # vowel signs and points, which \w leaves out
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0962-\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0e31-\u0e4e"
)
TOKEN = re.compile(rf"[\w*@#&{MARKS}]+(?:['\"./-][\w*{MARKS}]+)*")
SENTENCE_END = re.compile(r"(?<!\.\.)[.!?\u3002\u061f\u06d4\u0964]['\")\]»]*$")
ABBREVIATED_END = re.compile(r"\b(?:\w|inc|ltd|co|corp|jr|sr|bros|st|nuotr|arch)\.$", re.IGNORECASE)
INNER_SENTENCE = re.compile(r"[^\W\d_]{5}[.!?]\s+\w|[\u3002\u061f\u06d4\u0964].")  # longer than Sgt., Prof., Dept.
UNSPACED_CHARACTER = re.compile(f"[{UNSPACED}]")
CASELESS = re.compile(f"[\u0590-\u07ff\u0900-\u0dff\u1100-\u11ff\uac00-\ud7af{UNSPACED}]")
MARKED_SOURCE = re.compile(r"[/@©|]|\bvia\b", re.IGNORECASE)
DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[.:h]\d{2}\b|\b\d{1,2}[./-]\d{1,2}\b|\d{4}\s?[年년]|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]|\b25\d\d\b"
)
ITEM_SEPARATOR = re.compile(r"\s*[,;|/•·،、]\s*|\s+-\s+|\s+#")


@attrs.frozen(kw_only=True, slots=False)
class Line:
    """A text made ready for matching; only for that, never for showing.

    Attributes:
        text: white space collapsed, its spelling unified.
    """

    text: str

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The words, as printed."""
        return tuple(TOKEN.findall(self.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words without case."""
        return tuple(token.casefold() for token in self.tokens)

    def has_start(self, stems: tuple[str, ...]) -> bool:
        """Whether one of the words begins with one of `stems`."""
        return any(word.startswith(stems) for word in self.words)

    @cached_property
    def weight(self) -> float:
        """Length in Latin characters; one of Han, kana or Thai says as much as 2.5 of them."""
        if self.text.isascii():
            return float(len(self.text))
        return len(self.text) + 1.5 * len(UNSPACED_CHARACTER.findall(self.text))

    @cached_property
    def is_caseless(self) -> bool:
        """Whether the script has no capitals to go by."""
        return bool(CASELESS.search(self.text))

    @cached_property
    def ends_sentence(self) -> bool:
        """Whether a full stop, question or exclamation mark ends it; dots of waiting and abbreviations do not."""
        return bool(SENTENCE_END.search(self.text)) and not ABBREVIATED_END.search(self.text)


@lru_cache(maxsize=4096)
def read_line(text: str) -> Line:
    """Return `text` made ready for matching."""
    return Line(text=" ".join(unify_spelling(text).split()))


def reads_as_prose(text: str) -> bool:
    """Whether `text` is long enough, and closed like a sentence, to be a paragraph of a story."""
    line = read_line(text)
    return line.weight >= 200 or (line.weight >= 60 and line.ends_sentence)


def narrates(text: str) -> bool:
    """Whether `text` holds a word of telling: said, begged, was, on Monday. `Said` is a name."""
    line = read_line(text)
    lexicon = load_lexicon()
    if any(token in lexicon.narration for token in line.tokens):
        return True
    return line.is_caseless and any(part in line.text for part in lexicon.unspaced_narration)


def reads_as_source(text: str) -> bool:
    """Whether `text` can be what stands after "Photo:": names, agencies, `via`, slashes, a handle, a year.

    Up to three words pass in any case (`dpa`, `imago images`, `own archive`); beyond that the words, particles
    apart, must mostly be capitalised. A full stop is only forgiven after a phrase of nothing but names.
    """
    line = read_line(text)
    count = len(line.tokens)
    if not 1 <= count <= 14 or line.weight > 110 or INNER_SENTENCE.search(line.text) or narrates(text):
        return False
    if line.text[-1] in "?!:;\u061f" or re.search(r"[?!]\s|[$€£%]", line.text):
        return False
    if line.is_caseless:
        return _is_short_caseless(line)
    lower = [token for token in line.tokens if _is_plain_lower(token)]
    if line.ends_sentence:
        return not lower and count <= 6
    if count <= 3 or not lower:
        return True
    allowed = 2 if MARKED_SOURCE.search(line.text) else 1
    return len(lower) <= max(allowed, count // 4)


def reads_as_maker(text: str) -> bool:
    """Whether `text` reads as a source even where no label vouches for it: all its words are names."""
    line = read_line(text)
    if not reads_as_source(text) or (not line.tokens[0][0].isalpha() and line.text[0] not in "@©"):
        return False
    return line.is_caseless or not any(_is_plain_lower(token) for token in line.tokens)


def _is_short_caseless(line: Line) -> bool:
    if line.ends_sentence or line.text.count("、") + line.text.count(",") + line.text.count("،") > 1:
        return False
    return line.weight <= 75 and len(line.tokens) <= 8


def _is_plain_lower(token: str) -> bool:
    """Whether a word is written small and is no particle, agency or address."""
    if not token[0].isalpha() or not token[0].islower() or any(mark in token for mark in "@/.") or len(token) == 1:
        return False
    return token.casefold() not in load_lexicon().particles and not any(letter.isupper() for letter in token)


def reads_as_title(text: str) -> bool:
    """Whether `text` can be the headline of another article: some words, more than a name, and no full stop."""
    line = read_line(text)
    if len(line.tokens) <= 2 and not line.is_caseless and reads_as_name(text):
        return False
    if line.weight > 260 or line.weight < 6 or INNER_SENTENCE.search(line.text[:-1]):
        return False
    return not line.ends_sentence or line.text.rstrip("'\")]»")[-1] in "?!\u061f"


def reads_as_name(text: str) -> bool:
    """Whether `text` can be the name of one or a few people."""
    line = read_line(text)
    if not line.tokens or narrates(text) or INNER_SENTENCE.search(line.text) or re.search(r"\d", line.text):
        return False
    if line.is_caseless:
        return line.weight <= 60 and len(line.tokens) <= 8 and not line.ends_sentence
    if line.words[0] in load_lexicon().not_a_name:
        return False
    named = [token for token in line.tokens if token[0].isupper()]
    rest = [token for token in line.tokens if _is_plain_lower(token)]
    return len(line.tokens) <= 12 and len(named) >= 2 and not rest


def reads_as_date(text: str) -> bool:
    """Whether `text` is little more than a date or a time of day."""
    line = read_line(text)
    letters = [token for token in line.tokens if token[0].isalpha()]
    dated = DATE.search(line.text) or any(word in load_lexicon().now for word in line.words)
    return (
        bool(dated)
        and len(letters) <= (3 if line.ends_sentence else 8)
        and line.weight <= 100
        and not INNER_SENTENCE.search(line.text)
    )


def reads_as_list(text: str) -> bool:
    """Whether `text` is a row of short items, or a single one."""
    line = read_line(text)
    if line.ends_sentence or narrates(text):
        return False
    items = ITEM_SEPARATOR.split(line.text)
    return all(len(TOKEN.findall(item)) <= 5 and len(item) <= 50 for item in items)


def reads_as_caption(text: str) -> bool:
    """Whether `text` is short enough to stand under a picture."""
    return 4 <= read_line(text).weight <= 420


def reads_as_note(text: str) -> bool:
    """Whether `text` can be what a correction tells: a sentence, or nearly one."""
    return read_line(text).weight >= 12


READINGS: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType(
    {
        "source": reads_as_source,
        "maker": reads_as_maker,
        "title": reads_as_title,
        "name": reads_as_name,
        "date": reads_as_date,
        "list": reads_as_list,
        "caption": reads_as_caption,
        "note": reads_as_note,
    }
)
"""The named groups a pattern may use; what a group holds must also read as its name says."""
