"""What returns on the articles of each source: read from the catalog, applied at once, and written back.

A source's statistics live in memory as long as its pages are read. Articles are counted there as they come and in the
catalog some at a time, in a transaction that counts them onto what lies there by then: so several crawls can share it.
What a crash loses is the count of those last articles, nothing of the archive.
"""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime

import attrs

from pipelines.archive.templates import Templates
from pipelines.boilerplate import (
    Recurrence,
    Seen,
    Sighting,
    dump_statistics,
    load_statistics,
    read_wording,
    sight_article,
)
from pipelines.model import Article, Furniture, Source

BATCH = 25  # articles; statistics are written as a whole, which takes some 15 ms when they are full


@attrs.define
class Learner:
    """Knows the template of each source, and learns. Blocks at times; may be used by several threads.

    Every failure of the catalog is a `CatalogError`.
    """

    _templates: Templates
    _known: dict[str, Recurrence] = attrs.field(factory=dict, init=False)
    _waiting: dict[str, list[Sighting]] = attrs.field(factory=dict, init=False)
    _equipped: dict[str, tuple[Source, Source]] = attrs.field(factory=dict, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def equip(self, source: Source, recorded: Iterable[Furniture] = ()) -> Source:
        """Return `source` with its template as it is known now; with `recorded` where nothing is known."""
        with self._lock:
            recurrence = self._recurrence(source.id)
            if not recurrence.articles:
                return attrs.evolve(source, template=tuple(recorded)) if recorded else source
            plain, equipped = self._equipped.get(source.id, (None, source))
            if plain != source:
                equipped = attrs.evolve(source, template=template_of(recurrence, source))
                self._equipped[source.id] = source, equipped
            return equipped

    def note(self, source: str, article: Article, captured_at: datetime) -> bool:
        """Count an article of a source, one that was never counted before.

        Return whether it shows that the source's pages are built otherwise than before.
        """
        sighting = sight_article(article, captured_at)
        with self._lock:
            has_changed = self._recurrence(source).note(sighting)
            self._equipped.pop(source, None)
            waiting = self._waiting.setdefault(source, [])
            waiting.append(sighting)
            if len(waiting) >= BATCH:
                self._write(source)
            return has_changed

    def flush(self) -> None:
        """Write what was counted and is not in the catalog yet."""
        with self._lock:
            for source in list(self._waiting):
                self._write(source)

    def _recurrence(self, source: str) -> Recurrence:
        if source not in self._known:
            self._known[source] = load_statistics(self._templates.read(source))
        return self._known[source]

    def _write(self, source: str) -> None:
        waiting = self._waiting[source]

        def count(statistics: str | None) -> str:
            recurrence = load_statistics(statistics)
            for sighting in waiting:
                recurrence.note(sighting)
            self._known[source] = recurrence
            return dump_statistics(recurrence)

        self._templates.change(source, count, datetime.now(UTC))
        del self._waiting[source]
        self._equipped.pop(source, None)


def template_of(recurrence: Recurrence, source: Source) -> tuple[Furniture, ...]:
    """Return what goes from the articles of `source`: what was learned, but for what a person decided otherwise."""
    template = {furniture.key: furniture for furniture in recurrence.furniture()}
    if source.template_keep or source.template_drop:
        for key, seen in recurrence.returning():
            if names_block(source.template_keep, key, seen):
                template.pop(key, None)
            elif names_block(source.template_drop, key, seen):
                template[key] = Furniture(key=key, articles=seen.articles, anywhere=True)
    return tuple(template.values())


def names_block(names: Iterable[str], key: str, seen: Seen) -> bool:
    """Whether one of `names`, keys or whole texts, is the block's."""
    wording = read_wording(seen.text)
    return any(name == key or read_wording(name) == wording for name in names)
