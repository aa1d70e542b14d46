"""Taking an article down: what of it the archive holds, and removing it (`carry_out`).

The tombstone comes first and holds the whole plan, so that whatever interrupts the work, the same command again
completes it: what is done is recognised, what is not is done. Nothing moves: a segment keeps its name and its length,
and every other record its place.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs

from pipelines.archive import DOCUMENTS, Catalog
from pipelines.archive.tombstones import RemovedCapture, RemovedDocument, Tombstone, read_tombstone, read_tombstones
from pipelines.audit.removing import carry_out
from pipelines.audit.traces import Place, Trace, Traces
from pipelines.dedupe import article_id
from pipelines.errors import MissingObjectError, TakedownError, WarcError
from pipelines.model import Article
from pipelines.stores import ObjectStore, content_of
from pipelines.urls import normalize_url, url_key
from pipelines.warc.extents import extents_of
from pipelines.warc.streams import FileWarc

ARTICLE_ID = re.compile(r"[0-9a-f]{32}")


@attrs.frozen(kw_only=True)
class Takedown:
    """What goes, or went, with one article.

    Attributes:
        tombstone: what is removed, by this takedown and by those of the article before it.
        is_known: whether the archive has a tombstone of the article already.
        repeated_by: revisits of other URLs that refer to a record removed here: their body goes with it.
        missing: file names of segments that documents name, and that the archive does not have.
    """

    tombstone: Tombstone
    is_known: bool
    repeated_by: tuple[Place, ...] = ()
    missing: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class _Document:
    """A document that is to go, the URLs in it, and where its record lies: file name and offset."""

    removed: RemovedDocument
    source: str
    urls: frozenset[str]
    record: tuple[str, int] | None


def take_down(
    store: ObjectStore,
    catalog: Catalog,
    target: str,
    *,
    reason: str,
    now: datetime,
    who: str | None = None,
    spool: Path | None = None,
) -> tuple[Takedown, ...]:
    """Remove from the archive what `plan_takedowns` names, and return that. To do it again changes nothing.

    Raises:
        TakedownError, StoreError, WarcError, CatalogError, ManifestError, DocumentError: it is not complete; the same
            call again goes on where this one ended.
    """
    found = plan_takedowns(store, catalog, target, reason=reason, now=now, who=who, spool=spool)
    for one in found:
        carry_out(store, catalog, one.tombstone, now=now)
    return found


def plan_takedowns(
    store: ObjectStore,
    catalog: Catalog,
    target: str,
    *,
    reason: str,
    now: datetime,
    who: str | None = None,
    spool: Path | None = None,
) -> tuple[Takedown, ...]:
    """Return what is to be removed for a URL or an article id, one for each article, and change nothing.

    To an article belong its documents, every capture of its URLs (found, asked for, answered, canonical; revisits,
    too), and the redirects that led to one. A URL that was captured and never became an article stands for itself.
    In `spool` (`SPOOL_DIR`) nothing of it may be left.

    Raises:
        TakedownError: `target` is neither URL nor id, the archive holds nothing of it, or the spool does.
        WarcError: a segment is broken, or compressed otherwise than record by record.
        DocumentError: a tombstone is damaged.
        StoreError, CatalogError: one of them failed.
    """
    url = None if ARTICLE_ID.fullmatch(target) else target
    ids = [target] if url is None else _article_ids(store, catalog, target)
    stones = [Tombstone(article_id=one, reason=reason, at=now, by=who) for one in ids]
    return tuple(_plan(store, catalog, stone, url=url, spool=spool) for stone in stones)


def _article_ids(store: ObjectStore, catalog: Catalog, url: str) -> list[str]:
    if normalize_url(url) is None:
        raise TakedownError(f"{url}: neither a URL nor the 32 hex digits of an article")
    key = url_key(url)
    removed = {stone.article_id for stone in read_tombstones(store) if key in map(url_key, stone.urls)}
    return sorted(removed | catalog.removals.article_ids(url)) or [article_id(Article(url=url))]


def _plan(store: ObjectStore, catalog: Catalog, fresh: Tombstone, *, url: str | None, spool: Path | None) -> Takedown:
    article = fresh.article_id
    known = read_tombstone(store, article)
    stone = known or fresh
    documents = list(_documents(store, catalog, article))
    urls = {*stone.urls, *catalog.removals.urls_of(article), *([url] if url else [])}
    urls |= {found for document in documents for found in document.urls}
    keys = frozenset(map(url_key, urls))
    if spool is not None:
        _refuse_waiting(spool, article, keys)
    traces = Traces(store, keys)
    records = {document.record for document in documents if document.record}
    names = {key.rpartition("/")[2]: key for key in traces.segments}
    captures = traces.find([(names[name], offset) for name, offset in records if name in names])
    if not (known or documents or captures):
        raise TakedownError(f"{url or article}: the archive at {store.url} holds nothing of it")
    sources = (*(document.source for document in documents), *(trace.extent.source for trace in captures))
    return Takedown(
        tombstone=attrs.evolve(
            stone,
            source=stone.source or next(filter(None, sources), ""),
            urls=tuple(sorted(urls)),
            documents=tuple(dict.fromkeys((*stone.documents, *(document.removed for document in documents)))),
            captures=tuple(dict.fromkeys((*stone.captures, *map(_removed, captures)))),
        ),
        is_known=known is not None,
        repeated_by=tuple(traces.repeated_by({trace.extent.record_id for trace in captures})),
        missing=tuple(sorted({name for name, _ in records} - names.keys())),
    )


def _documents(store: ObjectStore, catalog: Catalog, article: str) -> Iterator[_Document]:
    """Yield the article's documents: those that the store lists, whether the catalog knows them or not."""
    near = [f"{DOCUMENTS}{source}/{article}/" for source in catalog.counts()]
    listed = {found.key for prefix in near for found in store.list(prefix)}
    if not listed:  # the catalog may lack its source: then every document is looked at
        listed = {found.key for found in store.list(DOCUMENTS) if f"/{article}/" in found.key}
    for key in sorted(listed.union(catalog.removals.documents_of(article))):
        try:
            yield _document(key, store.get(key))
        except MissingObjectError:  # an interrupted takedown has removed it
            continue


