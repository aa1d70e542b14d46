"""Logistic regression with a direction for every weight, by Newton's method, in plain Python."""

import math
from collections.abc import Sequence

Row = Sequence[float]

STEPS = 30
CLOSE = 1e-6


def fit(
    rows: Sequence[Row], labels: Sequence[int], directions: Sequence[int], ridge: float
) -> tuple[float, list[float]]:
    """Return the intercept and a weight for each column; a weight against its column's direction is 0.

    `ridge` is the penalty on the squared weights. The column that goes most against its direction is given up, one
    after the other, until none does.
    """
    used = list(range(len(directions)))
    while True:
        solved = _newton([[1.0, *(row[column] for column in used)] for row in rows], labels, ridge)
        wrong = [(solved[place + 1] * directions[column], column) for place, column in enumerate(used)]
        worst = min(wrong, default=(0.0, 0))
        if worst[0] >= 0:
            weights = [0.0] * len(directions)
            for place, column in enumerate(used):
                weights[column] = solved[place + 1]
            return solved[0], weights
        used.remove(worst[1])


def probability(intercept: float, weights: Sequence[float], row: Row) -> float:
    """Return the probability of the label 1."""
    return _sigmoid(intercept + sum(weight * value for weight, value in zip(weights, row, strict=True)))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-35.0, min(35.0, value))))


def _newton(rows: Sequence[Row], labels: Sequence[int], ridge: float) -> list[float]:
    size = len(rows[0])
    solved = [0.0] * size
    penalty = [0.0, *[ridge] * (size - 1)]
    for _ in range(STEPS):
        gradient = [-penalty[i] * solved[i] for i in range(size)]
        hessian = [[penalty[i] * (i == j) for j in range(size)] for i in range(size)]
        for row, label in zip(rows, labels, strict=True):
            guess = _sigmoid(sum(weight * value for weight, value in zip(solved, row, strict=True)))
            slope = guess * (1 - guess) + 1e-9
            for i, value in enumerate(row):
                if value:
                    gradient[i] += (label - guess) * value
                    line, scaled = hessian[i], slope * value
                    for j, other in enumerate(row):
                        line[j] += scaled * other
        step = _solve(hessian, gradient)
        solved = [weight + change for weight, change in zip(solved, step, strict=True)]
        if max(map(abs, step)) < CLOSE:
            break
    return solved


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return x with matrix x = right (Gauss, with pivots)."""
    size = len(right)
    lines = [[*matrix[i], right[i]] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(lines[k][i]))
        lines[i], lines[pivot] = lines[pivot], lines[i]
        for k in range(i + 1, size):
            factor = lines[k][i] / lines[i][i]
            if factor:
                lines[k] = [a - factor * b for a, b in zip(lines[k], lines[i], strict=True)]
    solved = [0.0] * size
    for i in reversed(range(size)):
        solved[i] = (lines[i][size] - sum(lines[i][j] * solved[j] for j in range(i + 1, size))) / lines[i][i]
    return solved
