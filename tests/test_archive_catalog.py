import os
import pwd
import shutil
import sqlite3
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from sqlalchemy import text

from pipelines.archive import database as database_module
from pipelines.archive import open_catalog, revision_key, to_document, to_json
from pipelines.errors import CatalogError, StoreError
from pipelines.model import Channel
from pipelines.urls import url_key

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    """A PostgreSQL server on a socket in a folder of its own."""
    if not all(map(shutil.which, ("initdb", "postgres", "pg_ctl"))) or (os.getuid() == 0 and not shutil.which("su")):
        pytest.skip("PostgreSQL's programs are not installed")
    folder = tmp_path_factory.mktemp("postgresql")
    data, owner = folder / "data", "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    as_owner = ["su", owner, "-c"] if os.getuid() == 0 else ["sh", "-c"]
    if os.getuid() == 0:
        for above in (folder, *folder.parents[:3]):
            above.chmod(0o755)
        shutil.chown(folder, owner)
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run([*as_owner, f"initdb -D {data} -A trust -U newskeep"], check=True, capture_output=True)
    subprocess.run(
        [*as_owner, f"pg_ctl -D {data} -w -l {folder}/log -o '{options}' start"], check=True, stdout=subprocess.DEVNULL
    )
    yield f"postgresql://newskeep@/{{name}}?host={folder}"
    subprocess.run([*as_owner, f"pg_ctl -D {data} -m immediate stop"], check=True, capture_output=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    psycopg = pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")
    server = request.getfixturevalue("postgresql")
    name = f"t{os.urandom(6).hex()}"
    with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(name=name)


@pytest.fixture
def catalog(url):
    catalog = open_catalog(url)
    yield catalog
    catalog.close()


def outcome(catalog, key, state="done", **changes):
    values = {"url": f"https://{key}", "source": "courier", "state": state, "now": NOW}
    catalog.note_outcome(key, **(values | changes))


def test_a_candidate_waits_with_all_its_hints(catalog, candidate):
    full = attrs.evolve(candidate, modified=NOW, language="en", publication="C", authors=("A",), keywords=("k", "l"))

    assert catalog.note_candidates([("a", full)], NOW) == 1
    assert catalog.pending("courier") == [("a", full)]
    assert catalog.pending("other") == []


def test_a_candidate_found_again_brings_only_the_hints_that_were_missing(catalog, candidate):
    bare = attrs.evolve(candidate, title=None, published=None)
    later = attrs.evolve(candidate, url="https://courier.example/other", channel=Channel.SITEMAP)
    catalog.note_candidates([("a", bare)], NOW)

    assert catalog.note_candidates([("a", later)], NOW) == 0
    assert catalog.pending("courier") == [("a", attrs.evolve(bare, title=later.title, published=later.published))]


def test_a_candidate_named_twice_at_once_is_one(catalog, candidate):
    bare = attrs.evolve(candidate, title=None)

    assert catalog.note_candidates([("a", bare), ("a", candidate)], NOW) == 1
    assert catalog.pending("courier") == [("a", candidate)]


def test_what_is_done_is_not_disturbed_by_a_new_find(catalog, candidate):
    outcome(catalog, "a")
    catalog.note_candidates([("a", candidate)], NOW)

    assert catalog.pending("courier") == []


def test_the_newest_waits_in_front_and_those_without_a_date_behind(catalog, candidate):
    dates = {"old": NOW - DAY, "none": None, "new": NOW}
    catalog.note_candidates([(key, attrs.evolve(candidate, published=date)) for key, date in dates.items()], NOW)

    assert [key for key, _ in catalog.pending("courier")] == ["new", "old", "none"]
    assert [key for key, _ in catalog.pending("courier", limit=1)] == ["new"]


def test_unknown_waiting_and_due_urls_are_asked_for_and_no_others(catalog, candidate):
    catalog.note_candidates([("waiting", candidate)], NOW)
    outcome(catalog, "done")
    outcome(catalog, "due", next_due=NOW)
    outcome(catalog, "later", next_due=NOW + DAY)
    outcome(catalog, "gone", "gone")
    keys = ["unknown", "waiting", "done", "due", "later", "gone"]

    assert catalog.filter_due(keys, NOW) == {"unknown", "waiting", "due"}


def test_many_keys_are_answered_at_once(catalog):
    keys = [f"key-{number}" for number in range(1203)]
    outcome(catalog, keys[700])

    assert catalog.filter_due(iter(keys), NOW) == set(keys) - {keys[700]}


def test_failures_in_a_row_are_counted_until_one_succeeds(catalog, url):
    def failures():
        with catalog._database.reading() as connection:
            return connection.exec_driver_sql("SELECT failures FROM urls").scalar()

    outcome(catalog, "a", "failed", reason="timeout")
    outcome(catalog, "a", "failed", reason="timeout")
    assert failures() == 2
    outcome(catalog, "a", "done")
    assert failures() == 0


def test_validators_of_polls_and_of_articles_are_remembered(catalog, capture):
    poll = {"source": "courier", "kind": "feed", "payload_digest": None, "brought": 3, "now": NOW}
    catalog.polls.note("https://courier.example/feed", etag='"1"', last_modified=None, **poll)
    catalog.polls.note("https://courier.example/feed", etag='"2"', last_modified="Mon", **poll)
    outcome(catalog, "a", url=capture.url, capture=capture)
    outcome(catalog, "a", "failed", url=capture.url)

    assert catalog.polls.validators("https://courier.example/feed") == ('"2"', "Mon")
    assert catalog.polls.validators(capture.url) == ('"v1"', None)
    assert catalog.polls.validators("https://courier.example/unknown") == (None, None)


def test_a_revision_is_found_again_and_the_latest_wins(catalog, revision):
    later = attrs.evolve(revision, number=2, fingerprint=f"sha256:{'ef' * 32}")
    for one in (later, revision, revision):
        catalog.add_revision(one, revision_key(one))
    row = catalog.latest_revision(revision.article_id)

    assert (row.number, row.fingerprint, row.document_key) == (2, later.fingerprint, revision_key(later))
    assert row.date_published == revision.article.date_published
    assert row.warc_filename == revision.capture.location.filename
    assert catalog.latest_revision("f" * 32) is None
    assert len(list(catalog.revisions())) == 2


def test_every_url_that_led_to_a_document_is_done(catalog, revision):
    keys = {url_key(revision.candidate.url), url_key(revision.capture.url)}
    catalog.note_candidates([(key, revision.candidate) for key in keys], NOW)
    catalog.add_revision(revision, revision_key(revision))

    assert catalog.filter_due(keys, NOW) == set()
    assert catalog.pending("courier") == []


def numbered(revision, number, **capture):
    return attrs.evolve(
        revision,
        article_id=f"{number:032x}",
        capture=attrs.evolve(revision.capture, **capture),
        fingerprint=f"sha256:{number:064x}",
    )


def test_revisions_are_chosen_by_source_and_time_and_come_in_order(catalog, revision):
    for number, source in [(3, "courier"), (1, "courier"), (2, "gazette")]:
        one = numbered(revision, number, source=source, fetched_at=NOW + number * DAY)
        catalog.add_revision(one, revision_key(one))

    def numbers(**choice):
        return [int(row.article_id, 16) for row in catalog.revisions(**choice)]

    assert numbers() == [1, 2, 3]
    assert numbers(source="courier") == [1, 3]
    assert numbers(source=["gazette", "nobody"]) == [2]
    assert numbers(since=NOW + 2 * DAY) == [2, 3]
    assert numbers(until=NOW + 2 * DAY) == [1]


def test_only_the_latest_revision_of_each_article_can_be_asked_for(catalog, revision):
    for number in (1, 2, 3):
        one = attrs.evolve(
            numbered(revision, 1, fetched_at=NOW + number * DAY), number=number, fingerprint=f"sha256:{number:064x}"
        )
        catalog.add_revision(one, revision_key(one))

    assert [row.number for row in catalog.revisions(latest_only=True)] == [3]
    assert [row.number for row in catalog.revisions(until=NOW + 3 * DAY, latest_only=True)] == [2]


def test_counts_tell_states_articles_and_revisions_of_each_source(catalog, revision, candidate):
    catalog.add_revision(revision, revision_key(revision))
    catalog.note_candidates([("a", candidate), ("b", attrs.evolve(candidate, source="gazette"))], NOW)
    outcome(catalog, "c", "gone")
    counts = catalog.counts()

    assert counts["gazette"] == {"pending": 1}
    assert counts["courier"] == {"pending": 1, "gone": 1, "done": 2, "articles": 1, "revisions": 1}


def dump(catalog):
    with catalog._database.reading() as connection:
        return [
            connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            for table in ("revisions", "urls")
        ]


def test_a_rebuilt_catalog_equals_the_one_that_was_lost(catalog, revision, file_store, tmp_path):
    for number in (1, 2, 3):
        one = numbered(revision, number, url=f"https://courier.example/{number}", fetched_at=NOW + number * DAY)
        file_store.put(revision_key(one), to_json(to_document(one)))
        catalog.add_revision(one, revision_key(one))
    other = open_catalog(f"sqlite:///{tmp_path / 'other.sqlite'}")
    rebuilt = other.rebuild(file_store)

    assert (rebuilt.revisions, rebuilt.unreadable) == (3, ())
    assert list(other.revisions()) == list(catalog.revisions())
    before = dump(catalog)
    catalog.rebuild(file_store)
    assert dump(catalog) == before
    other.close()


def test_a_rebuild_forgets_what_the_archive_does_not_hold_and_keeps_what_waits(
    catalog, revision, candidate, file_store
):
    catalog.add_revision(revision, revision_key(revision))
    catalog.note_candidates([("waiting", candidate)], NOW)
    catalog.rebuild(file_store)

    assert list(catalog.revisions()) == []
    assert [key for key, _ in catalog.pending("courier")] == ["waiting"]


def test_a_rebuild_names_the_documents_it_cannot_read_and_goes_on(catalog, revision, file_store):
    file_store.put("documents/courier/0/0001-broken.json", b"{")
    file_store.put(revision_key(revision), to_json(to_document(revision)))
    rebuilt = catalog.rebuild(file_store)

    assert rebuilt.revisions == 1
    assert ["0001-broken.json" in line for line in rebuilt.unreadable] == [True]


def test_a_rebuild_that_fails_leaves_the_catalog_as_it_was(catalog, revision):
    class FailingStore:
        def list(self, prefix):
            raise StoreError("no answer")

    catalog.add_revision(revision, revision_key(revision))
    with pytest.raises(StoreError):
        catalog.rebuild(FailingStore())

    assert len(list(catalog.revisions())) == 1


def test_threads_may_write_at_once(catalog, candidate):
    def write(number):
        for index in range(20):
            catalog.note_candidates([(f"{number}-{index}", candidate), ("shared", candidate)], NOW)

    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(catalog.pending("courier")) == 81


@pytest.mark.parametrize("url", ["catalog", "oracle://host/db", "mysql://host/db", "sqlite+nothing:///a", ""])
def test_a_wrong_url_is_one_line_with_the_forms_that_work(url):
    with pytest.raises(CatalogError, match=r"CATALOG_URL: .*write sqlite:///FILE"):
        open_catalog(url)


def test_a_catalog_in_a_missing_folder_is_one_clear_line(tmp_path):
    with pytest.raises(CatalogError, match=r"unable to open database file$"):
        open_catalog(f"sqlite:///{tmp_path}/nowhere/catalog.sqlite")


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path):
    (tmp_path / "catalog.sqlite").write_text("no database" * 100)
    with pytest.raises(CatalogError, match="not an SQLite database"):
        open_catalog(f"sqlite:///{tmp_path}/catalog.sqlite")


