import csv
import io
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from pyarrow import parquet
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands import catalog as catalog_command
from crawler.commands import export as export_command
from pipelines.archive import Spool, open_catalog, revision_key, to_document, to_json
from pipelines.archive.flat import COLUMNS
from pipelines.stores import open_store

ROOT = Path(__file__).parent.parent


@pytest.fixture
def settings(tmp_path):
    values = {
        "ARCHIVE_URL": f"file:{tmp_path / 'archive'}",
        "CATALOG_URL": f"sqlite:///{tmp_path / 'catalog.sqlite'}",
        "SPOOL_DIR": str(tmp_path / "spool"),
    }
    return Settings(values)


@pytest.fixture
def archive(settings, revision):
    """Two articles of the courier, the first in two revisions, and one of the gazette, a day apart."""
    store, catalog = open_store(settings["ARCHIVE_URL"]), open_catalog(settings["CATALOG_URL"])
    for day, (source, article, number) in enumerate(
        [("courier", 1, 1), ("courier", 1, 2), ("courier", 2, 1), ("gazette", 3, 1)]
    ):
        capture = attrs.evolve(
            revision.capture,
            source=source,
            url=f"https://{source}.example/{article}",
            fetched_at=datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=day),
        )
        one = attrs.evolve(
            revision,
            article_id=f"{article:032x}",
            number=number,
            capture=capture,
            article=attrs.evolve(revision.article, headline=f"{source} {article}.{number}"),
            fingerprint=f"sha256:{article:032x}{number:032x}",
        )
        store.put(revision_key(one), to_json(to_document(one)))
        catalog.add_revision(one, revision_key(one))
    catalog.close()
    return store


@pytest.fixture
def run(settings, capfdbinary):
    """Run a command as Scrapy would; give exit status, stdout and stderr."""

    def call(module, *argv):
        command = module.Command()
        command.settings = settings
        parser = ArgumentParser()
        command.add_options(parser)
        opts, args = parser.parse_known_args(list(argv))
        command.run(args, opts)
        output, errors = capfdbinary.readouterr()
        return command.exitcode, output, errors.decode()

    return call


def test_a_document_that_still_waits_in_the_spool_is_exported(run, archive, settings, tmp_path):
    key = next(archive.list("documents/gazette/")).key
    Spool(Path(settings["SPOOL_DIR"])).add_document(key, archive.get(key))
    archive.delete(key)

    status, output, _ = run(export_command, "--source", "gazette")

    assert status == 0
    assert [json.loads(line)["headline"] for line in output.splitlines()] == ["gazette 3.1"]


@pytest.fixture
def headlines(run, archive):
    """The headlines that an export with these options holds."""

    def export(*argv):
        status, output, errors = run(export_command, *argv)
        assert status == 0, errors
        return [json.loads(line)["headline"] for line in output.splitlines()]

    return export


def test_the_latest_revision_of_each_article_comes_out_in_order_of_capture(headlines):
    assert headlines() == ["courier 1.2", "courier 2.1", "gazette 3.1"]


def test_all_revisions_come_out_when_asked_for(headlines):
    assert headlines("--all-revisions") == ["courier 1.1", "courier 1.2", "courier 2.1", "gazette 3.1"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--source", "gazette"], ["gazette 3.1"]),
        (["--source", "courier,gazette", "--since", "2026-11-03"], ["courier 2.1", "gazette 3.1"]),
        (["--until", "2026-11-01"], ["courier 1.1"]),
        (["--until", "2026-11-02T12:00:00"], ["courier 1.1"]),
        (["--since", "2026-11-03T13:00:00+01:00", "--until", "2026-11-03"], ["courier 2.1"]),
        (["--since", "2027-01-01"], []),
    ],
)
def test_sources_and_days_choose(headlines, options, expected):
    assert headlines(*options) == expected


def test_json_lines_hold_whole_documents(run, archive):
    _, output, _ = run(export_command, "--source", "gazette")
    (found,) = archive.list("documents/gazette/")

    assert json.loads(output) == json.loads(archive.get(found.key))


def test_csv_has_the_published_columns_and_a_row_each(run, archive):
    _, output, _ = run(export_command, "--format", "csv")
    first, *_ = rows = list(csv.DictReader(io.StringIO(output.decode())))

    assert list(first) == list(COLUMNS)
    assert [row["headline"] for row in rows] == ["courier 1.2", "courier 2.1", "gazette 3.1"]
    assert first["date_published"] == "2026-11-02T09:00:00+01:00"
    assert first["article_body"] == "The bridge is open again.\n\nTrams follow in May."


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_csv_cell_is_never_a_formula(run, archive, settings, revision, start):
    evil = attrs.evolve(
        revision, article_id="e" * 32, article=attrs.evolve(revision.article, headline=f"{start}HYPERLINK(1)")
    )
    archive.put(revision_key(evil), to_json(to_document(evil)))
    catalog = open_catalog(settings["CATALOG_URL"])
    catalog.add_revision(evil, revision_key(evil))
    catalog.close()
    _, output, _ = run(export_command, "--format", "csv")
    headlines = [row["headline"] for row in csv.DictReader(io.StringIO(output.decode(), newline=""))]

    assert f"'{start}HYPERLINK(1)" in headlines


