import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from pipelines.archive import Spool, Uploader, open_catalog, revision_key, to_document, to_json
from pipelines.archive.indexes import merge_day
from pipelines.archive.manifests import Entry, Event, archive_state, write_part
from pipelines.archive.removals import Removals
from pipelines.archive.tombstones import read_tombstone
from pipelines.audit.takedown import plan_takedowns, take_down
from pipelines.dedupe import article_id
from pipelines.errors import StoreError, TakedownError, WarcError
from pipelines.model import Article, Block, Candidate, Capture, Channel, Revision, WarcLocation
from pipelines.stores import FileStore, content_of, open_store
from pipelines.warc import Exchange, Original, WarcWriter, iter_captures
from pipelines.warc.lint import lint_warc
from pipelines.warc.members import iter_members, validate_segment
from pipelines.warc.streams import FileWarc

SITE = "https://courier.example"
STORY = f"{SITE}/story"
AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REASON = "court order 4 O 26/26"
FILLING = "".join(f"<p>Paragraph {number} of the story.</p>" for number in range(40)).encode()


def exchange(
    path: str, payload: bytes = FILLING, status: str = "200 OK", minutes: int = 0, *headers: bytes
) -> Exchange:
    head = b"\r\n".join((f"HTTP/1.1 {status}".encode(), b"Content-Type: text/html", *headers))
    return Exchange(
        url=SITE + path,
        fetched_at=AT + timedelta(minutes=minutes),
        request=f"GET {path} HTTP/1.1\r\nHost: courier.example\r\n\r\n".encode(),
        response=head + b"\r\n\r\n" + payload,
        payload=payload,
        status=int(status[:3]),
        metadata=(("source", "courier"), ("hint-title", "Bridge reopens")),
    )


def moved(path: str, to: str, minutes: int) -> Exchange:
    return exchange(path, b"", "301 Moved", minutes, f"Location: {to}".encode())


@attrs.define
class Archive:
    """A store, a catalog and a spool that is empty, with what went into them."""

    store: FileStore
    catalog_url: str
    spool: Spool
    story: str  # id of the article that is taken down
    story_key: str

    def take_down(self, target: str = STORY, store: object = None):
        catalog = open_catalog(self.catalog_url)
        try:
            return take_down(
                store or self.store, catalog, target, reason=REASON, now=NOW, who="legal", spool=self.spool.directory
            )
        finally:
            catalog.close()

    def plan(self, target: str = STORY):
        catalog = open_catalog(self.catalog_url)
        try:
            return plan_takedowns(self.store, catalog, target, reason=REASON, now=NOW, spool=self.spool.directory)
        finally:
            catalog.close()

    def listed(self, prefix: str = "") -> list[str]:
        return [found.key for found in self.store.list(prefix)]

    def objects(self) -> dict[str, bytes]:
        """What lies in the store, but for the manifests, whose parts depend on where a run was interrupted."""
        return {key: self.store.get(key) for key in self.listed() if not key.startswith("manifests/")}

    def urls(self) -> list[str]:
        """The URLs of all captures that can still be read."""
        return [found.url for found in iter_captures(self.store.folder / "warc")]

    @property
    def segments(self) -> list[str]:
        return [key for key in self.listed("warc/") if key.endswith(".warc.gz")]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Archive:
    """An archive of two segments.

    The story was found as /old, which led by /hop to it; it was seen again, unchanged, in the second segment, where
    /copy repeats its record as well. /other is another article, /latest a redirect to it.
    """
    folder = tmp_path_factory.mktemp("built")
    spool, store = Spool(folder / "spool"), FileStore(folder / "archive")
    catalog = open_catalog(f"sqlite:///{folder / 'catalog.sqlite'}")
    with WarcWriter(spool.directory, clock=lambda: AT) as writer:
        writer.write(moved("/latest", "/other", 0))
        writer.write(moved("/old", "/hop", 1))
        writer.write(moved("/hop", "/story", 2))
        story = exchange("/story", minutes=3)
        located = writer.write(story)
        other = writer.write(exchange("/other", b"<p>Another story.</p>", minutes=4))
        writer.write(exchange("/bare", b"<p>No article.</p>", minutes=5))
    original = Original(
        url=STORY, fetched_at=story.fetched_at, payload_digest=content_of(FILLING).sha256, location=located
    )
    with WarcWriter(spool.directory, clock=lambda: AT + timedelta(hours=1)) as writer:
        writer.write(exchange("/story", minutes=60), original)
        writer.write(exchange("/copy", minutes=61), original)
    keys = {}
    for path, location, found in (("/story", located, "/old"), ("/other", other, "/other")):
        revision = _revision(path, location, found)
        keys[path] = revision.article_id, revision_key(revision)
        spool.add_document(keys[path][1], to_json(to_document(revision)))
        catalog.add_revision(revision, keys[path][1])
    catalog.originals.note([original])
    catalog.close()
    Uploader(spool, store, adopt=lambda *_: None, report=pytest.fail, clock=lambda: AT).drain()
    for key, body in merge_day(store, AT.date()):
        store.put(key, body)
        content = content_of(body)
        write_part(store, [Entry(key=key, size=content.size, sha256=content.sha256, at=AT)], now=AT)
    return Archive(store, "", spool, *keys["/story"])


