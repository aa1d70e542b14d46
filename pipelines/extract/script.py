"""Text -> the language it is written in, by its script, then by its small words (`data/function-words.toml`)."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import attrs

DATA = Path(__file__).with_name("data")
WORD = re.compile(r"[^\W\d_]+")
# Script -> (characters, the language that is nearly alone in using it; None where words must tell).
SCRIPTS: tuple[tuple[str, str, str | None], ...] = (
    ("latin", "A-Za-z\u00c0-\u024f\u1e00-\u1eff", None),
    ("cyrillic", "\u0400-\u052f", None),
    ("arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff", None),
    ("han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff", "zh"),
    ("kana", "\u3041-\u30ff", "ja"),
    ("hangul", "\uac00-\ud7af\u1100-\u11ff", "ko"),
    ("thai", "\u0e01-\u0e5b", "th"),
    ("hebrew", "\u0590-\u05ff", "he"),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff", "el"),
    ("devanagari", "\u0900-\u097f", "hi"),
    ("bengali", "\u0980-\u09ff", "bn"),
    ("gurmukhi", "\u0a00-\u0a7f", "pa"),
    ("gujarati", "\u0a80-\u0aff", "gu"),
    ("tamil", "\u0b80-\u0bff", "ta"),
    ("telugu", "\u0c00-\u0c7f", "te"),
    ("kannada", "\u0c80-\u0cff", "kn"),
    ("malayalam", "\u0d00-\u0d7f", "ml"),
    ("sinhala", "\u0d80-\u0dff", "si"),
    ("lao", "\u0e80-\u0eff", "lo"),
    ("burmese", "\u1000-\u109f", "my"),
    ("georgian", "\u10a0-\u10ff", "ka"),
    ("ethiopic", "\u1200-\u137f", "am"),
    ("khmer", "\u1780-\u17ff", "km"),
    ("armenian", "\u0530-\u058f", "hy"),
)
BY_SCRIPT = tuple((name, re.compile(f"[{characters}]"), language) for name, characters, language in SCRIPTS)
# Where one script serves several languages, the others may be declared.
SAME_SCRIPT = {
    "hi": frozenset(("hi", "mr", "ne", "sa", "mai", "bho")),
    "bn": frozenset(("bn", "as")),
    "he": frozenset(("he", "iw", "yi")),
    "zh": frozenset(("zh", "yue", "wuu", "nan", "hak")),
    "am": frozenset(("am", "ti")),
}
KANA_SHARE = 0.05
"""Kana among Han and kana from which a text is Japanese; Chinese pages quote at most a name."""
LETTERS = 1_000
FEW_WORDS = 25
MIN_SHARE = 0.12


@attrs.frozen(kw_only=True)
class Reading:
    """What a text's letters and words say of its language.

    Attributes:
        language: two or three letters; None when there is too little text to tell.
        share: of the words, how many are the language's small words; 1 when the script tells.
        shares: the same for every language of the script that has any.
    """

    language: str | None = None
    share: float = 0.0
    shares: dict[str, float] = attrs.field(factory=dict)


def read_language(text: str) -> Reading:
    """Return what `text` says of its language; some hundred words are enough."""
    start = text[:LETTERS]
    # Nearly all texts are Latin, and two dozen searches cost more than the rest.
    latin = len(BY_SCRIPT[0][1].findall(start))
    scripts = BY_SCRIPT[:1] if 2 * latin > len(start) else BY_SCRIPT
    counts = {name: len(pattern.findall(start)) for name, pattern, _ in scripts}
    script = max(counts, key=lambda name: counts[name], default=None)
    if script is None or counts[script] < 4:
        return Reading()
    if script in {"han", "kana"}:
        kana, han = counts.get("kana", 0), counts.get("han", 0)
        alone: str | None = "ja" if kana > KANA_SHARE * (kana + han) else "zh"
    else:
        alone = next(language for name, _, language in BY_SCRIPT if name == script)
    return Reading(language=alone, share=1.0, shares={alone: 1.0}) if alone else _by_words(text, script)


def may_be(reading: Reading, declared: str) -> bool:
    """Whether `declared` (two or three letters) is another language of the script that `reading` went by."""
    return declared in SAME_SCRIPT.get(reading.language or "", ())


def _by_words(text: str, script: str) -> Reading:
    words = WORD.findall(text.casefold())
    if len(words) < FEW_WORDS:
        return Reading()
    known = _function_words()[script]
    found: dict[str, float] = {}
    for word, count in Counter(words).items():
        languages = known.get(word, ())
        for language in languages:
            # A word of few languages tells more.
            found[language] = found.get(language, 0.0) + count * (1.0 if len(languages) < 4 else 0.6)
    shares = {language: round(count / len(words), 3) for language, count in found.items()}
    best = max(shares, key=lambda language: shares[language], default=None)
    if best is None or shares[best] < MIN_SHARE:
        return Reading(shares=shares)
    return Reading(language=best, share=shares[best], shares=shares)


@cache
def _function_words() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return script -> word -> the languages that have it."""
    table = tomllib.loads((DATA / "function-words.toml").read_text(encoding="utf-8"))
    known: dict[str, dict[str, tuple[str, ...]]] = {}
    for script, languages in table.items():
        words = known.setdefault(script, {})
        for language, text in languages.items():
            for word in set(text.split()):
                words[word] = (*words.get(word, ()), language)
    return known
