"""What each mechanism is worth: the figures without one after the other, as a table in docs/extraction.md."""

import re
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from quality.pages import spread
from quality.places import ROOT, Figures, Row
from quality.report import markdown
from quality.scorer import NEWS_GOLD, load_scorer, load_truths
from quality.variants import ALONE, FULL, VARIANTS, judge_real, judge_synthetic, synthetic_pages

GUIDE = ROOT / "docs" / "extraction.md"
MARKS = re.compile(r"(<!-- ablation -->\n).*?(<!-- end of ablation -->)", re.DOTALL)
SHARE = 2
"""Of the sources beside news-gold one page in so many is read; the whole corpus takes nearly twice as long."""
HEAD = (
    "",
    "news F1",
    ">= .98",
    "junk words",
    "furniture pages",
    "wcxb F1",
    "traf segments F1",
    "true words cut",
    "furniture left",
    "without residue",
    "traps removed",
)


def judge_ablation(_: Path) -> Figures:
    """Print the table and put it into docs/extraction.md; its figures have no bounds."""
    truths = [truth for place, truth in enumerate(load_truths()) if truth["source"] in NEWS_GOLD or place % SHARE == 0]
    real = list(spread(judge_real, truths))
    synthetic = list(spread(judge_synthetic, range(len(synthetic_pages()))))
    rows = [
        (
            _label(name),
            *_real_cells([page[name] for page in real]),
            *_synthetic_cells([page[name] for page in synthetic]),
        )
        for name in VARIANTS
    ]
    table = markdown(HEAD, rows)
    print(table)
    guide = GUIDE.read_text(encoding="utf-8")
    GUIDE.write_text(MARKS.sub(lambda marks: f"{marks[1]}{table}\n{marks[2]}", guide), encoding="utf-8")
    print(f"\nwritten to {GUIDE.relative_to(ROOT)}: {len(real)} real pages, {len(synthetic)} synthetic ones")
    return {}


def _label(name: str) -> str:
    return name if name in {FULL, ALONE} else f"without {name}"


def _real_cells(pages: Sequence[Row]) -> tuple[str, ...]:
    summarise = load_scorer().summarise
    gold = summarise([page for page in pages if page["truth"]["source"] in NEWS_GOLD])
    guides = summarise([page for page in pages if page["truth"]["source"] == "wcxb"])
    segments = summarise([page for page in pages if page["truth"]["source"] == "traf"])
    return (
        f"{gold['f1']:.4f}",
        f"{gold['page_f1_ge_98']:.3f}",
        f"{gold['junk_tokens']:.4f}",
        f"{gold['furniture_pages']:.3f}",
        f"{guides['f1']:.4f}",
        f"{segments['seg_f1']:.4f}",
        f"{fmean(page['lost'] for page in pages if page['lost'] is not None):.4f}",
    )


def _synthetic_cells(pages: Sequence[Row]) -> tuple[str, ...]:
    left, possible = (sum(len(page[part]) for page in pages) for part in ("left", "possible"))
    lost, kept = (sum(len(page[part]) for page in pages) for part in ("lost", "kept"))
    clean = sum(not page["left"] for page in pages)
    return f"{left / possible:.4f}", f"{clean / len(pages):.3f}", f"{lost / max(1, lost + kept):.4f}"