def _revision(path: str, location: WarcLocation, found: str) -> Revision:
    article = Article(url=SITE + path, headline="Bridge reopens", blocks=(Block(text="Paragraph 1 of the story."),))
    return Revision(
        article_id=article_id(article),
        article=article,
        capture=Capture(
            source="courier",
            url=SITE + path,
            fetched_at=AT,
            status=200,
            media_type="text/html",
            payload_digest=content_of(FILLING).sha256,
            requested_url=SITE + found if found != path else None,
            location=location,
        ),
        candidate=Candidate(url=SITE + found, source="courier", channel=Channel.FEED, found_on=f"{SITE}/feed"),
        fingerprint=f"sha256:{'cd' * 32}",
        versions={"newskeep": "0.1.0"},
    )


def copy_of(built: Archive, folder) -> Archive:
    shutil.copytree(built.store.folder.parent, folder)
    return attrs.evolve(
        built,
        store=FileStore(folder / "archive"),
        spool=Spool(folder / "spool"),
        catalog_url=f"sqlite:///{folder / 'catalog.sqlite'}",
    )


@pytest.fixture
def archive(built, tmp_path) -> Archive:
    return copy_of(built, tmp_path / "copy")


@pytest.fixture
def done(archive) -> Archive:
    archive.take_down()
    return archive


def test_the_documents_go_and_others_stay(done):
    assert [key for key in done.listed("documents/") if done.story in key] == []
    assert len(done.listed("documents/")) == 1


def test_every_capture_of_the_story_goes_with_its_revisits_and_the_redirects_that_led_to_it(archive):
    before = archive.urls()
    archive.take_down()

    assert sorted(set(before) - set(archive.urls())) == [f"{SITE}/hop", f"{SITE}/old", STORY]
    assert archive.urls() == [f"{SITE}/latest", f"{SITE}/other", f"{SITE}/bare", f"{SITE}/copy"]


def test_nothing_of_the_text_the_headline_or_the_request_is_left_in_a_segment(done):
    for key in done.segments:
        bodies = list(_contents(done.store.folder / key))
        told = [body for body in bodies if b"takedown: " in body]
        assert told
        assert not any(word in body for body in told for word in (b"Paragraph", b"Bridge", b"GET /", b"courier"))


def _contents(path) -> Iterator[bytes]:
    return (member.content for member in iter_members(path))


def test_segments_keep_their_names_and_lengths_and_all_other_records_their_places(archive):
    def places():
        found = iter_captures(archive.store.folder / "warc")
        return {capture.location for capture in found if capture.url.endswith(("/other", "/bare", "/copy", "/latest"))}

    sizes, before = {key: len(archive.store.get(key)) for key in archive.segments}, places()
    archive.take_down()

    assert {key: len(archive.store.get(key)) for key in archive.segments} == sizes
    assert places() == before


