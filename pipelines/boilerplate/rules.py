"""Boilerplate rules: data that carries its own proof (`data/<category>.toml`, see docs/rules.md)."""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import attrs

from pipelines.boilerplate.lexicon import DATA, load_lexicon
from pipelines.boilerplate.rule import Rule
from pipelines.boilerplate.vocabulary import Vocabulary
from pipelines.boilerplate.wording import READINGS, STRAIGHT, read_line
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
    "dateline",
    "byline",
    "author-bio",
    "tags",
    "credit",
    "caption",
)
"""The categories that rules are written for, in the order in which their rules are asked."""

PLACES = frozenset({"start", "end", "image"})
FRAGMENT = re.compile(r"\{\{([\w-]+)\}\}")
GROUP = re.compile(r"\(\?P<(\w+)>")
NESTED = re.compile(r"[+*]\)(?:[+*]|\{\d*,)")


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return the rules of `data/`, by category in the order of `CATEGORIES`, then as written.

    Raises:
        RuleError: a file is no TOML, or a rule is wrong or fails one of its own examples.
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
            pattern=re.compile(re.escape(read_line(phrase).text), re.IGNORECASE),
            max_length=100_000,
            narrates=True,
        )
        for number, phrase in enumerate(source.boilerplate_phrases, start=1)
        if phrase.strip()
    )


def read_rule(entry: Mapping[str, Any], *, category: str) -> Rule:
    """Return the rule that a TOML table describes.

    Raises:
        RuleError: an unknown key, a value of the wrong type, a pattern that is none, or an example that fails.
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
        except (TypeError, ValueError, re.error) as error:
            raise RuleError(rule_id, f"{key}: {error}") from error
    rule = Rule(**values)
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    if (rule.pattern is None) == (not rule.vocabularies):
        raise RuleError(rule.id, "give either a pattern or a vocabulary")
    if not rule.drops or not rule.keeps:
        raise RuleError(rule.id, "give at least one example in drops and one in keeps")
    for block in rule.drops:
        if not rule.matches(block):
            raise RuleError(rule.id, f"does not drop its example {block.text!r}")
    for block in rule.keeps:
        if rule.matches(block):
            raise RuleError(rule.id, f"does not keep its example {block.text!r}")


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


def _regex(value: object) -> re.Pattern[str]:
    """Return the alternatives as one pattern: fragments filled in, groups numbered, normalised as texts are."""
    lines = [GROUP.sub(rf"(?P<\g<1>{number}>", _fill(line)) for number, line in enumerate(_strings(value))]
    source = "|".join(f"(?:{line})" for line in lines)
    source = unicodedata.normalize("NFKC", source).translate(STRAIGHT)
    if NESTED.search(source):
        raise ValueError("a repeated group that itself ends in a repeat can take exponential time")
    pattern = re.compile(source, re.IGNORECASE)
    if unknown := {name.rstrip("0123456789") for name in pattern.groupindex} - set(READINGS):
        raise ValueError(f"unknown group {unknown.pop()!r}; known are {', '.join(READINGS)}")
    return pattern


def _fill(line: str) -> str:
    """Return `line` with its fragments filled in,."""
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
    "pattern": _regex,
    "vocabulary": _vocabularies,
    "languages": lambda value: frozenset(_strings(value)),
    "near": _places,
    "path": _regex,
    "max_length": _number,
    "min_link_density": _number,
    "kinds": lambda value: frozenset(BlockKind(kind) for kind in _strings(value)),
    "emphasis": lambda value: frozenset(_strings(value)),
    "narrates": _claim,
    "spares": lambda value: frozenset(read_line(line).words for line in _strings(value)),
    "drops": _examples,
    "keeps": _examples,
}
"""What a rule's table may hold, and how each value is read."""

FIELDS = {"vocabulary": "vocabularies"}
