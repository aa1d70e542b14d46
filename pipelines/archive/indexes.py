"""CDXJ in the archive: beside each segment, apart for each source, and merged by source and day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

from pipelines.stores.objects import ObjectStore
from pipelines.warc.cdxj import index_segment
from pipelines.warc.naming import SEGMENTS, segment_key

INDEXES = "cdxj/"
SEGMENT_SUFFIX = ".warc.gz"
INDEX_SUFFIX = ".cdxj"


def segment_indexes(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield key and content of the indexes of a closed segment: the whole first, then each source's, sorted.

    A capture whose metadata record names no source is in the whole alone.

    Raises:
        WarcError: the segment is damaged, or its name is not a segment's.
    """
    lines = index_segment(path)
    yield index_key(path.name), b"".join(found.line for found in lines)
    by_source: dict[str, list[bytes]] = defaultdict(list)
    for found in lines:
        if found.source:
            by_source[found.source].append(found.line)
    for source in sorted(by_source):
        yield source_index_key(path.name, source), b"".join(by_source[source])


def merge_day(store: ObjectStore, day: date) -> Iterator[tuple[str, bytes]]:
    """Yield key and content of each source's index of a day, merged from those of its segments, one at a time.

    Lines are sorted by their bytes, none comes twice. What was merged before is made anew from what is there now.

    Raises:
        StoreError: the store failed.
    """
    prefix = f"{INDEXES}{day:%Y/%m/%d}/"
    keys = sorted(found.key for found in store.list(prefix) if "/" in found.key.removeprefix(prefix))
    for source, parts in groupby(keys, lambda key: key.removeprefix(prefix).partition("/")[0]):
        lines = {line for key in parts for line in store.get(key).splitlines(keepends=True)}
        yield f"{prefix}{source}{INDEX_SUFFIX}", b"".join(sorted(lines))


def index_key(filename: str) -> str:
    """Return the key of the index beside a segment; WarcError when that is not the name of one."""
    return segment_key(filename).removesuffix(SEGMENT_SUFFIX) + INDEX_SUFFIX


def source_index_key(filename: str, source: str) -> str:
    """Return the key of the lines of a segment that belong to a source; raise as `index_key`."""
    day, _, name = index_key(filename).removeprefix(SEGMENTS).rpartition("/")
    return f"{INDEXES}{day}/{source}/{name}"
