"""The captures behind documents, as a WARC or a WACZ."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any

import attrs

from pipelines.model import WarcLocation
from pipelines.stores.objects import ObjectStore
from pipelines.warc.selection import SelectedWarc
from pipelines.warc.sorting import DiskSet
from pipelines.warc.wacz import WaczPage, write_wacz

Document = Mapping[str, Any]


@attrs.define
class Packaged:
    """What became of documents.

    Attributes:
        captures: how many documents have their capture in the package.
        unrecorded: how many tell of no record, having been fetched with recording off.
    """

    captures: int = 0
    unrecorded: int = 0


def package_wacz(
    documents: Iterable[tuple[str, Document]],
    store: ObjectStore,
    output: IO[bytes],
    *,
    information: Mapping[str, str],
    now: datetime,
) -> Packaged:
    """Write a WACZ with a page for each document, in their order; raise as `write_wacz`."""
    packaged = Packaged()
    pages = (_page(document, location) for document, location in _located(documents, packaged))
    write_wacz(pages, store, output, information=information, now=now)
    return packaged


def package_warc(
    documents: Iterable[tuple[str, Document]],
    store: ObjectStore,
    output: IO[bytes],
    *,
    filename: str | None,
    information: Mapping[str, str],
    now: datetime,
) -> Packaged:
    """Write a WARC with each document's capture, in their order; raise as `SelectedWarc.add`."""
    packaged = Packaged()
    with DiskSet() as taken:
        warc = SelectedWarc(store, output, taken=taken, filename=filename, information=information, now=now)
        for _, location in _located(documents, packaged):
            warc.add(location)
    return packaged


def _located(documents: Iterable[tuple[str, Document]], packaged: Packaged) -> Iterator[tuple[Document, WarcLocation]]:
    """Yield the documents that tell where their record lies, and count both kinds."""
    for _, document in documents:
        place = document["newskeep"]["capture"].get("warc")
        if place is None:
            packaged.unrecorded += 1
            continue
        packaged.captures += 1
        yield (
            document,
            WarcLocation(
                filename=place["filename"],
                offset=place["offset"],
                length=place["length"],
                record_id=place["recordId"],
            ),
        )


def _page(document: Document, location: WarcLocation) -> WaczPage:
    ours = document["newskeep"]
    return WaczPage(
        id=f"{ours['articleId']}-{ours['revision']['number']:04d}",
        url=ours["capture"]["url"],
        captured_at=datetime.fromisoformat(ours["capture"]["fetchedAt"]),
        title=document.get("headline") or document["url"],
        text=document["articleBody"],
        location=location,
    )
