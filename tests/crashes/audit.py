"""Looking at what crashes left: every object against what it claims and what others claim of it."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs

from pipelines.archive import open_catalog, read_documents
from pipelines.archive.chain import check_chain
from pipelines.archive.document import Document
from pipelines.archive.manifests import Event, archive_state
from pipelines.errors import ArchiveError, DocumentError
from pipelines.model import WarcLocation
from pipelines.stores import ObjectStore
from pipelines.stores.files import UNFINISHED
from pipelines.stores.objects import stored_content
from pipelines.warc import SEGMENTS, read_record
from pipelines.warc.members import validate_segment
from tests.crashes.crawls import Crawls

ROOMS = ("documents/", "warc/", "cdxj/", "takedowns/")  # whose objects have manifest entries

Texts = Counter[tuple[str, str]]


@attrs.frozen(kw_only=True)
class Findings:
    """What an archive holds, and one line for each thing that is wrong with it.

    Attributes:
        texts: how many documents there are of each URL and text.
        invalid: segments that are not whole, and documents whose record cannot be read back or is another.
        gaps: objects without a manifest entry or with a wrong one, and entries without an object.
        untidy: what is left in the spool or in unfinished uploads, and where catalog and store differ.
    """

    texts: Texts
    invalid: tuple[str, ...]
    gaps: tuple[str, ...]
    untidy: tuple[str, ...]


def audit_archive(crawls: Crawls, store: ObjectStore) -> Findings:
    """Read the whole archive back and judge it."""
    documents = dict(read_documents(store, [found.key for found in store.list("documents/")]))
    return Findings(
        texts=Counter(
            (document["url"], document["articleBody"])
            for document in documents.values()
            if not isinstance(document, DocumentError)
        ),
        invalid=(*_broken_segments(store), *_broken_documents(store, documents)),
        gaps=tuple(_gaps(store)),
        untidy=(*_left_in_spool(crawls.spool), *_left_uploads(crawls), *_catalog_differences(crawls, set(documents))),
    )


def _broken_segments(store: ObjectStore) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for found in store.list(SEGMENTS):
            if not found.key.endswith(".warc.gz"):
                continue
            path = Path(folder) / Path(found.key).name
            path.write_bytes(store.get(found.key))
            yield from _faults(path)
            path.unlink()


def _faults(path: Path) -> Iterator[str]:
    try:
        if validate_segment(path) < 2:
            yield f"{path.name}: holds no exchange"
    except ArchiveError as error:
        yield str(error)


def _broken_documents(store: ObjectStore, documents: dict[str, Document | DocumentError]) -> Iterator[str]:
    for key, document in documents.items():
        if isinstance(document, DocumentError):
            yield str(document)
            continue
        capture = document["newskeep"]["capture"]
        place = capture.get("warc")
        if place is None:
            yield f"{key}: names no record"
            continue
        location = WarcLocation(
            filename=place["filename"], offset=place["offset"], length=place["length"], record_id=place["recordId"]
        )
        try:
            recorded = read_record(store, location)
        except ArchiveError as error:
            yield f"{key}: {error}"
            continue
        if recorded.payload_digest != capture["payloadDigest"]:
            yield f"{key}: its record holds {recorded.payload_digest}, not {capture['payloadDigest']}"


def _gaps(store: ObjectStore) -> Iterator[str]:
    entries = {key: entry for key, entry in archive_state(store).items() if entry.event is not Event.REMOVED}
    for room in ROOMS:
        for found in store.list(room):
            entry = entries.pop(found.key, None)
            content = stored_content(store, found.key)
            if entry is None:
                yield f"{found.key}: in no manifest"
            elif content is None or (content.size, content.sha256) != (entry.size, entry.sha256):
                yield f"{found.key}: holds {content}, not {entry.size} bytes of {entry.sha256} as its manifest says"
    yield from (f"{key}: in a manifest, but not in the store" for key in entries)
    yield from (f"{problem.key}: {problem.message}" for problem in check_chain(store))


def _left_in_spool(spool: Path) -> Iterator[str]:
    """Yield what lies there, but for documents that a kill struck in mid-write: the spool sweeps those in an hour."""
    files = (path for path in sorted(spool.rglob("*")) if path.is_file() and not path.name.startswith(UNFINISHED))
    yield from (f"{path}: still in the spool" for path in files)


def _left_uploads(crawls: Crawls) -> Iterator[str]:
    answer = crawls.store.client().list_multipart_uploads(Bucket=crawls.bucket)
    yield from (f"{upload['Key']}: a multipart upload is left" for upload in answer.get("Uploads", ()))


def _catalog_differences(crawls: Crawls, stored: set[str]) -> Iterator[str]:
    catalog = open_catalog(crawls.catalog_url, create=False)
    try:
        known = {row.document_key for row in catalog.revisions()}
    finally:
        catalog.close()
    yield from (f"{key}: not in the catalog" for key in sorted(stored - known))
    yield from (f"{key}: in the catalog, but not in the store" for key in sorted(known - stored))
