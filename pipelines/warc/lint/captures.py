"""What the records of a file say of each other: ids, captures, warcinfo, originals of revisits."""

from collections import defaultdict

import attrs

from pipelines.warc.lint.digests import Digest, parse_digest
from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.header import Header, bare

REFERRING = {"metadata", "conversion"}
IDENTICAL = ("/revisit/identical-payload-digest",)
NOT_MODIFIED = ("/revisit/server-not-modified",)
PROFILES = {
    f"http://netpreserve.org/warc/{version}{profile}"
    for version in ("1.0", "1.1")
    for profile in (*IDENTICAL, *NOT_MODIFIED)
}


@attrs.frozen
class Known:
    """What later records may refer to."""

    offset: int
    date: str
    url: str
    digest: Digest | None


class Captures:
    """The records of one file seen so far, some 0.5 KB each."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._known: dict[str, Known] = {}
        self._awaited: dict[str, list[Known]] = defaultdict(list)
        self._described: dict[str, int] = {}
        self._warcinfo: set[str] = set()
        self._cut: dict[str, tuple[int, str, frozenset[str]]] = {}
        self._heads: set[str] = set()

    def add(self, header: Header, offset: int) -> None:
        """Take in a record; note where it disagrees with those before it."""
        record_id, first = header.record_id, not self._known
        digest = parse_digest(header.get("warc-payload-digest"))
        known = Known(offset, header.get("warc-date"), header.url, digest if isinstance(digest, Digest) else None)
        if first and header.type != "warcinfo":
            self._notes.add("warcinfo-first", offset, f"the file begins with a {header.type or 'nameless'} record")
        if record_id in self._known:
            earlier = self._known[record_id].offset
            self._notes.add("record-id-repeated", offset, f"{shown(record_id)} is also the record at byte {earlier}")
        self._check_warcinfo(header, offset)
        self._check_concurrent(header, known)
        self._check_references(header, offset)
        self._known[record_id or f"at byte {offset}"] = known

    def body_missing(self, header: Header, offset: int, told: str) -> None:
        """Take in a response without body that should have one, unless it answers a HEAD request."""
        links = frozenset(map(bare, header.get_all("warc-concurrent-to")))
        self._cut[header.record_id] = (offset, told, links)

    def head_request(self, header: Header) -> None:
        """Take in a HEAD request."""
        self._heads |= {header.record_id, *map(bare, header.get_all("warc-concurrent-to"))}

    def finish(self) -> None:
        """Note what only the end of the file shows."""
        for record_id, waiting in self._awaited.items():
            for known in waiting:
                told = f"WARC-Concurrent-To {shown(record_id)} is not in the file"
                self._notes.add("concurrent-unresolved", known.offset, told)
        for record_id, offset in self._described.items():
            if record_id not in self._known:
                self._notes.add("refers-to-unresolved", offset, f"WARC-Refers-To {shown(record_id)} is not in the file")
        for record_id, (offset, told, links) in self._cut.items():
            if not self._heads & {record_id, *links}:
                self._notes.add("truncated-undeclared", offset, f"{told}, and no WARC-Truncated says why")

    def _check_warcinfo(self, header: Header, offset: int) -> None:
        named = bare(header.get("warc-warcinfo-id"))
        if header.type == "warcinfo":
            self._warcinfo.add(header.record_id)
        elif named and named not in self._warcinfo:
            self._warcinfo.add(named)  # told once
            told = f"WARC-Warcinfo-ID {shown(named)} is not in the file so far"
            self._notes.add("warcinfo-id-unresolved", offset, told)
        elif not named and self._warcinfo:
            self._notes.add("warcinfo-id-missing", offset, "no WARC-Warcinfo-ID, though the file has a warcinfo record")

    def _check_concurrent(self, header: Header, known: Known) -> None:
        """Compare each two records that belong together once, when the second is seen."""
        named = set(map(bare, header.get_all("warc-concurrent-to")))
        others = {id(other): other for other in self._awaited.pop(header.record_id, ())}
        for record_id in named - {header.record_id}:
            if other := self._known.get(record_id):
                others[id(other)] = other
            else:
                self._awaited[record_id].append(known)
        for other in others.values():
            if other.date != known.date:
                told = f"{shown(known.date)}, but {shown(other.date)} in the record at byte {other.offset}"
                self._notes.add("concurrent-date", known.offset, f"the capture's WARC-Date is {told}")
            if other.url != known.url and other.url and known.url:
                told = f"{shown(known.url)}, but {shown(other.url)} in the record at byte {other.offset}"
                self._notes.add("concurrent-uri", known.offset, f"the capture's WARC-Target-URI is {told}")

    def _check_references(self, header: Header, offset: int) -> None:
        named = bare(header.get("warc-refers-to"))
        if header.type in REFERRING and named and named not in self._known:
            self._described[named] = offset
        original = self._known.get(named)
        if header.type == "revisit" and original:
            for problem in _differences(header, original):
                self._notes.add("revisit-original", offset, f"{problem} of the record at byte {original.offset}")


def is_identical(header: Header) -> bool:
    """Whether the record is a revisit of an identical payload."""
    return bare(header.get("warc-profile")).endswith(IDENTICAL)


def check_revisit(header: Header, offset: int, status: int, notes: Notes) -> None:
    """Note which fields a revisit record lacks; `status` is that of its block, 0 when there is none."""
    profile = bare(header.get("warc-profile"))
    if profile and profile not in PROFILES:
        notes.add("revisit-profile", offset, f"WARC-Profile: {shown(profile)}")
    if is_identical(header) and "warc-payload-digest" not in header:
        notes.add("revisit-digest", offset, "no WARC-Payload-Digest")
    if profile.endswith(NOT_MODIFIED) and status not in {0, 304}:
        notes.add("revisit-status", offset, f"the block holds a {status}, not a 304")
    wanted = ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
    missing = [name for name in wanted if name.lower() not in header]
    if missing:
        notes.add("revisit-refers-to", offset, f"no {', '.join(missing)}")


def _differences(header: Header, original: Known) -> list[str]:
    digest = parse_digest(header.get("warc-payload-digest"))
    found = []
    same_kind = isinstance(digest, Digest) and original.digest and digest.algorithm == original.digest.algorithm
    if is_identical(header) and same_kind and digest != original.digest:
        found.append("the payload digest is not that")
    url, date = bare(header.get("warc-refers-to-target-uri")), header.get("warc-refers-to-date")
    if url and url != original.url:
        found.append(f"WARC-Refers-To-Target-URI {shown(url)} is not that")
    if date and date != original.date:
        found.append(f"WARC-Refers-To-Date {shown(date)} is not that")
    return found
