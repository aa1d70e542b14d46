"""What returns on the articles of each source, as text that `pipelines.boilerplate` writes and reads."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pipelines.archive.database import Database
from pipelines.archive.tables import templates


class Templates:
    """The catalog's memory of the sources' templates. Every failure is a `CatalogError`."""

    def __init__(self, database: Database, insert: Callable[..., Any]) -> None:
        self._database = database
        self._insert = insert

    def read(self, source: str) -> str | None:
        """Return a source's statistics; None when there are none."""
        with self._database.reading() as connection:
            return connection.scalar(select(templates.c.statistics).where(templates.c.source == source))

    def sources(self) -> list[str]:
        """Return the sources that there are statistics of, sorted."""
        with self._database.reading() as connection:
            return list(connection.scalars(select(templates.c.source).order_by(templates.c.source)))

    def change(self, source: str, change: Callable[[str | None], str], now: datetime) -> None:
        """Replace a source's statistics by what `change` makes of them, in one transaction.

        Several crawls that do so at once wait for each other, so none undoes what another has counted.
        """
        held = select(templates.c.statistics).where(templates.c.source == source).with_for_update()
        with self._database.writing() as connection:
            if (known := connection.scalar(held)) is None:
                # A row to wait for: of two that come first, the second sees here what the first has made.
                statement = self._insert(templates).values(source=source, statistics="", changed_at=now)
                connection.execute(statement.on_conflict_do_nothing())
                known = connection.scalar(held)
            row = {"statistics": change(known or None), "changed_at": now}
            connection.execute(templates.update().where(templates.c.source == source).values(**row))
