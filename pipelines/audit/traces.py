"""Where an archive holds captures of given URLs."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property

import attrs

from pipelines.errors import WarcError
from pipelines.stores.objects import ObjectStore
from pipelines.urls import url_key
from pipelines.warc import SEGMENTS, Recorded, captures_of
from pipelines.warc.extents import Extent, extents_of, read_lines
from pipelines.warc.streams import StoredWarc

INDEX = ".cdxj"


@attrs.frozen(kw_only=True)
class Place:
    """A capture as an index names it.

    Attributes:
        segment: key of the WARC.
        status: of the answer; empty when not told.
        digest: of the payload; a revisit's is that of its original.
    """

    segment: str
    offset: int
    url: str
    status: str
    is_revisit: bool
    digest: str


@attrs.frozen(kw_only=True)
class Trace:
    """A capture that was found, with all its records."""

    segment: str
    extent: Extent


@attrs.define(slots=False)  # for the cached property
class Traces:
    """What an archive holds of some URLs and of the redirects that led to them.

    The index beside each segment tells; a segment without one is read whole.
    """

    store: ObjectStore
    keys: frozenset[str]
    _redirects: dict[str, list[Place]] = attrs.field(init=False, factory=lambda: defaultdict(list))
    _led: dict[str, list[Trace] | None] = attrs.field(init=False, factory=dict)
    _digests: set[str] = attrs.field(init=False, factory=set)

    def find(self, known: Collection[tuple[str, int]] = ()) -> tuple[Trace, ...]:
        """Return the captures, in the order of segment and offset.

        Args:
            known: segment key and offset of captures that are known to be among them, whatever the indexes say.

        Raises:
            WarcError: a segment is broken, or has not one record a gzip member.
            StoreError: the store failed.
        """
        found: dict[tuple[str, int], Extent | None] = dict.fromkeys(known)
        for place in self._places():
            key = url_key(place.url)
            if key in self.keys:
                found[place.segment, place.offset] = None
                self._digests.add(place.digest)
            elif place.status.startswith("3") and not place.is_revisit:
                self._redirects[key].append(place)
        for segment, offset in found:
            found[segment, offset] = self._extent(segment, offset)
        for extent in list(found.values()):
            for trace in self._lead(extent.redirect if extent else None) or ():
                found[trace.segment, trace.extent.offset] = trace.extent
        places = sorted((place, extent) for place, extent in found.items() if extent is not None)
        return tuple(Trace(segment=segment, extent=extent) for (segment, _), extent in places)

    def repeated_by(self, record_ids: Collection[str]) -> Iterator[Place]:
        """Yield the revisits of other URLs that refer to these records; after `find`, and raise as it does."""
        for place in self._places():
            if place.is_revisit and place.digest in self._digests and url_key(place.url) not in self.keys:
                extent = self._extent(place.segment, place.offset)
                if extent is not None and extent.repeats in record_ids:
                    yield place

    @cached_property
    def segments(self) -> dict[str, str | None]:
        """Key of each segment in the archive, sorted, and of the index beside it; None where there is none."""
        keys = {found.key for found in self.store.list(SEGMENTS)}
        names = {key: re.sub(r"\.warc(\.gz)?$", INDEX, key) for key in sorted(keys)}
        return {key: index if index in keys else None for key, index in names.items() if index != key}

    def _places(self) -> Iterator[Place]:
        for segment, index in self.segments.items():
            if index is not None:
                yield from (_indexed(segment, line) for line in self.store.get(index).splitlines())
            else:
                yield from (_scanned(segment, capture) for capture in captures_of(StoredWarc(self.store, segment)))

    def _extent(self, segment: str, offset: int) -> Extent | None:
        """Return the capture at a place; None when it has been taken down already."""
        warc = StoredWarc(self.store, segment)
        if "takedown" in read_lines(warc, offset):
            return None
        extent = next(extents_of(warc, offset), None)
        if extent is None or extent.offset != offset:
            raise WarcError(f"{warc.name}: byte {offset} is not a capture; run `scrapy verify`")
        return extent

    def _lead(self, url: str | None) -> list[Trace] | None:
        """Return the redirects by which `url` leads to ours, none when it is one of ours; None when it does not."""
        key = url_key(url or "")
        if key in self.keys:
            return []
        if key not in self._led:
            self._led[key] = None  # where redirects lead in a circle
            found: list[Trace] = []
            for place in self._redirects.get(key, ()):
                extent = self._extent(place.segment, place.offset)
                rest = self._lead(extent.redirect) if extent else None
                if extent and rest is not None:
                    found += [Trace(segment=place.segment, extent=extent), *rest]
            self._led[key] = found or None
        return self._led[key]


def _indexed(segment: str, line: bytes) -> Place:
    try:
        values = json.loads(line.split(b" ", 2)[2])
        return Place(
            segment=segment,
            offset=int(values["offset"]),
            url=values["url"],
            status=str(values.get("status", "")),
            is_revisit=values.get("mime") == "warc/revisit",
            digest=values.get("digest", ""),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise WarcError(f"{segment}: its index is damaged ({line[:60]!r}); run `scrapy verify`") from error


def _scanned(segment: str, capture: Recorded) -> Place:
    return Place(
        segment=segment,
        offset=capture.location.offset,
        url=capture.url,
        status=str(capture.status),
        is_revisit=capture.type == "revisit",
        digest=capture.payload_digest,
    )
