"""`python -m tests.soak`: hundreds of kills over real crawls; a table of what they did, exit status 1 when it was harm.

It runs for as long as it takes (some 4 s a kill); `docs/soak.md` tells how to read it. A round that went wrong keeps
its folder, with `problems.txt` on top, and comes again by its number and the seed: `--seed 7 --round 12`.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from crawler.demo import DemoServer
from tests.crashes import DemoSite, KillableStore, NewswebSite, Report, Round, Site, Soak


def main(args: Sequence[str] | None = None) -> int:
    """Run the rounds; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Kill crawls until the figures are there")
    parser.add_argument("--kills", type=int, default=200, help="crawls to kill in all (default: 200)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what the moments are drawn from")
    parser.add_argument("--round", type=int, help="only this round of the seed")
    parser.add_argument("--site", choices=("demo", "newsweb"), default="demo", help="what is crawled (default: demo)")
    parser.add_argument("--folder", type=Path, help="where to work (default: a new folder under the system's own)")
    options = parser.parse_args(args)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="newskeep-soak-"))
    print(f"seed {options.seed}, in {folder}", flush=True)
    with ExitStack() as stack:
        store = stack.enter_context(KillableStore(folder / "store"))
        soak = Soak(folder / "rounds", _site(options.site, folder, stack), store, seed=options.seed)
        report = Report(soak.crawl_undisturbed().truth)
        print(report.heading, flush=True)
        for judged in _rounds(soak, report, kills=options.kills, only=options.round):
            print(report.line(judged), flush=True)
    print(report.totals)
    if report.problems:
        print("\n".join(report.problems), file=sys.stderr)
        return 1
    if not options.folder:
        shutil.rmtree(folder)
    return 0


def _site(name: str, folder: Path, stack: ExitStack) -> Site:
    if name == "newsweb":
        return stack.enter_context(NewswebSite.serve(folder / "newsweb"))
    return DemoSite(stack.enter_context(DemoServer()))


def _rounds(soak: Soak, report: Report, *, kills: int, only: int | None) -> Iterator[Round]:
    if only is not None:
        yield soak.run_round(only, report.truth)
        return
    for number in count(1):
        if report.kills >= kills:
            return
        yield soak.run_round(number, report.truth)


if __name__ == "__main__":
    sys.exit(main())
