"""An explanation on a terminal: one line a block, then the fields with their reasons, then the confidence."""

from rich.console import Console
from rich.text import Text

from pipelines.explain.explanation import Decision, Explanation, Line
from pipelines.explain.wording import MARKS
from pipelines.model import Article

STYLES = {Decision.KEPT: "green", Decision.CUT: "red", Decision.MOVED: "cyan", Decision.LEFT: "dim"}
KIND_WIDTH = 10
CAUSE_WIDTH = 22


def print_explanation(console: Console, explanation: Explanation, *, full: bool = False) -> None:
    """Print what was decided on `explanation`'s page; texts are cut to the width unless `full`.

    Lines of the page that were never in question are counted, and shown only with `full`.
    """
    console.print(Text(explanation.url, style="bold"), soft_wrap=True)
    for line in explanation.lines:
        if full or line.decision is not Decision.LEFT or line.field is not None:
            _print_line(console, line, full=full)
    counted = ", ".join(f"{explanation.count(decision)} {decision}" for decision in Decision)
    console.print(Text(f"{counted} (of {len(explanation.lines)} lines of the page)"), soft_wrap=True)
    if explanation.article is not None:
        _print_claims(console, explanation.article)
        _print_confidence(console, explanation.article)
    if explanation.refused is not None:
        console.print(Text(f"refused: {explanation.refused}", style="bold red"), soft_wrap=True)
    console.print()


def _print_line(console: Console, line: Line, *, full: bool) -> None:
    style = STYLES[line.decision]
    shown = Text()
    shown.append(f"{MARKS[line.decision]} {line.decision:5} ", style=f"bold {style}")
    shown.append(f"{line.kind:{KIND_WIDTH}.{KIND_WIDTH}} ", style="dim")
    score = line.block.score if line.block else None
    shown.append(f"{score:4.2f} " if score is not None else "   - ", style="dim")
    votes = "".join(sorted(vote[0] for vote in line.block.votes)) if line.block else ""
    shown.append(f"{votes or '-':3} ", style="dim")
    shown.append(f"{_cause(line):{CAUSE_WIDTH}} ", style=style)
    shown.append(line.text, style="" if line.decision is Decision.KEPT else style)
    if full:
        console.print(shown, soft_wrap=True)
    else:
        shown.truncate(console.width, overflow="ellipsis")
        console.print(shown, no_wrap=True, overflow="ellipsis")


def _cause(line: Line) -> str:
    rule = line.removed.rule if line.removed else line.field or "-"
    return f"{rule} → image {line.image + 1}" if line.image is not None else rule


def _print_claims(console: Console, article: Article) -> None:
    """Print what was said of each field, what was believed first."""
    if not article.claims:
        return
    console.print(Text("\nFields", style="bold"))
    for claim in sorted(article.claims, key=lambda claim: (claim.field, not claim.chosen)):
        shown = Text()
        shown.append(
            f"{MARKS[Decision.KEPT if claim.chosen else Decision.CUT]} ", style="green" if claim.chosen else "red"
        )
        shown.append(f"{claim.field}: ", style="bold" if claim.chosen else "")
        shown.append(claim.value)
        told = "; ".join(filter(None, (", ".join(claim.origins), claim.reason)))
        shown.append(f" ({told})", style="dim")
        console.print(shown, soft_wrap=True)


def _print_confidence(console: Console, article: Article) -> None:
    if article.confidence is None:
        return
    console.print(Text(f"\nConfidence {article.confidence.value:.3f}", style="bold"))
    for cause in article.confidence.causes:
        shown = Text()
        shown.append(f"{cause.effect:+5.2f} ", style="green" if cause.effect > 0 else "red")
        shown.append(cause.signal)
        console.print(shown, soft_wrap=True)
