import gzip
import json
import shutil
from argparse import ArgumentParser
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.commands import reprocess
from crawler.demo import FOLDER
from pipelines.archive import open_catalog
from pipelines.stores import open_store


@pytest.fixture(scope="module")
def crawled(crawl_demo, tmp_path_factory):
    return crawl_demo(tmp_path_factory.mktemp("crawl"))


@pytest.fixture
def settings(crawled, tmp_path):
    """The settings of a copy of the crawl."""
    shutil.copytree(crawled.folder, tmp_path / "crawl")
    shutil.copytree(FOLDER / "seeds", tmp_path / "seeds")
    project = Settings()
    project.setmodule("crawler.settings", "project")
    project.setdict(
        {
            "ARCHIVE_URL": f"file:{tmp_path / 'crawl' / 'archive'}",
            "CATALOG_URL": f"sqlite:///{tmp_path / 'crawl' / 'catalog.sqlite'}",
            "SPOOL_DIR": str(tmp_path / "crawl" / "spool"),
            "SEEDS_DIR": str(tmp_path / "seeds"),
            "EXTRACTION_WORKERS": 2,
        }
    )
    return project


@pytest.fixture
def run(settings, capsys):
    """Run the command as Scrapy would; give exit status, stdout and stderr."""

    def run_command(*line):
        command = reprocess.Command()
        command.settings = settings
        parser = ArgumentParser()
        command.add_options(parser)
        parser.add_argument("args", nargs="*")
        opts = parser.parse_args(line)
        command.run(opts.args, opts)
        out, err = capsys.readouterr()
        return command.exitcode, out, err

    return run_command


@pytest.fixture
def knowing(settings, crawled):
    """Teach the seed of the gazette that the first paragraph of one of its articles is chatter; return it."""
    document = next(one for one in crawled.documents if one["newskeep"]["source"] == "harbour-gazette")
    line = document["articleBody"].split("\n\n")[0]
    with (Path(settings["SEEDS_DIR"]) / "harbour-gazette.toml").open("a") as seed:
        seed.write(f"\n[boilerplate]\nphrases = [{json.dumps(line)}]\n")
    return line


def documents(settings):
    return [found.key for found in open_store(settings["ARCHIVE_URL"]).list("documents/")]


def test_a_fresh_archive_reads_as_it_is(run, settings, crawled):
    before = documents(settings)

    status, out, err = run("--format", "json")

    changes = json.loads(out)["sources"].values()
    assert (status, err) == (0, "")
    assert sum(found["unchanged"] for found in changes) == len(crawled.documents)
    assert documents(settings) == before


def test_what_a_seed_has_learnt_changes_its_articles_and_is_told(run, settings, knowing):
    status, out, _ = run()

    row = next(line.split() for line in out.splitlines() if line.startswith("harbour-gazette "))
    assert status == 0
    assert (int(row[3]), int(row[6])) == (1, len(knowing.split()))
    assert [key for key in documents(settings) if "/0002-" in key]


def test_a_catalog_made_anew_knows_what_was_reprocessed(run, settings, knowing):
    run()
    catalog = open_catalog(settings["CATALOG_URL"])
    known = {row.document_key for row in catalog.revisions()}
    catalog.rebuild(open_store(settings["ARCHIVE_URL"]))

    assert {row.document_key for row in catalog.revisions()} == known == set(documents(settings))
    catalog.close()


def test_another_run_adds_nothing(run, settings, knowing):
    run()
    before = documents(settings)
    run()

    assert documents(settings) == before


def test_a_dry_run_changes_nothing(run, settings, knowing):
    before = documents(settings)

    _, out, _ = run("--dry-run", "--format", "json")

    assert json.loads(out)["sources"]["harbour-gazette"]["changed"] == 1
    assert documents(settings) == before


def test_a_source_that_was_not_asked_for_is_left(run, settings, knowing):
    _, out, _ = run("--source", "grenzblatt", "--format", "json")

    assert list(json.loads(out)["sources"]) == ["grenzblatt"]


def test_a_segment_of_the_archive_is_read_where_it_lies(run, settings, crawled):
    folder = str(Path(settings["ARCHIVE_URL"].removeprefix("file:")) / "warc")

    status, out, _ = run(folder, "--format", "json")

    changes = json.loads(out)["sources"].values()
    assert status == 0
    assert sum(found["unchanged"] for found in changes) == len(crawled.documents)
    assert sum(found["new"] for found in changes) == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (["nowhere.warc.gz"], "nowhere.warc.gz"),
        (["--since", "yesterday"], "--since"),
        (["--source", "nobody"], "nobody"),
        (["--as", "Not A Name", "a.warc"], "--as"),
    ],
)
def test_a_mistake_is_one_line_and_exit_1(run, line, problem):
    status, out, err = run(*line)

    assert (status, out) == (1, "") or (status, problem in err) == (1, True)
    assert problem in err
    assert len(err.splitlines()) == 1


def test_a_damaged_warc_is_named_and_the_next_is_read(run, tmp_path, settings):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.warc.gz").write_bytes(gzip.compress(b"no WARC"))
    segment = next((tmp_path / "crawl" / "archive" / "warc").rglob("*.warc.gz"))
    shutil.copy(segment, tmp_path / "in" / segment.name)

    status, out, err = run(str(tmp_path / "in"), "--format", "json")

    assert status == 1
    assert "a.warc.gz" in err
    assert json.loads(out)["sources"]