def test_the_segments_stay_valid_and_clean(done):
    for key in done.segments:
        path = done.store.folder / key
        assert validate_segment(path) > 0
        assert [finding for finding in lint_warc(FileWarc(path)) if finding.severity == "error"] == []


def test_no_index_names_what_went_and_every_other_line_stays(archive):
    def lines():
        keys = [key for key in archive.listed() if key.endswith(".cdxj")]
        return {
            key: [json.loads(line.split(b" ", 2)[2])["url"] for line in archive.store.get(key).splitlines()]
            for key in keys
        }

    gone, before = {STORY, f"{SITE}/old", f"{SITE}/hop"}, lines()
    archive.take_down()

    assert len(before) == 5  # two segments, whole and for their source, and the day
    assert lines() == {key: [url for url in urls if url not in gone] for key, urls in before.items()}


def test_the_tombstone_names_what_went_by_digest_and_keeps_no_text(archive):
    (document,) = (key for key in archive.listed("documents/") if archive.story in key)
    body = archive.store.get(document)
    archive.take_down()
    stone = read_tombstone(archive.store, archive.story)

    assert (stone.reason, stone.at, stone.by, stone.source) == (REASON, NOW, "legal", "courier")
    assert [(one.key, one.size, one.sha256) for one in stone.documents] == [
        (document, len(body), content_of(body).sha256)
    ]
    assert [one.records for one in stone.captures] == [3, 3, 3, 3]
    assert stone.urls == (f"{SITE}/old", STORY)
    assert b"Bridge" not in archive.store.get(stone.key)


def test_the_catalog_forgets_the_article_and_never_asks_for_its_urls_again(done):
    catalog = open_catalog(done.catalog_url)

    assert catalog.latest_revision(done.story) is None
    assert catalog.filter_due(["courier.example/story", "courier.example/old"], NOW + timedelta(days=9999)) == set()
    assert catalog.originals.find([STORY]) == {}
    assert catalog.removals.holds(done.story)
    assert catalog.counts()["courier"] == {"articles": 1, "done": 1, "removed": 2, "revisions": 1}
    catalog.close()


def test_a_catalog_that_never_saw_the_takedown_catches_up_with_it(done, tmp_path):
    catalog = open_catalog(f"sqlite:///{tmp_path / 'begun-anew.sqlite'}")
    caught_up = [catalog.removals.catch_up(done.store) for _ in range(2)]

    assert caught_up == [1, 0]
    assert catalog.filter_due(["courier.example/story", "courier.example/old"], NOW) == set()
    assert catalog.removals.holds(done.story)
    catalog.close()


def test_a_later_find_of_the_same_url_does_not_bring_it_back(done):
    catalog = open_catalog(done.catalog_url)
    candidate = Candidate(url=STORY, source="courier", channel=Channel.FEED, found_on=f"{SITE}/feed")
    catalog.note_candidates([("courier.example/story", candidate)], NOW)

    assert catalog.pending("courier") == []
    catalog.close()


def test_a_catalog_rebuilt_honours_the_tombstone_even_where_documents_were_left(done, built):
    done.store.put(built.story_key, built.store.get(built.story_key))
    catalog = open_catalog(f"sqlite:///{done.store.folder.parent / 'new.sqlite'}")
    rebuilt = catalog.rebuild(done.store)

    assert (rebuilt.revisions, rebuilt.unreadable) == (1, ())
    assert catalog.counts()["courier"]["removed"] == 2
    assert catalog.filter_due(["courier.example/story"], NOW) == set()
    catalog.close()


