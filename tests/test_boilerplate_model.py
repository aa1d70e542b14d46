import hashlib
import json

import attrs
import pytest

from pipelines.boilerplate import load_rules
from pipelines.boilerplate.forest import LEAVES
from pipelines.boilerplate.hearing import hear_rules
from pipelines.boilerplate.model import (
    CASE,
    MODEL,
    describe_blocks,
    model_version,
    read_model,
    score_blocks,
    threshold,
)
from pipelines.extract import extract_article
from pipelines.extract.measures import MEASURES
from pipelines.model import Block
from tests.extract_pages import PARAGRAPHS, article, page

FEATURES = (*MEASURES, *CASE)


@pytest.fixture(scope="module")
def found():
    return extract_article(page(article(inside="<p>Share this article</p>")))


@pytest.fixture(scope="module")
def hearing(found):
    return hear_rules(found, load_rules())


def split_features(tree):
    if isinstance(tree, list):
        feature, _, left, right = tree
        yield feature
        yield from split_features(left)
        yield from split_features(right)


def test_the_model_was_trained_on_what_is_measured_today():
    assert tuple(read_model()["features"]) == FEATURES


def test_its_trees_ask_for_known_features_alone():
    asked = {feature for tree in read_model()["trees"] for feature in split_features(tree)}

    assert asked <= set(range(len(FEATURES)))
    assert read_model()["leaves"] == LEAVES


def test_its_record_holds_what_was_measured_on_domains_it_did_not_know():
    record = read_model()["record"]

    assert record["folds"] >= 5
    assert {"news", "wcxb", "traf"} <= set(record["cross-validated"])
    assert all(0 < group[name] <= 1 for group in record["cross-validated"].values() for name in group.keys() & {"f1"})
    assert {"made", "parameters", "versions", "corpus"} <= set(record)


def test_its_version_is_a_digest_of_the_file():
    assert model_version() == f"sha256:{hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]}"


def test_the_file_is_small_and_reads_as_text():
    assert MODEL.stat().st_size < 250_000
    assert 0 < json.loads(MODEL.read_text("utf-8"))["threshold"] < 1


def test_each_block_is_described_by_its_measures_and_its_case(found, hearing):
    rows = describe_blocks(found.blocks, hearing)

    assert [row[: len(MEASURES)] for row in rows] == [block.measures for block in found.blocks]
    assert {len(row) for row in rows} == {len(FEATURES)}


def test_the_case_tells_what_the_rules_said(found, hearing):
    row = dict(zip(FEATURES, describe_blocks(found.blocks, hearing)[share_of(found)], strict=True))

    assert (row["has_verdict"], row["is_suspect"]) == (1, 1)
    assert (row["prose_before"], row["prose_after"]) == (1, 3)
    assert 0 < row["verdict_share"] < 1


def share_of(found):
    return [block.text for block in found.blocks].index("Share this article")


def test_a_block_that_no_page_holds_has_no_score(found, hearing):
    unplaced = tuple(attrs.evolve(block, measures=()) for block in found.blocks)

    assert {block.score for block in score_blocks(unplaced, hearing)} == {None}


def test_scores_are_probabilities_and_change_nothing_else(found, hearing):
    scored = score_blocks(found.blocks, hearing)

    assert all(0 <= block.score <= 1 for block in scored)
    assert tuple(attrs.evolve(block, score=None) for block in scored) == found.blocks


def test_the_story_scores_above_the_threshold_and_the_footer_below(found, hearing):
    scores = {block.text: block.score for block in score_blocks(found.blocks, hearing)}

    assert min(scores[text] for text in PARAGRAPHS) > threshold() > scores["Harbour Post"]


def test_nothing_is_scored_where_nothing_is():
    hearing = hear_rules(extract_article(page(article())), load_rules())

    assert score_blocks((), attrs.evolve(hearing, places=())) == ()


def test_blocks_must_be_those_that_were_heard(found, hearing):
    with pytest.raises(ValueError, match="zip"):
        score_blocks((*found.blocks, Block(text="one more")), hearing)
