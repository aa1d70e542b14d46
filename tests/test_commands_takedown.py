from argparse import ArgumentParser
from datetime import UTC, datetime

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands import takedown as command
from pipelines.archive import Spool, Uploader, open_catalog, revision_key, to_document, to_json
from pipelines.archive.tombstones import read_tombstone
from pipelines.stores import FileStore
from pipelines.warc import Exchange, WarcWriter

URL = "https://courier.example/bridge"


@pytest.fixture
def settings(tmp_path):
    return Settings(
        {
            "ARCHIVE_URL": f"file:{tmp_path / 'archive'}",
            "CATALOG_URL": f"sqlite:///{tmp_path / 'catalog.sqlite'}",
            "SPOOL_DIR": str(tmp_path / "spool"),
        }
    )


@pytest.fixture
def archive(settings, revision, tmp_path) -> FileStore:
    """One article in one revision, and a capture of its URL."""
    spool, store, catalog = (
        Spool(tmp_path / "spool"),
        FileStore(tmp_path / "archive"),
        open_catalog(settings["CATALOG_URL"]),
    )
    body = b"<p>The bridge is open again.</p>"
    with WarcWriter(spool.directory) as writer:
        writer.write(
            Exchange(
                url=revision.capture.url,
                fetched_at=datetime(2026, 11, 2, tzinfo=UTC),
                request=b"GET / HTTP/1.1\r\n\r\n",
                response=b"HTTP/1.1 200 OK\r\n\r\n" + body,
                payload=body,
                metadata=(("source", "courier"),),
            )
        )
    Uploader(spool, store, adopt=lambda *_: None, report=pytest.fail).drain()
    store.put(revision_key(revision), to_json(to_document(revision)))
    catalog.add_revision(revision, revision_key(revision))
    catalog.close()
    return store


@pytest.fixture
def run(settings, capsys):
    """Run the command as Scrapy would; give exit status, stdout and stderr."""

    def call(*argv):
        one = command.Command()
        one.settings = settings
        parser = ArgumentParser()
        one.add_options(parser)
        opts, args = parser.parse_known_args(list(argv))
        one.run(args, opts)
        return one.exitcode, *capsys.readouterr()

    return call


def test_an_article_goes_and_each_object_is_told(run, archive, revision):
    key = revision_key(revision)
    status, output, _ = run(revision.capture.url, "--reason", "court order", "--by", "legal")
    lines = output.splitlines()

    assert status == 0
    assert lines[0] == f"removed {key}"
    assert lines[1].startswith("removed 3 records of warc/")
    assert f"never ask again for {revision.capture.url}" in lines
    assert lines[-1] == (
        f"{revision.article_id}: 1 documents, 1 captures; the tombstone: takedowns/{revision.article_id}.json"
    )
    assert list(archive.list("documents/")) == []
    assert read_tombstone(archive, revision.article_id).by == "legal"


def test_a_dry_run_tells_the_same_and_changes_nothing(run, archive, revision):
    before = list(archive.list())
    status, output, _ = run(revision.article_id, "--dry-run")

    assert status == 0
    assert output.startswith(f"would remove {revision_key(revision)}\n")
    assert "would never ask again" in output
    assert list(archive.list()) == before


def test_a_second_run_says_when_and_why_it_went(run, archive, revision):
    run(revision.article_id, "--reason", "court order")
    status, output, _ = run(revision.article_id, "--reason", "another")

    assert status == 0
    assert "taken down first on" in output
    assert "(court order)" in output


def test_a_segment_that_a_document_names_and_the_archive_lacks_is_told(run, archive, revision):
    _, _, errors = run(revision.article_id, "--dry-run")

    name = revision.capture.location.filename
    assert errors == f"scrapy takedown: {name}: a document names this segment, and the archive does not have it\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([URL], "--reason: say why; it is kept in the tombstone and explains the gap"),
        ([URL, "--reason", "  "], "--reason: say why"),
        (
            ["https://courier.example/unknown", "--reason", "x"],
            "https://courier.example/unknown: the archive at file://",
        ),
        (["bridge", "--reason", "x"], "bridge: neither a URL nor the 32 hex digits of an article"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_1(run, archive, arguments, problem):
    status, output, errors = run(*arguments)

    assert (status, output) == (1, "")
    assert errors.startswith(f"scrapy takedown: {problem}")
    assert errors.count("\n") == 1


def test_no_article_or_two_is_wrong_usage(run):
    for arguments in ([], ["a", "b"]):
        with pytest.raises(UsageError, match="name one article"):
            run(*arguments, "--reason", "x")


def test_without_a_catalog_the_line_says_what_to_do(run):
    status, _, errors = run(URL, "--reason", "x")

    assert status == 1
    assert "scrapy catalog rebuild" in errors