def test_the_manifest_explains_every_change(archive):
    before = archive_state(archive.store)
    archive.take_down()
    after = archive_state(archive.store)
    changed = {key: entry for key, entry in after.items() if entry != before.get(key)}

    assert {entry.event for key, entry in changed.items() if key.startswith("documents/")} == {Event.REMOVED}
    assert {entry.event for key, entry in changed.items() if key.startswith(("warc/", "cdxj/"))} == {Event.REPLACED}
    assert {entry.event for key, entry in changed.items() if key.startswith("takedowns/")} == {Event.STORED}
    assert all(REASON in entry.reason for entry in changed.values())
    assert all(entry.was == before[key].sha256 for key, entry in changed.items() if key in before)
    assert_manifest_is_true(archive)


def assert_manifest_is_true(archive: Archive) -> None:
    state = archive_state(archive.store)
    present = {key: entry.sha256 for key, entry in state.items() if entry.event != Event.REMOVED}
    assert present == {key: content_of(body).sha256 for key, body in archive.objects().items()}


def test_revisits_of_other_urls_that_lose_their_body_are_reported(archive):
    (found,) = archive.take_down()

    assert [place.url for place in found.repeated_by] == [f"{SITE}/copy"]


def test_the_id_names_the_same_as_the_url(archive, built, tmp_path):
    other = copy_of(built, tmp_path / "second")
    archive.take_down(STORY)
    other.take_down(archive.story)

    assert other.objects() == archive.objects()


def test_any_url_that_led_to_the_article_names_it(archive):
    (found,) = archive.plan("http://www.courier.example/old?utm_source=feed")

    assert found.tombstone.article_id == archive.story


def test_a_plan_changes_nothing(archive):
    before = archive.objects(), archive_state(archive.store)
    (found,) = archive.plan()

    assert len(found.tombstone.captures) == 4
    assert (archive.objects(), archive_state(archive.store)) == before


def test_a_page_that_never_became_an_article_can_be_taken_down_by_its_url(archive):
    (found,) = archive.take_down(f"{SITE}/bare")

    assert (found.tombstone.documents, len(found.tombstone.captures)) == ((), 1)
    assert f"{SITE}/bare" not in archive.urls()
    assert_manifest_is_true(archive)


def test_a_second_takedown_changes_nothing_and_keeps_the_first_reason(done):
    before, parts = done.objects(), done.listed("manifests/")
    (found,) = done.take_down()

    assert found.is_known
    assert done.objects() == before
    assert done.listed("manifests/") == parts


def test_what_comes_after_a_takedown_is_added_to_the_tombstone(done):
    with WarcWriter(done.spool.directory, clock=lambda: NOW) as writer:
        writer.write(exchange("/story", FILLING + b"more", minutes=90))
    Uploader(done.spool, done.store, adopt=lambda *_: None, report=pytest.fail, clock=lambda: NOW).drain()
    done.take_down()

    assert len(read_tombstone(done.store, done.story).captures) == 5
    assert STORY not in done.urls()
    assert_manifest_is_true(done)


def test_a_segment_without_an_index_is_searched_as_well(archive):
    for key in archive.listed("warc/"):
        if key.endswith(".cdxj"):
            archive.store.delete(key)
    archive.take_down()

    assert archive.urls() == [f"{SITE}/latest", f"{SITE}/other", f"{SITE}/bare", f"{SITE}/copy"]


def test_a_lost_catalog_does_not_hide_the_documents(archive):
    attrs.evolve(archive, catalog_url=f"{archive.catalog_url}.new").take_down()

    assert [key for key in archive.listed("documents/") if archive.story in key] == []


def test_what_waits_in_the_spool_is_refused_and_nothing_is_begun(archive):
    before = archive.objects()
    writer = WarcWriter(archive.spool.directory)
    writer.write(exchange("/story", minutes=99))  # the segment stays open

    with pytest.raises(TakedownError, match=r"\.warc\.gz\.open: still waits for the archive"):
        archive.take_down()
    writer.close()
    with pytest.raises(TakedownError, match=r"\.warc\.gz: still waits for the archive"):
        archive.take_down()
    assert archive.objects() == before


def test_a_document_that_waits_in_the_spool_is_refused(archive):
    archive.spool.add_document(archive.story_key, b'{"newskeep": {"capture": {}}}')

    with pytest.raises(TakedownError, match="still waits for the archive"):
        archive.take_down()


