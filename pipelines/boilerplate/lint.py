"""Faults of rules that only show when rules are tried: on their own examples, on each other's, on real documents."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from pipelines.boilerplate.rule import ANYWHERE, Place, Rule
from pipelines.boilerplate.ruleset import RuleSet
from pipelines.model import Block

PLACES = {
    "start": Place(prose_after=9),
    "end": Place(prose_before=9),
    "image": Place(prose_before=9, prose_after=9, at_image=True),
    "middle": Place(prose_before=9, prose_after=9),
}


@attrs.frozen
class Fault:
    """What is wrong with a rule, and with which line when it is one."""

    rule: str
    file: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.problem}"


def find_faults(rules: Sequence[Rule]) -> Iterator[Fault]:
    """Yield what is wrong with `rules`, in their order.

    A rule is at fault when RE2 refuses a pattern, when it does not take a line of its `drops`, or takes one of its
    `keeps`, when a rule of another category takes its line first, or when it is not needed for any line of its own.
    """
    refused = [fault for rule in rules for fault in _refused(rule)]
    yield from refused
    if refused:
        return  # nothing can be tried
    for rule in rules:
        yield from _examples(rule)
    yield from _overlaps(RuleSet(rules))


def count_removals(documents: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return rule -> how many lines it took in exported documents (`newskeep.removed`)."""
    return Counter(
        removed["rule"] for document in documents for removed in document.get("newskeep", {}).get("removed", ())
    )


def _refused(rule: Rule) -> Iterator[Fault]:
    for pattern in (*rule.patterns, *((rule.path,) if rule.path else ())):
        try:
            assert pattern.compiled
        except ValueError as error:
            yield _fault(rule, str(error))


def _examples(rule: Rule) -> Iterator[Fault]:
    for block in rule.drops:
        if not rule.matches(block):
            yield _fault(rule, f"does not drop its example {block.text!r}")
    for block in rule.keeps:
        if rule.matches(block):
            yield _fault(rule, f"does not keep its example {block.text!r}")


def _overlaps(rules: RuleSet) -> Iterator[Fault]:
    """Yield the rules whose lines others take: first and for another category, or so often that they add nothing."""
    for rule in rules.rules:
        first = [(block, _first_takers(rules, rule, block)) for block in rule.drops]
        for block, takers in first:
            if not takers:
                yield _fault(rule, f"its example {block.text!r} is not found among the others' lines")
            elif all(taker.category != rule.category for taker in takers):
                taker = takers[0]
                yield _fault(rule, f"{taker.id} ({taker.category}) takes its example {block.text!r} first")
        if all(takers and rule not in takers for _, takers in first):
            yield _fault(rule, "other rules take all of its examples; join them")


def _first_takers(rules: RuleSet, rule: Rule, block: Block) -> list[Rule]:
    """Return who takes `block` first at each of the places where `rule` looks."""
    # Nobody's names are known here; only at no place at all are they not asked for.
    places = [ANYWHERE] if rule.names else [PLACES[where] for where in rule.near] or [PLACES["middle"]]
    found = (next((taker for taker, _, _ in rules.find_takers(block, place)), None) for place in places)
    return [taker for taker in found if taker is not None]


def _fault(rule: Rule, problem: str) -> Fault:
    return Fault(rule.id, f"{rule.category}.toml", problem)