def test_a_server_that_does_not_answer_is_one_clear_line_without_the_password():
    pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")
    with pytest.raises(CatalogError, match=r"127\.0\.0\.1") as caught:
        open_catalog("postgresql://user:secret@127.0.0.1:9/db")

    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_catalog_held_by_another_program_is_one_clear_line(tmp_path, monkeypatch, candidate):
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT", 0.05)
    catalog = open_catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    other = sqlite3.connect(tmp_path / "catalog.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CatalogError, match="locked by another program"):
        catalog.note_candidates([("a", candidate)], NOW)

    other.close()
    catalog.close()


def test_a_catalog_of_another_version_is_refused_with_the_remedy(tmp_path):
    open_catalog(f"sqlite:///{tmp_path}/catalog.sqlite").close()
    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        connection.execute("UPDATE facts SET value = '0'")
    connection.close()

    with pytest.raises(CatalogError, match=r"another version of newskeep.*scrapy catalog rebuild"):
        open_catalog(f"sqlite:///{tmp_path}/catalog.sqlite")


def test_a_reader_does_not_make_a_catalog_that_is_missing(tmp_path):
    with pytest.raises(CatalogError, match="there is no catalog yet"):
        open_catalog(f"sqlite:///{tmp_path}/catalog.sqlite", create=False)

    assert list(tmp_path.iterdir()) == []


def test_a_sources_template_is_read_back_as_it_was_changed(catalog):
    assert catalog.templates.read("courier") is None

    catalog.templates.change("courier", lambda known: f"{known} one", NOW)
    catalog.templates.change("courier", lambda known: f"{known} two", NOW)

    assert catalog.templates.read("courier") == "None one two"
    assert catalog.templates.sources() == ["courier"]


def test_crawls_that_change_a_template_at_once_lose_nothing(catalog):
    def add(number):
        catalog.templates.change("courier", lambda known: f"{known or ''}{number},", NOW)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(40)))

    assert sorted(map(int, catalog.templates.read("courier").split(",")[:-1])) == list(range(40))


def test_a_change_that_fails_leaves_the_template_as_it_was(catalog):
    with pytest.raises(ZeroDivisionError):
        catalog.templates.change("courier", lambda _: str(1 / 0), NOW)

    assert catalog.templates.read("courier") is None


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_catalog_of_an_earlier_version_gets_what_it_lacks_and_keeps_what_it_has(url, version):
    with closing(open_catalog(url)) as catalog:
        outcome(catalog, "a")
        with catalog._database.writing() as connection:
            connection.execute(text("DROP TABLE templates"))
            connection.execute(text("UPDATE facts SET value = :old WHERE name = 'schema_version'"), {"old": version})

    with closing(open_catalog(url)) as catalog:
        catalog.templates.change("courier", lambda _: "known", NOW)
        assert catalog.counts() == {"courier": {"done": 1}}
    with closing(open_catalog(url)) as catalog:
        assert catalog.templates.read("courier") == "known"
