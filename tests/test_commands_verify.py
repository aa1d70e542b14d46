"""`scrapy verify` as it is typed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.stores import FileStore

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def crawled(crawl_demo, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("crawled")
    crawl_demo(folder)
    return folder


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "NEWSKEEP_ARCHIVE_URL": f"file:{folder / 'archive'}",
        "NEWSKEEP_CATALOG_URL": f"sqlite:///{folder / 'catalog.sqlite'}",
        "NEWSKEEP_SPOOL_DIR": str(folder / "spool"),
        "NEWSKEEP_EXTRACTION_WORKERS": "2",
    }
    command = [sys.executable, "-m", "scrapy", "verify", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_fresh_archive_is_clean_and_every_document_is_made_anew_byte_for_byte(crawled):
    done = verify(crawled, "--rebuild")

    documents = len(list(FileStore(crawled / "archive").list("documents/")))
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{documents} documents" in lines
    assert f"{documents} documents rebuilt: same" in lines
    assert lines[-1] == "no damage"


def test_damage_is_told_with_what_it_affects_and_how_to_repair_it_and_the_exit_status_is_1(crawled):
    store = FileStore(crawled / "archive")
    key = next(found.key for found in store.list("documents/"))
    body = store.get(key)
    store.delete(key)
    try:
        done, as_json = verify(crawled, "--quick"), verify(crawled, "--quick", "--format", "json")
    finally:
        store.put(key, body)

    article = key.split("/")[2]
    assert done.returncode == as_json.returncode == 1
    assert f"DAMAGE: {key}: is missing" in done.stdout
    assert f"affects: article {article}" in done.stdout
    assert "repair: restore a copy" in done.stdout
    assert done.stdout.splitlines()[-1] == "damage: 1"
    problem, summary = map(json.loads, as_json.stdout.splitlines())
    assert (problem["key"], problem["kind"], problem["damage"]) == (key, "missing", True)
    assert summary["summary"]["damage"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--source", "nobody"), "nobody: not in the catalog"),
        (("--since", "yesterday"), "--since: 'yesterday' is no date"),
    ],
)
def test_a_mistake_is_told_in_one_line(crawled, arguments, said):
    done = verify(crawled, *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_where_there_is_no_archive_nothing_is_called_sound(tmp_path):
    done = verify(tmp_path)
    assert done.returncode == 1
    assert "is it the archive?" in done.stderr.splitlines()[-1]
    assert "no damage" not in done.stdout


def test_an_archive_without_its_catalog_is_verified_all_the_same(crawled, tmp_path):
    (tmp_path / "archive").symlink_to(crawled / "archive")
    done = verify(tmp_path)

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "no damage"
    assert "no catalog" in done.stderr
