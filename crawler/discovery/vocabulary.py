"""The words of `words.toml`, folded so that they can be looked up."""

import tomllib
import unicodedata
from functools import cache
from pathlib import Path


def fold(text: str) -> str:
    """Return `text` without case and accents, `_` as `-`: two spellings of a word become one."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("_", "-"))
    return unicodedata.normalize("NFC", "".join(char for char in plain if unicodedata.category(char) != "Mn"))


@cache
def words(kind: str) -> frozenset[str]:
    """Return the folded words of a list in `words.toml`.

    Raises:
        KeyError: there is no such list.
    """
    return frozenset(fold(word) for word in _lists()[kind])


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