def test_parquet_has_the_published_columns_with_stable_types(run, archive, tmp_path):
    status, _, errors = run(export_command, "--format", "parquet", "--output", str(tmp_path / "a.parquet"))
    table = parquet.read_table(tmp_path / "a.parquet")

    assert (status, errors) == (0, "3 documents\n")
    assert table.column_names == list(COLUMNS)
    assert table["headline"].to_pylist() == ["courier 1.2", "courier 2.1", "gazette 3.1"]
    assert table["date_published"].to_pylist()[0] == datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_an_empty_parquet_has_the_same_schema(run, archive, tmp_path):
    for name, options in [("full", []), ("empty", ["--since", "2027-01-01"])]:
        run(export_command, "--format", "parquet", "--output", str(tmp_path / name), *options)
    full, empty = (parquet.read_table(tmp_path / name) for name in ("full", "empty"))

    assert (len(full), len(empty)) == (3, 0)
    assert empty.schema == full.schema


def test_parquet_can_be_piped(archive, settings):
    body = scrapy("export --format parquet", settings, stdout=subprocess.PIPE).communicate(timeout=60)[0]

    assert len(parquet.read_table(io.BytesIO(body))) == 3


def scrapy(arguments, settings, **streams):
    names = {f"NEWSKEEP_{name}": settings[name] for name in ("ARCHIVE_URL", "CATALOG_URL")}
    command = [sys.executable, "-m", "scrapy", *arguments.split()]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | names, **streams)


def test_a_reader_that_has_enough_ends_the_export_silently(archive, settings):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        process = scrapy("export", settings, stdout=closed, stderr=subprocess.PIPE)
    _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, b"")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--since", "yesterday"], "--since: 'yesterday' is no date"),
        (["--until", "2026-13-01"], "--until: '2026-13-01' is no date"),
        (["--source", "courrier"], "--source: courrier: not in the catalog; it has: courier, gazette"),
        (["--output", "/nowhere/at/all.jsonl"], "--output: /nowhere/at/all.jsonl: No such file or directory"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_status_1(run, archive, options, problem):
    status, output, errors = run(export_command, *options)

    assert (status, output) == (1, b"")
    assert errors.startswith(f"scrapy export: {problem}")
    assert errors.count("\n") == 1


def test_without_a_catalog_the_line_says_what_to_do(run):
    status, _, errors = run(export_command)

    assert status == 1
    assert "scrapy catalog rebuild" in errors


@pytest.mark.parametrize("form", ["wacz", "warc"])
def test_a_capture_that_cannot_be_read_ends_the_export_and_leaves_no_half_file(run, archive, tmp_path, form):
    status, _, errors = run(export_command, "--format", form, "--output", str(tmp_path / f"out.{form}"))

    assert status == 1
    assert "not in the archive; if it waits in the spool, the next crawl uploads it" in errors
    assert errors.count("\n") == 1
    assert list(tmp_path.glob("out*")) == []


@pytest.mark.parametrize("damage", ["missing", "broken"])
def test_a_document_that_cannot_be_read_ends_the_export_and_leaves_no_half_file(run, archive, tmp_path, damage):
    (found,) = archive.list("documents/gazette/")
    path = archive.folder / found.key
    path.unlink() if damage == "missing" else path.write_text("{")
    status, _, errors = run(export_command, "--output", str(tmp_path / "out.jsonl"))

    assert status == 1
    assert found.key in errors
    assert list(tmp_path.glob("out*")) == []


def test_catalog_show_counts_each_source_and_all(run, archive):
    status, output, _ = run(catalog_command, "show")
    lines = [line.split() for line in output.decode().splitlines()]

    assert status == 0
    assert lines[0][:3] == ["source", "articles", "revisions"]
    assert [line[:3] for line in lines[1:]] == [["courier", "2", "3"], ["gazette", "1", "1"], ["all", "3", "4"]]


def test_catalog_rebuild_finds_every_document_again(run, archive, tmp_path, headlines):
    (tmp_path / "catalog.sqlite").unlink()
    status, output, _ = run(catalog_command, "rebuild")

    assert (status, output.decode().split()[0]) == (0, "4")
    assert headlines("--all-revisions") == ["courier 1.1", "courier 1.2", "courier 2.1", "gazette 3.1"]


def test_catalog_rebuild_names_what_it_cannot_read_and_exits_with_1(run, archive):
    archive.put("documents/courier/x/0001-a.json", b"{")
    status, output, errors = run(catalog_command, "rebuild")

    assert (status, output.decode().split()[0]) == (1, "4")
    assert "documents/courier/x/0001-a.json" in errors


def test_the_name_of_the_output_tells_the_format(run, archive, tmp_path):
    status, _, _ = run(export_command, "-o", str(tmp_path / "news.csv"))

    assert status == 0
    assert len(list(csv.DictReader((tmp_path / "news.csv").read_text(encoding="utf-8").splitlines()))) >= 3


def test_a_span_that_ends_before_it_begins_is_refused(run, archive):
    status, _, errors = run(export_command, "--since", "2026-11-30", "--until", "2026-11-01")

    assert status == 1
    assert "--until: 2026-11-01 is before --since 2026-11-30" in errors


def test_an_option_that_nobody_knows_is_named(run, archive):
    with pytest.raises(UsageError, match="unknown option --bogus"):
        run(export_command, "--bogus")
