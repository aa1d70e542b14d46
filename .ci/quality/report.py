"""Figures as tables: in columns for the terminal, in Markdown for the documentation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quality.places import Figures


def columns(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for the terminal: the first column flush left, the others flush right."""
    lines = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    text = [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return "\n".join(("", title, *(f"  {line}".rstrip() for line in text)))


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for a Markdown page: the first column flush left, the others flush right."""
    lines = [head, ("---", *("--:" for _ in head[1:])), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def print_bounds(figures: Figures, bounds: Mapping[str, Mapping[str, float]]) -> int:
    """Print each figure with its bound; return how many bounds are broken."""
    rows, broken = [], 0
    for name, value in figures.items():
        bound = bounds.get(name, {})
        holds = bound.get("min", float("-inf")) <= value <= bound.get("max", float("inf"))
        broken += not holds
        rows.append((name, value, _limits(bound), "" if holds else "BROKEN"))
    for name in bounds.keys() - figures.keys():
        rows.append((name, None, _limits(bounds[name]), "MISSING"))
        broken += 1
    print(columns("bounds", ("figure", "now", "bound", ""), rows))
    return broken


def goal_table(figures: Figures, goals: Sequence[Mapping[str, Any]]) -> str:
    """Return what others reach, what is to be reached, and where we are.

    A goal is no bound: one that is missed breaks nothing.
    """
    rows = []
    for goal in goals:
        value = figures.get(goal["figure"])
        reached = value is not None and goal.get("min", float("-inf")) <= value <= goal.get("max", float("inf"))
        verdict = "not measured" if value is None else "reached" if reached else "missed"
        rows.append((goal["name"], goal.get("trafilatura"), goal.get("peer"), _limits(goal), value, verdict))
    return columns("goals", ("measure", "trafilatura", "best peer", "reach", "now", ""), rows)


def _limits(bound: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {bound[key]:g}" for key in ("min", "max") if key in bound)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
