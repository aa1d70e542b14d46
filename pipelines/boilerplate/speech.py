"""To whom a line speaks: a story tells, furniture addresses its readers in the words of a few trades.

No wording is decided on here; these are measures for the learned judgement, which weighs them beside the line's place.
"""

from collections.abc import Iterable
from functools import cache

from pipelines.boilerplate.lexicon import load_lexicon
from pipelines.boilerplate.rules import load_rules
from pipelines.boilerplate.vocabulary import Vocabulary
from pipelines.boilerplate.wording import Line, narrates, read_line

SPEECH = ("trade_words", "tells", "addresses")
"""The names of the measures, in their order."""
LONGEST = 400
"""Characters of a line that is asked: what is longer is a paragraph, and speaks for itself."""
UNASKED = (-1.0, -1.0, -1.0)


def measure_speech(text: str) -> tuple[float, ...]:
    """Return how much of `text` is words of furniture's trades, whether it tells, how much addresses the reader.

    All are -1 for a text that is too long to be asked.
    """
    if len(text) > LONGEST:
        return UNASKED
    line = read_line(text)
    if not line.tokens:
        return 0.0, 0.0, 0.0
    words, stems = trade_words()
    traded = sum(word in words or word.startswith(stems) for word in line.words)
    addressed = sum(word in load_lexicon().address for word in line.words)
    if line.is_caseless:
        addressed += sum(word in line.text for word in load_lexicon().unspaced_address)
    return traded / _count(line), float(narrates(text)), addressed / _count(line)


@cache
def trade_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the core words of all vocabularies of the rules, and their core stems."""
    known = list(_vocabularies())
    words = frozenset(word for vocabulary in known for word in vocabulary.core)
    return words, tuple({stem for vocabulary in known for stem in vocabulary.core_stems})


def _vocabularies() -> Iterable[Vocabulary]:
    return (vocabulary for rule in load_rules() for vocabulary in rule.vocabularies)


def _count(line: Line) -> float:
    """Return how many words a line has; in a script without spaces, about one in three characters."""
    return max(len(line.tokens), line.weight / 7.5 if line.weight > len(line.text) else 0)
