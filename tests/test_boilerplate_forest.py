import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.boilerplate.forest import LEAVES, Forest

FEATURES = 4
# Few values, so that rows often meet a threshold exactly; and those at which comparing goes wrong if anywhere.
VALUES = st.one_of(
    st.sampled_from([-1e308, -1.0, -0.0, 0.0, 5e-324, 0.3, 0.1 + 0.2, 1.0, 60.0, 1e308]),
    st.floats(allow_nan=False),
)
LEAF = st.floats(-3, 3)


def nodes(children):
    return st.tuples(st.integers(0, FEATURES - 1), VALUES, children, children).map(list)


TREES = st.recursive(LEAF, nodes, max_leaves=LEAVES)
ROWS = st.lists(VALUES, min_size=FEATURES, max_size=FEATURES)


def walk(tree, row):
    """Return a tree's answer by going from node to node."""
    while isinstance(tree, list):
        feature, threshold, left, right = tree
        tree = left if row[feature] <= threshold else right
    return tree


def chain(leaves: int):
    """Return a tree as deep as its leaves allow: a row of value n comes to leaf n."""
    tree = float(leaves - 1)
    for place in range(leaves - 2, -1, -1):
        tree = [0, float(place), float(place), tree]
    return tree


@given(st.lists(TREES, max_size=6), ROWS)
def test_a_forest_answers_as_its_trees_do(trees, row):
    assert Forest(trees).log_odds(row) == math.fsum(walk(tree, row) for tree in trees)


@given(st.lists(TREES, min_size=1, max_size=3), st.data())
def test_a_value_that_equals_a_threshold_goes_left(trees, data):
    thresholds = [node[1] for tree in trees for node in every_node(tree)]
    row = data.draw(st.lists(st.sampled_from(thresholds or [0.0]), min_size=FEATURES, max_size=FEATURES))

    assert Forest(trees).log_odds(row) == math.fsum(walk(tree, row) for tree in trees)


def every_node(tree):
    if isinstance(tree, list):
        yield tree
        yield from every_node(tree[2])
        yield from every_node(tree[3])


@pytest.mark.parametrize(
    ("value", "answer"), [(0.5, 1.0), (math.nextafter(0.5, 1), 2.0), (-math.inf, 1.0), (1e300, 2.0)]
)
def test_only_what_is_above_the_threshold_goes_right(value, answer):
    assert Forest([[0, 0.5, 1.0, 2.0]]).log_odds([value]) == answer


@pytest.mark.parametrize("place", range(LEAVES))
def test_every_leaf_of_the_largest_tree_is_reached(place):
    assert Forest([chain(LEAVES), chain(LEAVES)]).log_odds([float(place)]) == 2 * place


def test_a_tree_of_too_many_leaves_is_refused():
    with pytest.raises(ValueError, match=r"tree 1 has 17 leaves"):
        Forest([0.5, chain(LEAVES + 1)])


def test_a_threshold_that_returns_within_a_tree_rules_out_both_sides():
    again = [0, 1.0, [0, 1.0, 1.0, 2.0], [0, 1.0, 3.0, 4.0]]

    assert [Forest([again]).log_odds([value]) for value in (1.0, 2.0)] == [1.0, 4.0]


def test_no_trees_know_nothing():
    assert Forest([]).probability([]) == 0.5


@pytest.mark.parametrize(("odds", "probability"), [(0.0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25), (30.0, 1.0)])
def test_log_odds_become_a_probability(odds, probability):
    assert Forest([odds]).probability([]) == pytest.approx(probability)


def test_trees_survive_being_written_down():
    trees = [chain(7), [1, 0.1 + 0.2, -0.5, [0, -3.0, 0.25, 1.0]]]

    assert Forest(json.loads(json.dumps(trees))).log_odds([2.0, 0.3]) == Forest(trees).log_odds([2.0, 0.3])
