import re
import time

import pytest

from pipelines.boilerplate import CATEGORIES, Place, load_rules, rules_version, source_rules
from pipelines.boilerplate.rules import read_rule
from pipelines.errors import RuleError
from pipelines.model import Block, BlockKind, Source

RULES = load_rules()
GOOD = {"id": "a-rule", "pattern": "end of story", "drops": ["End of story"], "keeps": ["The end of story time"]}


def keeps() -> list[object]:
    return [pytest.param(block, id=f"{rule.id}: {block.text[:40]}") for rule in RULES for block in rule.keeps]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_drops_and_keeps_its_own_examples(rule):
    assert [block.text for block in rule.drops if not rule.matches(block)] == []
    assert [block.text for block in rule.keeps if rule.matches(block)] == []


@pytest.mark.parametrize("block", keeps())
def test_what_one_rule_fears_to_drop_no_sentence_loses_to_another(block):
    takers = [rule.id for rule in RULES if rule.matches(block)]

    assert takers == [] or not re.search(r"[.!?。]$", block.text), takers


def test_the_rules_know_hundreds_of_lines_in_every_category():
    assert sum(len(rule.drops) for rule in RULES) >= 300
    assert sum(len(rule.keeps) for rule in RULES) >= 150
    assert {rule.category for rule in RULES} == set(CATEGORIES)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 20_000,
        "Photo: " * 6_000,
        "(" * 40_000,
        "写真" * 20_000,
        "Share this " * 4_000,
        "/" * 40_000,
        "a, " * 20_000,
    ],
    ids=lambda text: text[:8],
)
def test_no_rule_needs_more_than_linear_time_however_long_the_line(text):
    block = Block(text=text)
    RULES[0].matches(block)
    began = time.perf_counter()

    for rule in RULES:
        rule.matches(block)

    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "unit", ["a ", "Photo: ", "(", "写", "Share this ", "A/", "a, ", "is a ", "by A ", "1/1 ", "- "]
)
def test_no_pattern_is_slow_on_the_longest_line_it_looks_at(unit):
    for rule in RULES:
        if rule.pattern is not None:
            line = (unit * rule.max_length)[: rule.max_length] + "\x01"
            began = time.perf_counter()
            rule.pattern.fullmatch(line)
            assert time.perf_counter() - began < 0.25, rule.id


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"colour": "red"}, "unknown key colour"),
        ({"pattern": "(unclosed"}, "pattern:"),
        ({"pattern": "(?:a+)+"}, "exponential"),
        ({"pattern": "(?P<who>.+)"}, "unknown group"),
        ({"pattern": "{{nothing}}"}, "unknown fragment"),
        ({"pattern": 7}, "must be a text"),
        ({"near": "middle"}, "middle"),
        ({"max_length": -1}, "from 0 up"),
        ({"kinds": ["poem"]}, "kinds"),
        ({"narrates": "yes"}, "true or false"),
        ({"drops": []}, "at least one example"),
        ({"keeps": []}, "at least one example"),
        ({"drops": ["Something else"]}, "does not drop"),
        ({"keeps": ["End of story"]}, "does not keep"),
        ({"id": "A Rule"}, "id"),
        ({"vocabulary": {"en": {"core": "end"}}}, "either a pattern or a vocabulary"),
        ({"vocabulary": {"en": {"words": "end"}}}, "core"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(change, problem):
    with pytest.raises(RuleError, match=re.escape(problem)):
        read_rule(GOOD | change, category="navigation")


def test_a_vocabulary_covers_lines_nobody_spelled_out():
    rule = read_rule(
        {
            "id": "share",
            "vocabulary": {"en": {"core": "share", "words": "story friends"}},
            "drops": ["Share the story with all of your friends"],
            "keeps": ["Share this burden, the mayor urged the crowd"],
        },
        category="share",
    )

    assert rule.matches(Block(text="Your friends share this story"))


def test_a_rule_for_the_end_leaves_the_middle_alone():
    rule = read_rule(GOOD | {"near": "end"}, category="navigation")
    block = Block(text="End of story")

    assert rule.matches(block, Place(prose_before=9, prose_after=0))
    assert not rule.matches(block, Place(prose_before=9, prose_after=9))


@pytest.mark.parametrize(
    ("condition", "block"),
    [
        ({"path": r"\.box"}, Block(text="End of story", path="body > div.text > p")),
        ({"path": r"\.box"}, Block(text="End of story", path="body.box > a > b > c > p")),
        ({"kinds": "heading"}, Block(text="End of story")),
        ({"emphasis": ["em"]}, Block(text="End of story")),
        ({"min_link_density": 0.5}, Block(text="End of story", link_density=0.1)),
    ],
)
def test_a_condition_that_does_not_hold_keeps_the_block(condition, block):
    example = {
        "text": "End of story",
        "path": "body > div.box > p",
        "kind": "heading",
        "emphasis": "em",
        "link_density": 1.0,
    }
    rule = read_rule(GOOD | condition | {"drops": [example]}, category="navigation")

    assert rule.matches(Block(**{**example, "kind": BlockKind.HEADING}))
    assert not rule.matches(block)


def test_a_rule_of_one_language_spares_articles_in_another():
    rule = read_rule(GOOD | {"languages": "en"}, category="navigation")

    assert rule.matches(Block(text="End of story"), Place(language="en"))
    assert rule.matches(Block(text="End of story"), Place(language=None))
    assert not rule.matches(Block(text="End of story"), Place(language="fr"))


def test_a_source_phrase_is_the_whole_line_in_any_case():
    source = Source(
        id="x", name="X", home_page="https://x.example/", boilerplate_phrases=("The Harbour’s own (daily)", " ")
    )
    (rule,) = source_rules(source)

    assert rule.matches(Block(text="THE HARBOUR'S OWN  (daily)"))
    assert not rule.matches(Block(text="The Harbour's own (daily) wind"))


def test_the_version_of_the_rules_is_a_digest():
    assert re.fullmatch(r"sha256:[0-9a-f]{12}", rules_version())
