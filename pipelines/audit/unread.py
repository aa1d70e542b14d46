"""What a crawl recorded and did not come to read before it died: it need not be asked for again."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.archive import Catalog
from pipelines.audit.captures import WarcReader
from pipelines.audit.report import ChangeReport
from pipelines.audit.slices import Slice
from pipelines.errors import WarcError
from pipelines.model import Page, Source
from pipelines.urls import url_key
from pipelines.warc.streams import FileWarc


def unread_pages(segments: Iterable[Path], catalog: Catalog, sources: Mapping[str, Source]) -> Iterator[Page]:
    """Yield the whole pages in these segments of our own whose candidates still wait in the catalog.

    A damaged segment gives what stands before the damage; whoever uploads it reports it.

    Raises:
        CatalogError: the catalog failed.
    """
    reader = WarcReader(sources=sources, wanted=Slice(), ours=True, name=None, report=ChangeReport())
    for segment in segments:
        with suppress(WarcError):
            for page, _ in reader.pages(FileWarc(segment)):
                if _waits(page, catalog):
                    yield page


def _waits(page: Page, catalog: Catalog) -> bool:
    if page.candidate is None or page.capture.truncated:
        return False
    return bool(catalog.pending_among([url_key(page.candidate.url)]))
