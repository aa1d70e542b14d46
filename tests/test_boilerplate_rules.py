import re
import time

import pytest

from pipelines.boilerplate import CATEGORIES, Place, load_rules, rules_version, source_rules
from pipelines.boilerplate.lint import find_faults
from pipelines.boilerplate.rule import ANYWHERE
from pipelines.boilerplate.rules import read_rule
from pipelines.boilerplate.ruleset import RuleSet
from pipelines.errors import RuleError
from pipelines.model import Block, BlockKind, Source

RULES = load_rules()
GOOD = {"id": "a-rule", "pattern": "end of story", "drops": ["End of story"], "keeps": ["The end of story time"]}


def keeps() -> list[object]:
    return [pytest.param(block, id=f"{rule.id}: {block.text[:40]}") for rule in RULES for block in rule.keeps]


def test_the_rules_are_without_fault():
    assert [str(fault) for fault in find_faults(RULES)] == []


@pytest.mark.parametrize("block", keeps())
def test_what_one_rule_fears_to_drop_no_sentence_loses_to_another(block):
    takers = [rule.id for rule in RULES if not rule.names and rule.matches(block)]

    assert takers == [] or not re.search(r"[.!?。]$", block.text), takers


def test_the_rules_know_hundreds_of_lines_in_every_category():
    assert sum(len(rule.drops) for rule in RULES) >= 800
    assert sum(len(rule.keeps) for rule in RULES) >= 250
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
    rules = RuleSet(RULES)
    rules.judge_block(Block(text=text), ANYWHERE)
    began = time.perf_counter()

    rules.judge_block(Block(text=text + "."), ANYWHERE)
    for rule in RULES:
        rule.matches(Block(text=text))

    assert time.perf_counter() - began < 1


def test_the_index_misses_no_rule_that_takes_a_line():
    rules = RuleSet(RULES)
    for block in [block for rule in RULES for block in (*rule.drops, *rule.keeps)]:
        alone = {rule.id for rule in RULES if rule.matches(block)}
        found = {rule.id for rule, _, text in rules.find_takers(block, ANYWHERE) if text == block.text}

        assert found == alone, block.text


@pytest.mark.parametrize(
    ("printed", "as_written"),
    [
        ("ΔΙΑΦΗΜΙΣΗ", "Διαφήμιση"),
        ("HABERI PAYLAŞ", "Haberi paylaş"),
        ("相關閱讀", "相关阅读"),
        ("ПОДЕЛИТЬСЯ ССЫЛКОЙ", "Поделиться ссылкой"),
        ("إقرأ المزيد", "اقرأ المزيد"),
        ("קִרְאוּ גם: הנמל סגור", "קראו גם: הנמל סגור"),
        ("Ｓｈａｒｅ this article", "Share this article"),
    ],
)
def test_a_rule_knows_its_line_however_it_is_spelled(printed, as_written):
    rules = RuleSet(RULES)
    taken = rules.judge_block(Block(text=as_written), ANYWHERE)

    assert taken is not None
    assert rules.judge_block(Block(text=printed), ANYWHERE).rule == taken.rule


def test_a_correction_is_read_from_its_notice():
    text = "Correction: An earlier version of this article gave the wrong year."
    end, middle = Place(prose_before=9), Place(prose_before=9, prose_after=9)
    rules = RuleSet(RULES)

    verdict = rules.judge_block(Block(text=text), end)

    assert (verdict.category, verdict.parts["note"]) == ("correction", text.removeprefix("Correction: "))
    assert rules.judge_block(Block(text=text), middle) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"colour": "red"}, "unknown key colour"),
        ({"pattern": "(unclosed"}, "pattern: unclosed ("),
        ({"pattern": "un(opened))"}, "pattern: unbalanced )"),
        ({"pattern": "+"}, "repeats nothing"),
        ({"pattern": "(?=end).+"}, "looks around"),
        ({"pattern": r"\bend"}, "ASCII"),
        ({"vocabulary": {"en": {"core": "ab*"}}}, "too short a stem"),
        ({"pattern": "(?P<who>.+)"}, "unknown group"),
        ({"pattern": "{{nothing}}"}, "unknown fragment"),
        ({"pattern": 7}, "must be a text"),
        ({"near": "middle"}, "middle"),
        ({"max_length": -1}, "from 0 up"),
        ({"kinds": ["poem"]}, "kinds"),
        ({"narrates": "yes"}, "true or false"),
        ({"drops": []}, "at least one example"),
        ({"keeps": []}, "at least one example"),
        ({"id": "A Rule"}, "id"),
        ({"vocabulary": {"en": {"words": "end"}}}, "core"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(change, problem):
    with pytest.raises(RuleError, match=re.escape(problem)):
        read_rule(GOOD | change, category="navigation")


def test_a_pattern_that_re2_refuses_is_a_fault_of_its_rule():
    rule = read_rule(GOOD | {"pattern": "(?:a{900}){900}"}, category="navigation")

    (fault,) = find_faults([rule])

    assert str(fault).startswith("navigation.toml: a-rule: RE2 refuses it")


@pytest.mark.parametrize(
    ("others", "problem"),
    [
        ([GOOD | {"drops": ["Something else"]}], "does not drop its example 'Something else'"),
        ([GOOD | {"keeps": ["End of story"]}], "does not keep its example 'End of story'"),
        ([GOOD, GOOD | {"id": "again"}], "again: other rules take all of its examples"),
    ],
)
def test_a_rule_that_does_not_do_what_it_says_is_a_fault(others, problem):
    faults = [str(fault) for fault in find_faults([read_rule(rule, category="navigation") for rule in others])]

    assert any(problem in fault for fault in faults), faults


def test_a_line_that_another_category_takes_first_is_a_fault():
    first = read_rule(GOOD | {"id": "first"}, category="share")
    second = read_rule(GOOD | {"pattern": "end.+", "drops": ["End of story", "End of it"]}, category="tags")

    assert [str(fault) for fault in find_faults([first, second])] == [
        "tags.toml: a-rule: first (share) takes its example 'End of story' first"
    ]


def test_words_without_spaces_are_a_line_end_to_end():
    rule = read_rule(
        GOOD | {"vocabulary": {"ja": {"core": "シェア", "words": "記事"}}, "drops": ["この記事をシェア"]},
        category="share",
    )

    assert rule.matches(Block(text="記事のシェアはこちら"))
    assert not rule.matches(Block(text="市場のシェアが伸びた"))


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