def test_other_captures_in_the_spool_stand_in_nobodys_way(archive):
    with WarcWriter(archive.spool.directory) as writer:
        writer.write(exchange("/other", minutes=99))
    archive.take_down()

    assert STORY not in archive.urls()


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("story", "story: neither a URL nor the 32 hex digits of an article"),
        (f"{SITE}/nowhere", "holds nothing of it"),
        ("f" * 32, "holds nothing of it"),
    ],
)
def test_a_target_that_is_not_there_is_named(archive, target, problem):
    with pytest.raises(TakedownError, match=problem):
        archive.take_down(target)


def test_a_segment_that_holds_something_else_at_that_place_is_not_overwritten(archive):
    (found,) = archive.plan()
    capture = found.tombstone.captures[-1]
    path = archive.store.folder / capture.segment
    body = bytearray(path.read_bytes())
    body[capture.offset + 20] ^= 0xFF
    path.write_bytes(body)

    with pytest.raises(WarcError, match=f"byte {capture.offset}"):
        archive.take_down()


# Killed anywhere: before or after any call that changes the store, or the catalog


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """A store in front of which the process dies at its nth call that changes it, before or after it has worked.

    A call that only reads leaves nothing to be told apart.
    """

    def __init__(self, store: FileStore, at: int = -1, *, after: bool = False) -> None:
        self.store = store
        self.calls = 0
        self.at = at
        self.after = after

    def __getattr__(self, name):
        found = getattr(self.store, name)
        if name not in {"put", "put_file", "replace", "delete"}:
            return found

        def call(*args, **kwargs):
            self.calls += 1
            if self.calls == self.at and not self.after:
                raise Killed
            try:
                return found(*args, **kwargs)
            finally:
                if self.calls == self.at:
                    raise Killed

        return call


def test_killed_at_any_change_of_the_store_the_same_command_again_completes_it(built, tmp_path):
    undisturbed = copy_of(built, tmp_path / "undisturbed")
    counting = Mortal(undisturbed.store)
    undisturbed.take_down(store=counting)
    expected = undisturbed.objects()

    assert counting.calls == 10  # tombstone, document, two segments, five indexes, manifest
    for at in range(1, counting.calls + 1):
        for after in (False, True):
            archive = copy_of(built, tmp_path / f"killed-{at}-{after}")
            with pytest.raises(Killed):
                archive.take_down(store=Mortal(archive.store, at, after=after))
            archive.take_down()
            assert archive.objects() == expected, (at, after)
            assert_manifest_is_true(archive)
            shutil.rmtree(tmp_path / f"killed-{at}-{after}")


@pytest.mark.parametrize("after", [False, True])
def test_killed_around_the_catalog_the_same_command_again_completes_it(archive, monkeypatch, after):
    carry_out = Removals.carry_out

    def dying(self, stone):
        if after:
            carry_out(self, stone)
        raise Killed

    monkeypatch.setattr(Removals, "carry_out", dying)
    with pytest.raises(Killed):
        archive.take_down()
    monkeypatch.undo()
    archive.take_down()

    assert_manifest_is_true(archive)
    catalog = open_catalog(archive.catalog_url)
    assert catalog.counts()["courier"]["removed"] == 2
    catalog.close()


def test_a_store_that_gives_back_something_else_is_not_believed(archive):
    class Lying(FileStore):
        def replace(self, key, body, *, media_type=""):
            super().replace(key, body[:-1])

    with pytest.raises(StoreError, match="gives back something else"):
        archive.take_down(store=Lying(archive.store.folder))


def test_an_archive_on_s3_loses_it_too(built, s3_url, tmp_path):
    store = open_store(s3_url)
    for key in built.listed():
        store.put(key, built.store.get(key))
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    take_down(store, catalog, STORY, reason=REASON, now=NOW)

    assert [found.key for found in store.list("documents/") if built.story in found.key] == []
    assert STORY not in [capture.url for capture in iter_captures("warc/", store)]
    catalog.close()
