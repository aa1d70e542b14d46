"""The word lists that judgements and rules share, read from `data/lexicon.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import attrs

from pipelines.boilerplate.spelling import unify_spelling

DATA = Path(__file__).parent / "data"
LEXICON_FILE = DATA / "lexicon.toml"


@attrs.frozen(kw_only=True)
class Lexicon:
    """Words by what they betray.

    Attributes:
        fragments: name -> regular expression, for `{{name}}` in a rule's pattern.
        function: language -> small words that any line of that language may use.
        narration: words of telling (said, was, Monday), which furniture does not use.
        unspaced_narration: the same for scripts without spaces between words; found anywhere in a text.
        particles: words written small within names and credits (von, via, courtesy).
        not_a_name: words that begin no name.
        now: words that stand for a date (today, yesterday).
        address: words by which a publication speaks to its readers or of itself (you, our).
        unspaced_address: the same for scripts without spaces between words; found anywhere in a text.
    """

    fragments: Mapping[str, str]
    function: Mapping[str, str]
    narration: frozenset[str]
    unspaced_narration: tuple[str, ...]
    particles: frozenset[str]
    not_a_name: frozenset[str]
    now: frozenset[str]
    address: frozenset[str]
    unspaced_address: tuple[str, ...]


@cache
def load_lexicon() -> Lexicon:
    """Return the shared word lists."""
    data = tomllib.loads(unify_spelling(LEXICON_FILE.read_text(encoding="utf-8")))
    return Lexicon(
        fragments={name: f"(?:{'|'.join(lines)})" for name, lines in data["fragments"].items()},
        function=data["function"],
        narration=frozenset(word for words in data["narration"].values() for word in words.split()),
        unspaced_narration=tuple(data["unspaced-narration"]),
        particles=frozenset(word for words in data["particles"].values() for word in words.split()),
        not_a_name=frozenset(data["not-a-name"]["words"].split()),
        now=frozenset(word for words in data["now"].values() for word in words.split()),
        address=frozenset(word for words in data["address"].values() for word in words.split()),
        unspaced_address=tuple(data["address"]["unspaced"].split()),
    )
