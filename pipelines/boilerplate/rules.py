"""Boilerplate rules: data that carries its own proof (`data/<category>.toml`, see docs/rules.md)."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import attrs

from pipelines.boilerplate.lexicon import DATA, load_lexicon
from pipelines.boilerplate.linear import Pattern
from pipelines.boilerplate.rule import Rule
from pipelines.boilerplate.spelling import unify_spelling
from pipelines.boilerplate.vocabulary import Vocabulary
from pipelines.boilerplate.wording import READINGS, read_line
from pipelines.errors import RuleError
from pipelines.model import Block, BlockKind, Source

CATEGORIES = (
    "copyright",
    "consent",
    "advertisement",
    "newsletter",
    "comments",
    "share",
    "related",
    "app-and-social",
    "navigation",
    "correction",
    "dateline",
    "byline",
    "author-bio",
    "tags",
    "credit",
    "caption",
)
"""The categories that rules are written for, in the order in which their rules are asked."""

UNSPACED_LANGUAGES = frozenset({"ja", "zh", "th"})
PLACES = frozenset({"start", "end", "image"})
FRAGMENT = re.compile(r"\{\{([\w-]+)\}\}")
GROUP = re.compile(r"\(\?P<([a-z]+)\d*>")


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return the rules of `data/`, by category in the order of `CATEGORIES`, then as written.

    Raises:
        RuleError: a file is no TOML, or a rule is none. Whether rules do what they say, `scrapy rules lint` tells.
    """
    rules: list[Rule] = []
    for category in CATEGORIES:
        try:
            table = tomllib.loads((DATA / f"{category}.toml").read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise RuleError(category, f"{category}.toml: {error}") from error
        rules.extend(read_rule(entry, category=category) for entry in table.get("rule", []))
    ids = [rule.id for rule in rules]
    if doubled := next((rule_id for rule_id in ids if ids.count(rule_id) > 1), None):
        raise RuleError(doubled, "two rules have this id; rename one")
    return tuple(rules)


@cache
def rules_version() -> str:
    """Return `sha256:` and 12 hex digits over all data files, to note beside what the rules made."""
    digest = hashlib.sha256()
    for file in sorted(DATA.glob("*.toml")):
        digest.update(file.read_bytes())
    return f"sha256:{digest.hexdigest()[:12]}"


def source_rules(source: Source) -> tuple[Rule, ...]:
    """Return a rule for each of the source's own boilerplate phrases: the whole line, in any case."""
    return tuple(
        Rule(
            id=f"source-phrase-{number}",
            category="source",
            phrase=read_line(phrase).text.casefold(),
            max_length=100_000,
        )
        for number, phrase in enumerate(source.boilerplate_phrases, start=1)
        if phrase.strip()
    )


def read_rule(entry: Mapping[str, Any], *, category: str) -> Rule:
    """Return the rule that a TOML table describes.

    Raises:
        RuleError: an unknown key, a value of the wrong type, or a pattern that is none.
    """
    rule_id = entry.get("id")
    if not isinstance(rule_id, str) or not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", rule_id):
        raise RuleError(str(rule_id), f"{category}.toml: every rule needs an id of small letters, digits and hyphens")
    values: dict[str, Any] = {"id": rule_id, "category": category}
    for key, value in entry.items():
        if key not in READERS:
            raise RuleError(rule_id, f"unknown key {key}; known are {', '.join(READERS)}")
        try:
            values[FIELDS.get(key, key)] = READERS[key](value)
        except (TypeError, ValueError) as error:
            raise RuleError(rule_id, f"{key}: {error}") from error
    rule = Rule(**values)
    _check(rule)
    spaced = tuple(known for known in rule.vocabularies if known.language not in UNSPACED_LANGUAGES)
    return attrs.evolve(rule, vocabularies=spaced, patterns=rule.patterns + _unspaced(rule.vocabularies))


def _check(rule: Rule) -> None:
    if not rule.patterns and not rule.vocabularies:
        raise RuleError(rule.id, "give a pattern, a vocabulary or both")
    if not rule.drops or not rule.keeps:
        raise RuleError(rule.id, "give at least one example in drops and one in keeps")


def _string(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"must be a text, not {value!r}")
    return value


def _strings(value: object) -> tuple[str, ...]:
    """Return one text or a list of texts as a tuple."""
    return tuple(_string(item) for item in value) if isinstance(value, list) else (_string(value),)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise TypeError(f"must be a number from 0 up, not {value!r}")
    return value


def _claim(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {value!r}")
    return value


def _places(value: object) -> tuple[str, ...]:
    places = _strings(value)
    if unknown := set(places) - PLACES:
        raise ValueError(f"{unknown.pop()!r} is none of {', '.join(sorted(PLACES))}")
    return places


def _patterns(value: object) -> tuple[Pattern, ...]:
    return tuple(_pattern(line) for line in _strings(value))


def _pattern(line: object) -> Pattern:
    """Return a line as a pattern: fragments filled in, its spelling unified as that of texts is."""
    source = _fill(unify_spelling(_string(line)))
    if unknown := set(GROUP.findall(source)) - set(READINGS):
        raise ValueError(f"unknown group {unknown.pop()!r}; known are {', '.join(READINGS)}")
    return Pattern(source)


def _fill(line: str) -> str:
    """Return `line` with its fragments filled in."""
    fragments = load_lexicon().fragments
    if unknown := [name for name in FRAGMENT.findall(line) if name not in fragments]:
        raise ValueError(f"unknown fragment {unknown[0]!r}")
    while FRAGMENT.search(line):
        line = FRAGMENT.sub(lambda match: fragments[match.group(1)], line)
    return line


def _vocabularies(value: object) -> tuple[Vocabulary, ...]:
    if not isinstance(value, dict) or not value:
        raise TypeError("must be a table: language -> core, words")
    return tuple(_vocabulary(language, entry) for language, entry in value.items())


def _vocabulary(language: str, entry: object) -> Vocabulary:
    if not isinstance(entry, dict) or not {"core"} <= set(entry) <= {"core", "words", "at_least"}:
        raise TypeError(f"{language}: must be a table of core, words and perhaps at_least")
    return Vocabulary.of(
        language,
        core=_string(entry["core"]),
        words=_string(entry.get("words", " ")),
        at_least=int(_number(entry.get("at_least", 1))),
    )


def _unspaced(vocabularies: tuple[Vocabulary, ...]) -> tuple[Pattern, ...]:
    """Return what the vocabularies of languages without spaces amount to: lines made of their words end to end."""
    return tuple(
        Pattern(pattern)
        for vocabulary in vocabularies
        if vocabulary.language in UNSPACED_LANGUAGES
        for pattern in vocabulary.chain()
    )


def _examples(value: object) -> tuple[Block, ...]:
    """Return the examples as blocks: a text, or a table of `Block`'s fields where the rule looks at more."""
    if not isinstance(value, list):
        raise TypeError("must be a list")
    return tuple(_example(item) for item in value)


def _example(item: object) -> Block:
    if not isinstance(item, dict):
        return Block(text=_string(item))
    return attrs.evolve(Block(**item), kind=BlockKind(item.get("kind", BlockKind.PARAGRAPH)))


READERS: Mapping[str, Callable[[object], object]] = {
    "id": _string,
    "pattern": _patterns,
    "vocabulary": _vocabularies,
    "languages": lambda value: frozenset(_strings(value)),
    "near": _places,
    "path": _pattern,
    "max_length": _number,
    "names": lambda value: int(_number(value)),
    "min_link_density": _number,
    "kinds": lambda value: frozenset(BlockKind(kind) for kind in _strings(value)),
    "emphasis": lambda value: frozenset(_strings(value)),
    "narrates": _claim,
    "spares": lambda value: frozenset(read_line(line).words for line in _strings(value)),
    "drops": _examples,
    "keeps": _examples,
}
"""What a rule's table may hold, and how each value is read."""

FIELDS = {"pattern": "patterns", "vocabulary": "vocabularies"}
