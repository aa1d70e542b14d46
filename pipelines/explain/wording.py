"""What is said of a line and its page, the same in the terminal and in a browser."""

from pipelines.explain.explanation import Decision, Line

MARKS = {Decision.KEPT: "+", Decision.CUT: "−", Decision.MOVED: "→", Decision.LEFT: "·"}


def reasons(line: Line) -> list[tuple[str, str]]:
    """Return what speaks for the decision, as (what, value)."""
    found: list[tuple[str, str]] = []
    if line.removed is not None:
        found.extend((("rule", line.removed.rule), ("category", line.removed.category)))
        if line.removed.evidence:
            found.append(("because", line.removed.evidence))
    if line.image is not None:
        found.append(("moved to", f"image {line.image + 1}"))
    if line.field is not None:
        found.append(("told as", line.field))
    if line.block is not None:
        if line.block.score is not None:
            found.append(("score", f"{line.block.score:.2f}"))
        if line.block.votes:
            found.append(("votes", ", ".join(sorted(line.block.votes))))
        if line.block.link_density:
            found.append(("links", f"{line.block.link_density:.0%}"))
    return found


def label(line: Line) -> str:
    """Return the decision in a word or two."""
    if line.decision is Decision.MOVED and line.image is not None:
        return f"image {line.image + 1}"
    if line.decision is Decision.LEFT and line.field is not None:
        return line.field
    return line.decision.value
