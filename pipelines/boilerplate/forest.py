"""Boosted trees, asked with nothing but Python's integers.

Each tree's leaves are bits of one long integer, 16 a tree. A test that fails rules out the leaves on its other side,
so a row of features is answered by one AND a feature; the lowest bit that is left in each tree is its leaf.

Source:
    Lucchese et al., QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees
    (SIGIR 2015).
"""

import math
import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

LEAVES = 16
"""The most leaves of a tree."""


class Forest:
    """Trees that together give the log-odds of a row of features.

    A tree is a node or a leaf: a node `[feature, threshold, left, right]` sends a row whose feature is at most the
    threshold to the left; a leaf is a number.
    """

    def __init__(self, trees: Sequence[Any]) -> None:
        """Take `trees`, each of at most 16 leaves."""
        self._whole = (1 << LEAVES * len(trees)) - 1
        self._leaves: list[dict[int, float]] = []
        tests: dict[int, dict[float, int]] = {}
        for number, tree in enumerate(trees):
            leaves: list[float] = []
            self._plant(tree, leaves, LEAVES * number, tests)
            if len(leaves) > LEAVES:
                raise ValueError(f"tree {number} has {len(leaves)} leaves, more than {LEAVES}")
            self._leaves.append({1 << place: leaf for place, leaf in enumerate(leaves)})
        self._tests = [(feature, *self._masks(failed)) for feature, failed in sorted(tests.items())]
        self._size = LEAVES // 8 * len(trees)

    def log_odds(self, row: Sequence[float]) -> float:
        """Return the sum of the trees' answers to `row`."""
        left = self._whole
        for feature, thresholds, masks in self._tests:
            left &= masks[bisect_left(thresholds, row[feature])]
        answers = array("H", left.to_bytes(self._size, sys.byteorder))
        if sys.byteorder == "big":
            answers.reverse()
        # Exact, so that every Python adds alike.
        return math.fsum([leaves[bits & -bits] for leaves, bits in zip(self._leaves, answers, strict=True)])

    def probability(self, row: Sequence[float]) -> float:
        """Return the probability that `log_odds` stands for."""
        return 1 / (1 + math.exp(-self.log_odds(row)))

    def _plant(self, node: Any, leaves: list[float], offset: int, tests: dict[int, dict[float, int]]) -> int:
        """Number the leaves below `node` from the left; return their bits, noting what each failed test rules out."""
        if not isinstance(node, list):
            leaves.append(float(node))
            return 1 << (offset + len(leaves) - 1)
        feature, threshold, left, right = node
        below = self._plant(left, leaves, offset, tests)
        known = tests.setdefault(feature, {})
        known[threshold] = known.get(threshold, 0) | below
        return below | self._plant(right, leaves, offset, tests)

    def _masks(self, failed: Mapping[float, int]) -> tuple[list[float], list[int]]:
        """Return a feature's thresholds, ascending, and what is left when a value is above the first 0, 1 ... n."""
        thresholds = sorted(failed)
        masks = [self._whole]
        for threshold in thresholds:
            masks.append(masks[-1] & ~failed[threshold])
        return thresholds, masks