def _document(key: str, body: bytes) -> _Document:
    content, source = content_of(body), key.removeprefix(DOCUMENTS).partition("/")[0]
    try:
        document: dict[str, Any] = json.loads(body)
        capture = document["newskeep"]["capture"]
        candidate = document["newskeep"].get("candidate", {})
        addresses = {document["url"], capture["url"], capture.get("requestedUrl"), candidate.get("url")} - {None}
        warc = capture.get("warc")
        record = (warc["filename"], warc["offset"]) if warc else None
    except (ValueError, KeyError, TypeError, AttributeError):  # a damaged document goes like any other
        addresses, record = set(), None
    return _Document(
        removed=RemovedDocument(key=key, size=content.size, sha256=content.sha256),
        source=source,
        urls=frozenset(addresses),
        record=record,
    )


def _refuse_waiting(spool: Path, article: str, keys: frozenset[str]) -> None:
    """Raise TakedownError when the spool holds something of the article, which a crawl would upload later."""
    waiting = [path for path in spool.rglob("*.json") if quote(f"/{article}/", safe="") in path.name]
    waiting += [path for path in sorted(spool.rglob("*.warc.gz*")) if _holds(path, keys)]
    if waiting:
        raise TakedownError(
            f"{waiting[0]}: still waits for the archive and holds some of it; let the crawl end, "
            "or run `scrapy crawl news` to send it, then try again"
        )


def _holds(path: Path, keys: frozenset[str]) -> bool:
    try:
        return any(url_key(extent.url) in keys for extent in extents_of(FileWarc(path)))
    except WarcError:  # the end of a segment that grows, or one uploaded just now
        return False


def _removed(trace: Trace) -> RemovedCapture:
    extent = trace.extent
    return RemovedCapture(
        segment=trace.segment,
        offset=extent.offset,
        length=extent.length,
        records=extent.records,
        sha256=extent.sha256,
    )
