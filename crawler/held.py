"""Candidates that wait until all is known of them.

A home page links articles without telling their dates; the feeds and sitemaps that tell are read after it. So what
the home page found waits for them: hints are whole, `since` can be kept, and the newest are asked for first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from pipelines.model import Candidate


class HeldCandidates:
    """Holds a source's candidates while pages that may tell more of them are still to be read."""

    def __init__(self) -> None:
        self._unread: Counter[str] = Counter()
        self._held: defaultdict[str, list[Candidate]] = defaultdict(list)

    def expect(self, source: str) -> None:
        """A page that may tell more has been asked for."""
        self._unread[source] += 1

    def hold(self, source: str, candidates: Iterable[Candidate]) -> None:
        """Keep candidates back."""
        self._held[source] += candidates

    def release(self, source: str) -> list[Candidate]:
        """One of the pages has been read, or will never be; return what need not wait any longer."""
        self._unread[source] -= 1
        return self._held.pop(source, []) if self._unread[source] <= 0 else []
