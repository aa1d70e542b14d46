"""Furniture speaks in a small vocabulary: lines made of little else than the words of one trade.

"Click to share on WhatsApp (Opens in new window)" and "Partagez cet article avec vos amis" are never spelled out
anywhere; every word of them is known to the share vocabulary. "Share this burden, the mayor urged the crowd" has
seven words that are not, and stays.
"""

import attrs

from pipelines.boilerplate.lexicon import load_lexicon
from pipelines.boilerplate.wording import Line, read_line

MOST_TOKENS = 32
NAMING = 5  # words a line needs before a capital letter excuses an unknown one: "Save Money", "Read The Devils"
STRANGERS = 0.15  # share of unknown words a line with two core words may have


@attrs.frozen(kw_only=True)
class Vocabulary:
    """The words of one kind of furniture in one language.

    Attributes:
        core: words of which a line must hold `at_least`; those of `stems` count with any ending.
        words: the others it may hold, beside the language's small words, numbers and names.
        capitals_name: whether a capital letter marks a name; German writes all its nouns so.
    """

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
            core=core_words,
            core_stems=core_stems,
            words=other_words,
            stems=stems,
            at_least=at_least,
            capitals_name=language != "de",
        )

    def covers(self, line: Line, names: frozenset[str] = frozenset()) -> bool:
        """Whether `line` is made of this vocabulary.

        Numbers are always known, and so are `names` (of the publisher and the authors). A capitalised word that
        does not begin the line may be a name that nobody told us: a third of the line may be such.
        """
        if not 1 <= len(line.tokens) <= MOST_TOKENS or '"' in line.text:
            return False
        if self.core.isdisjoint(line.words) and not (self.core_stems and line.has_start(self.core_stems)):
            return False
        core = sum(word in self.core or word.startswith(self.core_stems) for word in line.words)
        asks = line.text[-1:] == "?" and core < 2
        if core < self.at_least or asks or max(map(len, line.tokens)) < 2:
            return False
        strangers = [place for place, word in enumerate(line.words) if not (word in names or self._knows(word))]
        # A newsletter has its day; a story has a day and a word of telling.
        if sum(line.tokens[place] in load_lexicon().narration for place in strangers) > 1:
            return False
        may_name = self.capitals_name and len(line.tokens) >= NAMING
        unnamed = sum(not (may_name and place and line.tokens[place][0].isupper()) for place in strangers)
        allowed = int(len(line.tokens) * STRANGERS) if core >= self.at_least + 1 else 0
        return unnamed <= allowed and len(strangers) <= len(line.tokens) / 3

    def _knows(self, word: str) -> bool:
        if word in self.words or word in self.core or word[0].isdigit():
            return True
        if word.startswith(self.core_stems + self.stems):
            return True
        return "-" in word and all(self._knows(part) for part in word.split("-") if part)


def _entries(words: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the whole words and the stems of a list, made ready as texts are."""
    entries = read_line(words).text.casefold().split()
    whole = frozenset(entry for entry in entries if not entry.endswith("*"))
    return whole, tuple(entry[:-1] for entry in entries if entry.endswith("*"))
