"""The audit, over a crawl of the demonstration newspaper and what can be done to it."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from pipelines.archive import Catalog, Spool, open_catalog
from pipelines.archive.manifests import Entry, Event, part_keys, write_part
from pipelines.archive.seals import root_key, seal_days, stamp_key
from pipelines.audit import Audit, Kind, Problem, Slice
from pipelines.audit.rebuild import Outcome, Rebuilding
from pipelines.audit.takedown import take_down
from pipelines.stores import FileStore, content_of
from tests.damage import flip


@attrs.define
class Archive:
    """A copy of the crawl that a test may spoil."""

    folder: Path
    store: FileStore
    catalog: Catalog
    spool: Spool

    def audit(self, **options) -> Audit:
        return Audit(store=self.store, catalog=self.catalog, spool=self.spool, **options)

    def problems(self, **options) -> list[Problem]:
        return list(self.audit(**options).run())

    def found(self, **options) -> list[tuple[str, str]]:
        return [(problem.kind.value, problem.key) for problem in self.problems(**options)]

    def key(self, room: str, ending: str = "") -> str:
        return next(found.key for found in self.store.list(room) if found.key.endswith(ending))

    def change(self, key: str, change: Callable[[bytes], bytes], *, entered: bool = False) -> None:
        """Change an object; when `entered`, its manifest with it, so that only what it says can give it away."""
        body = change(self.store.get(key))
        was = content_of(self.store.get(key)).sha256
        self.store.replace(key, body)
        if entered:
            content = content_of(body)
            now = datetime.now(UTC)
            entry = Entry(
                key=key, size=content.size, sha256=content.sha256, at=now, event=Event.REPLACED, was=was, reason="test"
            )
            write_part(self.store, [entry], now=now)


@pytest.fixture(scope="module")
def crawled(crawl_demo, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("crawled")
    crawl_demo(folder)
    return folder


@pytest.fixture
def archive(crawled, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(crawled, folder)
    catalog = open_catalog(f"sqlite:///{folder / 'catalog.sqlite'}")
    yield Archive(folder, FileStore(folder / "archive"), catalog, Spool(folder / "spool"))
    catalog.close()


def change_document(**capture) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        document = json.loads(body)
        document["newskeep"]["capture"] |= capture
        return json.dumps(document).encode()

    return change


def test_a_fresh_archive_has_no_damage_and_everything_is_counted(archive):
    audit = archive.audit()

    assert list(audit.run()) == []
    objects = [found for room in ("documents/", "warc/", "cdxj/", "takedowns/") for found in archive.store.list(room)]
    assert (audit.tally.objects, audit.tally.size) == (len(objects), sum(found.size for found in objects))
    assert audit.tally.documents == len(list(archive.store.list("documents/")))
    assert audit.tally.records > 2 * audit.tally.documents > 0


def test_a_quick_audit_reads_no_object(archive, monkeypatch):
    get = archive.store.get
    read = []
    monkeypatch.setattr(archive.store, "get", lambda key, **named: read.append(key) or get(key, **named))

    assert archive.problems(is_quick=True) == []
    assert {key.partition("/")[0] for key in read} == {"manifests"}


@pytest.mark.parametrize("room", ["documents/", "warc/", "cdxj/"])
@pytest.mark.parametrize("is_quick", [True, False])
def test_a_missing_object_is_found(archive, room, is_quick):
    key = archive.key(room)
    archive.store.delete(key)
    assert ("missing", key) in archive.found(is_quick=is_quick)


@pytest.mark.parametrize("room", ["documents/", "warc/", "cdxj/"])
@pytest.mark.parametrize("is_quick", [True, False])
def test_an_object_of_another_size_is_found(archive, room, is_quick):
    key = archive.key(room)
    archive.change(key, lambda body: body + b"\n")
    assert ("changed", key) in archive.found(is_quick=is_quick)


@pytest.mark.parametrize("room", ["documents/", "warc/", "cdxj/"])
def test_one_flipped_bit_is_found(archive, room):
    key = archive.key(room)
    archive.change(key, flip)
    assert ("changed", key) in archive.found()


@pytest.mark.parametrize("key", ["documents/courier/x/0001-1.json", "cdxj/x.cdxj", "takedowns/1.json"])
def test_an_object_in_no_manifest_is_found(archive, key):
    archive.store.put(key, b"{}")
    assert ("unlisted", key) in archive.found()


def test_what_a_crawl_enters_while_we_look_is_no_damage(archive, monkeypatch):
    key, body = "cdxj/2026/11/02/late.cdxj", b"late"
    archive.store.put(key, body)
    listing = archive.store.list

    def enter_late(prefix=""):
        if prefix == "takedowns/":
            content, now = content_of(body), datetime.now(UTC)
            write_part(archive.store, [Entry(key=key, size=content.size, sha256=content.sha256, at=now)], now=now)
        return listing(prefix)

    monkeypatch.setattr(archive.store, "list", enter_late)
    assert archive.problems() == []


def test_a_broken_segment_is_named_with_its_records_and_documents(archive):
    key = archive.key("warc/", ".warc.gz")
    archive.change(key, flip, entered=True)

    found = [problem for problem in archive.problems() if problem.kind == Kind.WARC]
    assert [problem.key for problem in found] == [key]
    assert found[0].message.startswith("byte ")
    assert found[0].affects.endswith(" documents")


def test_a_document_that_does_not_fit_the_schema_is_found(archive):
    key = archive.key("documents/")
    archive.change(key, lambda _: b'{"headline": 1}', entered=True)
    assert ("document", key) in archive.found()


@pytest.mark.parametrize(
    ("capture", "message"),
    [
        ({"url": "https://courier.example/other"}, "differs in: url"),
        ({"fetchedAt": "2026-11-02T09:30:00+00:00"}, "differs in: fetchedAt"),
        ({"status": 203}, "differs in: status"),
        ({"payloadDigest": f"sha256:{'0' * 64}"}, "differs in: payloadDigest"),
    ],
)
def test_a_document_that_tells_otherwise_than_its_record_is_found(archive, capture, message):
    key = archive.key("documents/")
    archive.change(key, change_document(**capture), entered=True)

    (problem,) = [problem for problem in archive.problems() if problem.is_damage]
    assert (problem.key, problem.kind) == (key, Kind.RECORD)
    assert problem.message.endswith(message)
    assert key.split("/")[2] in problem.affects
    assert problem.repair


def test_a_document_whose_record_is_another_is_found(archive):
    key = archive.key("documents/")
    warc = json.loads(archive.store.get(key))["newskeep"]["capture"]["warc"]
    archive.change(key, change_document(warc=warc | {"recordId": "urn:uuid:0"}), entered=True)
    assert ("record", key) in archive.found()


def test_a_document_under_another_key_is_found(archive):
    key = archive.key("documents/")
    other = key.replace("/0001-", "/0002-")
    body = archive.store.get(key)
    archive.store.put(other, body)
    content = content_of(body)
    now = datetime.now(UTC)
    write_part(archive.store, [Entry(key=other, size=content.size, sha256=content.sha256, at=now)], now=now)
    assert [("document", other), ("catalog", other)] == archive.found()


def test_a_removal_explains_its_gap_with_its_reason(archive):
    key = archive.key("documents/")
    now, was = datetime.now(UTC), content_of(archive.store.get(key)).sha256
    archive.store.delete(key)
    nothing = content_of(b"")
    removed = Entry(
        key=key, size=0, sha256=nothing.sha256, at=now, event=Event.REMOVED, was=was, reason="a court said so"
    )
    write_part(archive.store, [removed], now=now)

    (problem,) = archive.problems()
    assert (problem.key, problem.kind, problem.is_damage) == (key, Kind.EXPLAINED, False)
    assert problem.message.endswith("a court said so")


def test_what_was_removed_and_is_still_there_is_found(archive):
    key = archive.key("documents/")
    now = datetime.now(UTC)
    write_part(
        archive.store, [Entry(key=key, size=0, sha256="sha256:0", at=now, event=Event.REMOVED, reason="x")], now=now
    )
    problems = {problem.message for problem in archive.problems() if problem.is_damage}
    assert problems == {"is there, although it was removed: x"}


def test_a_document_of_an_article_that_was_taken_down_is_found(archive):
    key = archive.key("documents/")
    take_down(archive.store, archive.catalog, key.split("/")[2], reason="x", now=datetime.now(UTC))
    body = archive.store.get(other := archive.key("documents/"))
    back = "/".join((*other.split("/")[:2], key.split("/")[2], other.split("/")[3]))
    archive.store.put(back, body)

    messages = [problem.message for problem in archive.problems() if problem.key == back]
    assert any("was taken down" in message for message in messages)


def test_a_document_without_a_row_is_found(archive):
    key = archive.key("documents/")
    body = archive.store.get(key)
    archive.store.delete(key)
    archive.catalog.rebuild(archive.store)
    archive.store.put(key, body)
    assert archive.found() == [("catalog", key)]


def test_a_row_without_a_document_is_found_and_one_whose_document_waits_is_not(archive, revision):
    archive.catalog.add_revision(revision, "documents/courier/a/0001-1.json")
    assert archive.found() == [("catalog", "documents/courier/a/0001-1.json")]

    archive.spool.check()
    archive.spool.add_document("documents/courier/a/0001-1.json", b"{}")
    (problem,) = archive.problems()
    assert (problem.kind, problem.is_damage) == (Kind.WAITING, False)


def test_a_change_of_the_past_is_found(archive):
    seal_days(archive.store, now=datetime.now(UTC) + timedelta(days=2))
    key = part_keys(archive.store)[0]
    archive.change(key, lambda body: body.replace(b'"event":"stored"', b'"event":"stored" ', 1))
    assert ("chain", key) in archive.found()


def test_a_part_that_cannot_be_read_is_told_and_the_audit_goes_on(archive):
    key = part_keys(archive.store)[0]
    archive.change(key, lambda body: b"{\n" + body)
    assert ("chain", key) in archive.found()


def test_a_stamp_that_proves_nothing_is_found_and_days_and_stamps_are_counted(archive):
    now = datetime.now(UTC)
    seal_days(archive.store, now=now + timedelta(days=2), stamp=lambda digest: b"no stamp")
    key = stamp_key(root_key(now.date()))
    audit = archive.audit()

    assert [(problem.kind.value, problem.key) for problem in audit.run()] == [("stamp", key)]
    assert (audit.tally.days, audit.tally.stamps) == (1, 1)


def test_a_slice_leaves_out_other_sources_and_times(archive):
    key = archive.key("documents/")
    archive.change(key, lambda body: body + b"\n")
    later = datetime.now(UTC) + timedelta(days=2)

    assert archive.found(slice=Slice(sources=[key.split("/")[1]])) == [("changed", key)]
    assert archive.found(slice=Slice(since=later - timedelta(days=4), until=later)) == [("changed", key)]
    assert archive.found(slice=Slice(sources=["other"])) == []
    assert archive.found(slice=Slice(since=later)) == []
    assert archive.found(slice=Slice(until=later - timedelta(days=4))) == []


@pytest.mark.parametrize(
    ("outcome", "versions", "damage"),
    [
        (Outcome.SAME, {}, False),
        (Outcome.DIFFERS, {}, True),
        (Outcome.OTHER_VERSIONS_DIFFER, {"rules": ("1", "2")}, False),
        (Outcome.NO_TEXT, {}, True),
        (Outcome.NO_TEXT, {"rules": ("1", "2")}, False),
        (Outcome.UNREADABLE, {}, True),
    ],
)
def test_a_rebuilt_document_that_differs_by_the_same_versions_is_damage(archive, outcome, versions, damage):
    def rebuild(keys):
        for key in keys:
            yield Rebuilding(key=key, outcome=outcome, fields=("articleBody",), versions=versions, problem="why")

    audit = archive.audit(rebuild=rebuild)
    documents = len(list(archive.store.list("documents/")))
    assert [problem.kind for problem in audit.run()] == [Kind.REBUILD] * documents * damage
    assert audit.tally.rebuilt == {outcome.value: documents}
