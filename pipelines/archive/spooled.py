"""Documents as they are read back: from the store, or from the spool while they wait for it."""

import attrs

from pipelines.archive.spool import Spool
from pipelines.errors import MissingObjectError
from pipelines.stores.objects import ObjectStore


@attrs.frozen
class SpooledStore:
    """A store whose documents can be read from the moment when the catalog knows them."""

    store: ObjectStore
    spool: Spool

    @property
    def url(self) -> str:
        """Where the store is."""
        return self.store.url

    def get(self, key: str) -> bytes:
        """Return the object, or the document of that key that waits; raise as the store does."""
        try:
            return self.store.get(key)
        except MissingObjectError:
            waiting = self.spool.read_document(key)
            if waiting is None:
                waiting = self.store.get(key)  # it has gone to the store between the two looks, or is missing
            return waiting
