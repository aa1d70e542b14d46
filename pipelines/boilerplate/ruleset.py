"""Many rules asked at once: which of them takes which block."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from pipelines.boilerplate.heads import PatternIndex
from pipelines.boilerplate.linear import Pattern
from pipelines.boilerplate.readings import DRESSED, undress
from pipelines.boilerplate.rule import Place, Rule, near_path
from pipelines.boilerplate.structure import Verdict
from pipelines.boilerplate.vocabulary import Vocabulary, WordIndex
from pipelines.boilerplate.wording import read_line
from pipelines.model import Block

Candidate = tuple[Rule, tuple[Pattern, ...], tuple[Vocabulary, ...]]
Taker = tuple[Rule, Mapping[str, str], str]
SHORT = 240  # characters; the length of most rules
REMEMBERED = 8192  # lines and paths; furniture returns on every page of a site


class RuleSet:
    """Rules in their order: the first that takes a block has it; rules of a whole phrase are asked before all."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Take `rules`; the words and patterns of the same rules are indexed once in a process."""
        self.rules = tuple(rules)
        self._phrases = {rule.phrase: rule for rule in reversed(self.rules) if rule.phrase is not None}
        worded = tuple(rule for rule in self.rules if rule.phrase is None)
        self._index = _index(worded)
        self._index_of_long = _index(tuple(rule for rule in worded if rule.max_length > SHORT))

    def judge(self, blocks: Sequence[Block | None], places: Sequence[Place]) -> dict[int, Verdict]:
        """Return index -> the verdict on each block that a rule takes at its place; blocks that are None are left out.

        A block is read as it stands, then undressed (`readings.undress`).
        """
        verdicts = {}
        for index, (block, place) in enumerate(zip(blocks, places, strict=True)):
            if block is not None and (verdict := self.judge_block(block, place)):
                verdicts[index] = verdict
        return verdicts

    def judge_block(self, block: Block, place: Place) -> Verdict | None:
        """Return the verdict of the first rule that takes `block` at `place`; None when none does."""
        for rule, parts, _ in self.find_takers(block, place):
            return Verdict(rule.id, rule.category, parts)
        return None

    def find_takers(self, block: Block, place: Place) -> Iterator[Taker]:
        """Yield every rule that takes `block` at `place`, with the parts it read and the text it read them in."""
        if self._phrases and (rule := self._phrases.get(read_line(block.text).text.casefold())):
            yield rule, {}, block.text
        yield from self._index.find_takers(block, place, block.text)
        for text in undress(block, place):
            yield from (taker for taker in self._index.find_takers(block, place, text) if taker[0].category in DRESSED)


class RuleIndex:
    """Rules by the words and patterns that their lines cannot do without."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """Index `rules`; this takes the time."""
        self._rules = rules
        self._order = {rule.id: number for number, rule in enumerate(rules)}
        # A path is rare and says more than any wording: rules with one are asked by it.
        self._on_paths = [(rule, rule.path) for rule in rules if rule.path is not None]
        worded = [(number, rule) for number, rule in enumerate(rules) if rule.path is None]
        self._owners = [(number, pattern) for number, rule in worded for pattern in rule.patterns]
        self._patterns = PatternIndex((pattern, owner) for owner, (_, pattern) in enumerate(self._owners))
        self._words = WordIndex((vocabulary, number) for number, rule in worded for vocabulary in rule.vocabularies)
        self._longest = max((rule.max_length for rule in rules), default=0)
        self._candidates = lru_cache(maxsize=REMEMBERED)(self._find_candidates)
        self._find_on_path = lru_cache(maxsize=REMEMBERED)(self._ask_paths)

    def find_takers(self, block: Block, place: Place, text: str) -> Iterator[Taker]:
        """Yield the rules that take `text`, which is how `block` is read, in their order."""
        # A paragraph of the story is too long for any rule: most of the work is not to do it.
        if len(text) > 2 * self._longest:
            return
        candidates = self._candidates(text)
        if block.path and (on_path := self._find_on_path(near_path(block))):
            candidates = tuple(sorted((*candidates, *on_path), key=lambda candidate: self._order[candidate[0].id]))
        for rule, patterns, vocabularies in candidates:
            if rule.fits(block, place):
                parts = rule.read_by(text, patterns, vocabularies, place.names)
                if parts is not None:
                    yield rule, parts, text

    def _ask_paths(self, path: str) -> tuple[Candidate, ...]:
        """Return the rules that ask for a path and find theirs in `path`."""
        return tuple((rule, rule.patterns, rule.vocabularies) for rule, wanted in self._on_paths if wanted.is_in(path))

    def _find_candidates(self, text: str) -> tuple[Candidate, ...]:
        """Return the rules whose wording could fit `text`, in order, with what of each is to be asked."""
        line = read_line(text)
        if line.weight > self._longest:
            return ()
        asked: dict[int, tuple[list[Pattern], list[Vocabulary]]] = {}
        for owner in sorted(self._patterns.find(line.text)):
            number, pattern = self._owners[owner]
            asked.setdefault(number, ([], []))[0].append(pattern)
        for number, vocabulary in self._words.find(line):
            asked.setdefault(number, ([], []))[1].append(vocabulary)
        return tuple(
            (self._rules[number], tuple(patterns), tuple(vocabularies))
            for number, (patterns, vocabularies) in sorted(asked.items())
            if line.weight <= self._rules[number].max_length
        )


@lru_cache(maxsize=8)
def _index(rules: tuple[Rule, ...]) -> RuleIndex:
    return RuleIndex(rules)
