"""Runs the parts that are asked for, compares their figures with the bounds, and sets them beside the goals."""

import time
from argparse import ArgumentParser

from quality.ablation import judge_ablation
from quality.corpus import judge_corpus
from quality.newsweb import judge_newsweb
from quality.places import BOUNDS, CORPUS, NEWSWEB, Figures, workplace
from quality.report import goal_table, print_bounds
from quality.speed import judge_speed

PARTS = {
    "newsweb": (judge_newsweb, (NEWSWEB, CORPUS)),
    "corpus": (judge_corpus, (CORPUS,)),
    "speed": (judge_speed, (CORPUS,)),
    "ablation": (judge_ablation, (CORPUS, NEWSWEB)),
}
ON_DEMAND = {"ablation"}


def main(arguments: list[str]) -> int:
    """Run the parts named; return 1 when a bound is broken."""
    parser = ArgumentParser(prog="quality", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all but ablation when none is named"
    )
    wanted = parser.parse_args(arguments).parts or [name for name in PARTS if name not in ON_DEMAND]
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"{unknown.pop()} is none of {', '.join(PARTS)}")
    broken = 0
    measured: Figures = {}
    for name in wanted:
        judge, needs = PARTS[name]
        if missing := next((folder for folder in needs if not folder.is_dir()), None):
            print(f"{name}: skipped, there is no {missing}")
            continue
        with workplace(name) as folder:
            began = time.monotonic()
            figures = judge(folder)
            print(f"\n{name}, {time.monotonic() - began:.0f} s")
        if name in BOUNDS:
            broken += print_bounds(figures, BOUNDS[name])
        measured |= {f"{name} {figure}": value for figure, value in figures.items()}
    if measured:
        print(goal_table(measured, BOUNDS["goal"]))
    return int(broken > 0)
