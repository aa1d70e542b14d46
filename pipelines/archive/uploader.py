"""From the spool to the store: proven, put, read back, compared, entered in the manifest, and only then let go."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from pipelines.archive.document import Document, read_document
from pipelines.archive.indexes import segment_indexes
from pipelines.archive.manifests import Entry, write_part
from pipelines.archive.spool import Spool, WaitingDocument, locked
from pipelines.errors import DocumentError, StoreError, WarcError
from pipelines.stores import Content, ObjectStore, content_of, content_of_file, stored_content
from pipelines.warc import segment_key
from pipelines.warc.members import validate_segment

JSON = "application/json"
WARC = "application/warc"
CDXJ = "text/x-cdxj"
BATCH = 500  # documents a part of the manifest
SENDERS = 4
PATIENCE = 3  # times that a store may give back something else before the object is put anew


class Uploader:
    """Empties the spool. Only one thread may use it; several processes may share a spool and a store.

    A document goes after the segment that holds its record, so that the store never holds one without the other.
    """

    def __init__(
        self,
        spool: Spool,
        store: ObjectStore,
        *,
        adopt: Callable[[str, Document], None],
        report: Callable[[WarcError], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the spool, the store and whom to tell.

        Args:
            spool: what is sent.
            store: where to.
            adopt: told key and document when the store holds another capture of the same content, which stays.
            report: told what is damaged, each time; it lies in `damaged/` then.
            clock: tells the time of manifest entries.
        """
        self._spool = spool
        self._store = store
        self._adopt = adopt
        self._report = report
        self._clock = clock
        self._refusals: Counter[str] = Counter()  # key -> times that the store gave back something else

    def drain(self) -> int:
        """Send everything that may go, and return how many segments and documents went.

        Raises:
            StoreError: the store failed; what had not gone stays and is sent by the next call.
        """
        return sum(map(self._send_segment, self._spool.segments())) + self._send_documents()

    # -- segments ----------------------------------------------------------------------------------------------

    def _send_segment(self, path: Path) -> bool:
        """Send a closed segment with its indexes; False when it is damaged or in the hands of another process."""
        with locked(path) as mine:
            if not mine:
                return False
            try:
                key, indexes = _proven(path)
            except WarcError as error:
                self._report(self._spool.set_aside(path, error))
                return False
            self._enter([self._put_segment(key, path), *(self._put_index(*index) for index in indexes)])
            path.unlink()
            return True

    def _put_segment(self, key: str, path: Path) -> Entry:
        if self._refusals[key] >= PATIENCE:  # the name is ours alone, so what lies there is our own, spoilt
            self._store.delete(key)
        self._store.put_file(key, path, media_type=WARC)
        return self._confirmed(key, content_of_file(path))

    def _put_index(self, key: str, body: bytes) -> Entry:
        content = content_of(body)
        if not self._store.put(key, body, media_type=CDXJ) and stored_content(self._store, key) != content:
            self._store.replace(key, body, media_type=CDXJ)  # made by another version; it follows from the segment
        return self._confirmed(key, content)

    # -- documents ---------------------------------------------------------------------------------------------

    def _send_documents(self) -> int:
        sent = 0
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="documents") as senders:
            for batch in _batches(self._ready_documents()):
                entries = senders.map(self._put_document, batch)
                self._enter([entry for entry in entries if entry is not None])
                for document in batch:
                    document.path.unlink(missing_ok=True)
                sent += len(batch)
        return sent

    def _ready_documents(self) -> Iterator[WaitingDocument]:
        """Yield the documents whose segment has gone before them."""
        here = self._spool.segment_names()
        for found in self._spool.documents():
            if isinstance(found, WarcError):
                self._report(found)
            elif found.segment not in here:
                yield found

    def _put_document(self, document: WaitingDocument) -> Entry | None:
        """Send a document; None when it was found to be gone or broken."""
        try:
            body = document.path.read_bytes()
        except FileNotFoundError:  # another process has sent it
            return None
        key, content = document.key, content_of(body)
        if not self._store.put(key, body, media_type=JSON):
            stored = stored_content(self._store, key)
            if stored is not None and stored != content and self._adopts(key):
                return self._entry(key, stored)
        return self._confirmed(key, content)

    def _adopts(self, key: str) -> bool:
        """Let the document in the store stand for ours: its key says that it has the same content.

        One that cannot be read is no document but the rest of a put that failed; it is put anew.
        """
        try:
            self._adopt(key, read_document(self._store, key))
        except DocumentError:
            if self._refusals[key] >= PATIENCE:
                self._store.delete(key)
            return False
        return True

    # -- both --------------------------------------------------------------------------------------------------

    def _confirmed(self, key: str, content: Content) -> Entry:
        """Return the manifest's line for an object that the store gives back as it was sent.

        Raises:
            StoreError: it gives back something else.
        """
        stored = stored_content(self._store, key)
        if stored != content:
            self._refusals[key] += 1
            found = f"{stored.size} bytes that are not ours" if stored else "nothing"
            raise StoreError(
                f"{self._store.url}/{key}: the store holds {found}; ours stay in the spool", retryable=True
            )
        return self._entry(key, content)

    def _entry(self, key: str, content: Content) -> Entry:
        return Entry(key=key, size=content.size, sha256=content.sha256, at=self._clock())

    def _enter(self, entries: list[Entry]) -> None:
        if entries:
            write_part(self._store, entries, now=self._clock())


def _proven(path: Path) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """Return the key of a segment, and its indexes with theirs; WarcError when it is damaged or empty."""
    key = segment_key(path.name)
    if not validate_segment(path):
        raise WarcError(f"{path}: holds no record")
    return key, tuple(segment_indexes(path))


def _batches(documents: Iterable[WaitingDocument]) -> Iterator[list[WaitingDocument]]:
    batch: list[WaitingDocument] = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
