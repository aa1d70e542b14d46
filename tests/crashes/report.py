"""The table of a soak, its totals and the limits they are held to."""

from tests.crashes.rounds import Round, Truth

COLUMNS = ("round", "kills", "store", "crawls", "lost", "twice", "other", "invalid", "gaps", "untidy", "again", "s")
REFETCHES = 0.1  # of the articles, a kill; over all rounds, since one kill may strike when much is in flight


class Report:
    """What the rounds so far come to."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self._rounds: list[Round] = []

    @property
    def heading(self) -> str:
        """The line above the table."""
        return f"an undisturbed crawl archives {self.truth.articles} articles\n{_row(COLUMNS)}"

    @property
    def kills(self) -> int:
        """Crawls killed."""
        return sum(judged.kills for judged in self._rounds)

    @property
    def store_kills(self) -> int:
        """How often the store was killed."""
        return sum(judged.store_kills for judged in self._rounds)

    @property
    def refetch_share(self) -> float:
        """Articles asked for again a kill, as a share of all articles."""
        return sum(judged.refetches for judged in self._rounds) / max(self.kills, 1) / max(self.truth.articles, 1)

    @property
    def totals(self) -> str:
        """The last line of the table, and the share that was asked for again."""
        sums = [sum(numbers) for numbers in zip(*(judged.figures for judged in self._rounds), strict=True)]
        return f"{_row(('all', *sums))}\nasked for again: {self.refetch_share:.1%} of the articles a kill"

    @property
    def faults(self) -> tuple[str, ...]:
        """What kills have done to the archives, one line each."""
        return tuple(
            f"round {judged.number}: {problem} (see {judged.folder})"
            for judged in self._rounds
            for problem in judged.problems
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What breaks a limit, one line each; empty when all is well."""
        if self.refetch_share <= REFETCHES:
            return self.faults
        excess = f"{self.refetch_share:.1%} of the articles are asked for again a kill, over {REFETCHES:.0%}"
        return (*self.faults, excess)

    def line(self, judged: Round) -> str:
        """Take a round in; return its line of the table."""
        self._rounds.append(judged)
        return _row((judged.number, *judged.figures))


def _row(cells: tuple[object, ...]) -> str:
    return " ".join(f"{cell!s:>7}" for cell in cells)
