"""Which record holds what a URL gave last, so that the same body is not kept twice."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import RowMapping, delete, select

from pipelines.archive.database import Database
from pipelines.archive.tables import originals
from pipelines.model import WarcLocation
from pipelines.warc import Original

COLUMNS = [column.name for column in originals.columns if not column.primary_key]


class Originals:
    """The catalog's memory of response records, one a URL. Every failure is a `CatalogError`."""

    def __init__(self, database: Database, insert: Callable[..., Any]) -> None:
        self._database = database
        self._insert = insert

    def find(self, urls: Collection[str]) -> dict[str, Original]:
        """Return the last response record of each URL that has one."""
        statement = select(originals).where(originals.c.url.in_(urls))
        with self._database.reading() as connection:
            return {row["url"]: _original(row) for row in connection.execute(statement).mappings()}

    def note(self, found: Collection[Original]) -> None:
        """Remember response records, each in the place of the one before."""
        if not found:
            return
        statement = self._insert(originals)
        rows = {original.url: _row(original) for original in found}
        statement = statement.on_conflict_do_update(
            index_elements=[originals.c.url],
            set_={name: statement.excluded[name] for name in COLUMNS},
        )
        with self._database.writing() as connection:
            connection.execute(statement, list(rows.values()))

    def forget(self, urls: Collection[str]) -> None:
        """Forget the records of URLs, whose next body is kept whole then."""
        with self._database.writing() as connection:
            connection.execute(delete(originals).where(originals.c.url.in_(urls)))


def _row(original: Original) -> dict[str, Any]:
    return {
        "url": original.url,
        "fetched_at": original.fetched_at,
        "payload_digest": original.payload_digest,
        "warc_filename": original.location.filename,
        "warc_offset": original.location.offset,
        "warc_length": original.location.length,
        "warc_record_id": original.location.record_id,
    }


def _original(row: RowMapping) -> Original:
    return Original(
        url=row["url"],
        fetched_at=row["fetched_at"],
        payload_digest=row["payload_digest"],
        location=WarcLocation(
            filename=row["warc_filename"],
            offset=row["warc_offset"],
            length=row["warc_length"],
            record_id=row["warc_record_id"],
        ),
    )
