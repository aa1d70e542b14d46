"""Furniture speaks in a small vocabulary: lines made of little else than the words of one trade.

"Click to share on WhatsApp (Opens in new window)" and "Partagez cet article avec vos amis" are never spelled out
anywhere; every word of them is known to the share vocabulary. "Share this burden, the mayor urged the crowd" has
seven words that are not, and stays.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

import attrs

from pipelines.boilerplate.lexicon import load_lexicon
from pipelines.boilerplate.wording import Line, read_line

MOST_TOKENS = 32
NAMING = 5  # words a line needs before a capital letter excuses an unknown one: "Save Money", "Read The Devils"
SHORTEST_STEM = 3  # letters; shorter ones (`ab*`) would be found by none
FILLER = r"[\s\d.,:;!?()\[\]「」『』、。・\x27/|>▶→*%+~-]"  # between the words of a language without spaces
UNKNOWN_NAME = ".{1,10}"
STRANGERS = 0.15  # share of unknown words a line with two core words may have


@attrs.frozen(kw_only=True, eq=False)
class Vocabulary:
    """The words of one kind of furniture in one language.

    Attributes:
        core: words of which a line must hold `at_least` different ones; those of `core_stems` count with any ending.
        words: the others it may hold, beside the language's small words, numbers and names.
        capitals_name: whether a capital letter marks a name; German writes all its nouns so.
    """

    language: str
    core: frozenset[str]
    core_stems: tuple[str, ...]
    words: frozenset[str]
    stems: tuple[str, ...]
    at_least: int = 1
    capitals_name: bool = True

    @classmethod
    def of(cls, language: str, *, core: str, words: str, at_least: int = 1) -> "Vocabulary":
        """Return the vocabulary of two word lists; `comment*` stands for any word that so begins."""
        small = load_lexicon().function.get(language, "")
        core_words, core_stems = _entries(core)
        other_words, stems = _entries(f"{words} {small}")
        return cls(
            language=language,
            core=core_words,
            core_stems=core_stems,
            words=other_words,
            stems=stems,
            at_least=at_least,
            capitals_name=language != "de",
        )

    def covers(self, line: Line, names: frozenset[str] = frozenset()) -> bool:
        """Whether `line` is made of this vocabulary.

        Numbers are always known, addresses where `@` is listed, and so are `names` (of the publisher and the
        authors). A capitalised word that does not begin the line may be a name that nobody told us: a third of the
        line may be such.
        """
        if not 1 <= len(line.tokens) <= MOST_TOKENS or '"' in line.text:
            return False
        core = len({word for word in line.words if word in self.core or word.startswith(self.core_stems)})
        asks = line.text[-1:] == "?" and core < 2
        if core < self.at_least or asks or max(map(len, line.tokens)) < 2:
            return False
        strangers = [place for place, word in enumerate(line.words) if not (word in names or self._knows(word))]
        if len(strangers) > len(line.tokens) / 3:
            return False
        # A newsletter has its day; a story has a day and a word of telling.
        if sum(line.tokens[place] in load_lexicon().narration for place in strangers) > 1:
            return False
        may_name = self.capitals_name and len(line.tokens) >= NAMING
        unnamed = sum(not (may_name and place and line.tokens[place][0].isupper()) for place in strangers)
        return unnamed <= (int(len(line.tokens) * STRANGERS) if core >= self.at_least + 1 else 0)

    def chain(self) -> tuple[str, ...]:
        """Return patterns of lines that are these words end to end, for a language that puts no space between them.

        Between two core words a name that nobody told us may stand.
        """
        core = "|".join(map(re.escape, sorted(self.core, key=len, reverse=True)))
        known = rf"(?:{'|'.join(map(re.escape, sorted(self.core | self.words, key=len, reverse=True)))}|{FILLER})*"
        chain = rf"{known}(?:{core}){known}"
        return chain, f"{chain}{UNKNOWN_NAME}{chain}"

    def _knows(self, word: str) -> bool:
        if word in self.words or word in self.core or word[0].isdigit():
            return True
        if "@" in word and "@" in self.words:
            return True
        if word.startswith(self.core_stems + self.stems):
            return True
        return "-" in word and all(self._knows(part) for part in word.split("-") if part)


class WordIndex:
    """Vocabularies by their core words: a line without any costs one look for each of its words."""

    def __init__(self, vocabularies: Iterable[tuple[Vocabulary, int]]) -> None:
        """Index vocabularies, each with the number of what it belongs to."""
        self._words: defaultdict[str, set[tuple[int, Vocabulary]]] = defaultdict(set)
        self._stems: defaultdict[str, list[tuple[str, int, Vocabulary]]] = defaultdict(list)
        for vocabulary, number in vocabularies:
            for word in vocabulary.core:
                self._words[word].add((number, vocabulary))
            for stem in vocabulary.core_stems:
                self._stems[stem[:SHORTEST_STEM]].append((stem, number, vocabulary))

    def find(self, line: Line) -> set[tuple[int, Vocabulary]]:
        """Return the vocabularies of which `line` holds a core word, with their numbers."""
        found: set[tuple[int, Vocabulary]] = set()
        if len(line.tokens) > MOST_TOKENS:
            return found
        for word in line.words:
            if word in self._words:
                found |= self._words[word]
            if (start := word[:SHORTEST_STEM]) in self._stems:
                found.update(
                    (number, vocabulary) for stem, number, vocabulary in self._stems[start] if word.startswith(stem)
                )
        return found


def _entries(words: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the whole words and the stems of a list, made ready as texts are."""
    entries = read_line(words).text.casefold().split()
    if short := [entry for entry in entries if entry.endswith("*") and len(entry) <= SHORTEST_STEM]:
        raise ValueError(f"{short[0]} is too short a stem: at least {SHORTEST_STEM} letters")
    whole = frozenset(entry for entry in entries if not entry.endswith("*"))
    return whole, tuple(entry[:-1] for entry in entries if entry.endswith("*"))
