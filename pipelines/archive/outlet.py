"""Where a revision becomes lasting: its document on the disk, then its row in the catalog."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import attrs

from pipelines.archive.catalog import Catalog
from pipelines.archive.document import Document, to_document, to_json
from pipelines.archive.keys import revision_key
from pipelines.archive.spool import Spool
from pipelines.errors import WarcError
from pipelines.model import Revision


@attrs.frozen
class Outlet:
    """Takes revisions; the uploader moves their documents from the spool to the store."""

    spool: Spool
    catalog: Catalog

    def add(self, revision: Revision, *, next_due: datetime | None = None) -> Document:
        """Return the revision's document, which nothing can lose any more; to add it again changes nothing.

        The document is kept first: a crash before its row is written leaves it to `adopt_documents`.

        Raises:
            WarcError: the disk is full or fails.
            CatalogError: the catalog failed; the document is kept.
        """
        document, key = to_document(revision), revision_key(revision)
        self.spool.add_document(key, to_json(document))
        self.catalog.add_document(key, document, next_due=next_due)
        return document


def adopt_documents(
    spool: Spool, catalog: Catalog, due: Callable[[Mapping[str, Any]], datetime | None]
) -> tuple[int, tuple[WarcError, ...]]:
    """Give the catalog what a crash kept from it: the rows of documents in the spool.

    Return how many it lacked, and which documents were broken; those lie in `damaged/` now. `due` says when a
    document's article is to be asked for again.

    Raises:
        CatalogError: the catalog failed.
    """
    found = list(spool.documents())
    waiting = {one.key: one.path for one in found if not isinstance(one, WarcError)}
    unknown = catalog.unknown_documents(waiting)
    for key in unknown:
        with suppress(FileNotFoundError):  # another process has just uploaded it, and entered it when it began
            document = json.loads(waiting[key].read_bytes())
            catalog.add_document(key, document, next_due=due(document))
    return len(unknown), tuple(one for one in found if isinstance(one, WarcError))
