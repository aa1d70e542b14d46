"""What reading again has changed, source by source."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import attrs

from pipelines.model import WORD

Document = Mapping[str, Any]
COUNTS = ("seen", "unchanged", "changed", "new", "words_added", "words_removed")


@attrs.define
class SourceChanges:
    """The figures of one source.

    Attributes:
        seen: pages read.
        unchanged: read as they are archived.
        changed: articles that got a new revision.
        new: articles that the archive did not have.
        words_added, words_removed: over all changed articles; a word that moved is neither.
        gained, lost: field of the document -> articles in which it is there now, or no longer.
        refused: reason -> pages that give no article today; what is archived of them stays as it is.
        skipped: reason -> captures that were not read.
    """

    seen: int = 0
    unchanged: int = 0
    changed: int = 0
    new: int = 0
    words_added: int = 0
    words_removed: int = 0
    gained: Counter[str] = attrs.field(factory=Counter)
    lost: Counter[str] = attrs.field(factory=Counter)
    refused: Counter[str] = attrs.field(factory=Counter)
    skipped: Counter[str] = attrs.field(factory=Counter)

    def note_change(self, before: Document, after: Document) -> None:
        """Count how a document differs from the one before it."""
        old, new = (Counter(WORD.findall(document["articleBody"])) for document in (before, after))
        self.changed += 1
        self.words_added += (new - old).total()
        self.words_removed += (old - new).total()
        self.gained.update(_fields(after) - _fields(before))
        self.lost.update(_fields(before) - _fields(after))


@attrs.frozen
class ChangeReport:
    """The figures of all sources, and what went wrong beside them.

    Attributes:
        problems: one line for each record, document or WARC that could not be read.
    """

    sources: defaultdict[str, SourceChanges] = attrs.field(factory=lambda: defaultdict(SourceChanges))
    problems: list[str] = attrs.field(factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        sources = {name: attrs.asdict(found) for name, found in sorted(self.sources.items())}
        return {"sources": sources, "problems": self.problems}

    def as_text(self) -> str:
        """Return a table of the sources with their sums, and below it what the table has no room for."""
        width = max(map(len, (*self.sources, "source")))
        lines = [" ".join((f"{'source':{width}}", *(f"{name.replace('_', ' '):>13}" for name in COUNTS)))]
        for name, found in sorted(self.sources.items()):
            lines.append(" ".join((f"{name:{width}}", *(f"{getattr(found, count):>13}" for count in COUNTS))))
        sums = (sum(getattr(found, count) for found in self.sources.values()) for count in COUNTS)
        lines.append(" ".join((f"{'all':{width}}", *(f"{total:>13}" for total in sums))))
        for name, found in sorted(self.sources.items()):
            lines.extend(f"{name}: {line}" for line in _details(found))
        return "\n".join(lines)


def _details(found: SourceChanges) -> list[str]:
    titles = {"gained": "gained", "lost": "lost", "refused": "no article today", "skipped": "not read"}
    return [
        f"{title}: {', '.join(f'{name} {count}' for name, count in counts.most_common())}"
        for kind, title in titles.items()
        if (counts := getattr(found, kind))
    ]


def _fields(document: Document) -> frozenset[str]:
    return frozenset(name for name in document if name != "newskeep")
