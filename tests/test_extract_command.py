import argparse
import json

import pytest

from crawler.commands.extract import Command
from pipelines.errors import ExtractionError
from pipelines.workers import read_article
from tests.extract_pages import PARAGRAPHS, article, document


class PoolInThisProcess:
    """Stands in for the worker pool: what it adds has tests of its own."""

    def __init__(self, **_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def map(self, jobs):
        for page, source in jobs:
            try:
                yield page, read_article(page, source)
            except ExtractionError as error:
                yield page, error


@pytest.fixture
def extract(monkeypatch, capsys):
    workers = pytest.importorskip("pipelines.workers")
    monkeypatch.setattr(workers, "ExtractionPool", PoolInThisProcess)

    def run(*args):
        command = Command()
        parser = argparse.ArgumentParser()
        parser.add_argument("args", nargs="*")
        command.settings = None
        parser.add_argument("--format", default="text")
        parser.add_argument("--list")
        for flag in ("--explain", "--full"):
            parser.add_argument(flag, action="store_true")
        parser.add_argument("--html")
        parser.add_argument("--workers", type=int)
        opts = parser.parse_args(args)
        command.run(opts.args, opts)
        out, err = capsys.readouterr()
        return command.exitcode, out, err

    return run


def test_the_article_is_printed_with_what_was_removed(extract, tmp_path):
    (tmp_path / "a.html").write_text(article(), "utf-8")
    code, out, _ = extract(str(tmp_path / "a.html"))
    assert (code, out.splitlines()[0]) == (0, "Old bridge to close")
    assert PARAGRAPHS[3] in out
    assert "Removed (2)\n- headline-repeated: Old bridge to close\n" in out


def test_a_list_gives_one_document_a_line_in_its_order(extract, tmp_path):
    (tmp_path / "a.html").write_text(article(), "utf-8")
    (tmp_path / "b.html").write_text(document("<p>Nothing.</p>"), "utf-8")
    entries = [{"path": "b.html", "url": "https://h.example/b"}, {"path": "a.html", "url": "https://h.example/a"}]
    (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, entries)))
    code, out, _ = extract("--list", str(tmp_path / "list.jsonl"))
    missing, found = map(json.loads, out.splitlines())
    assert code == 0
    assert (missing["path"], missing["error"]["reason"]) == ("b.html", "no-article/short")
    assert (found["path"], found["headline"]) == ("a.html", "Old bridge to close")


def test_no_article_at_all_is_status_1(extract, tmp_path):
    (tmp_path / "b.html").write_text(document("<p>Nothing.</p>"), "utf-8")
    code, _, err = extract(str(tmp_path / "b.html"))
    assert code == 1
    assert "b.html" in err


def test_a_missing_file_is_one_line_and_status_1(extract, tmp_path):
    code, out, err = extract(str(tmp_path / "nope.html"))
    assert (code, out, len(err.splitlines())) == (1, "", 1)


@pytest.mark.parametrize("line", ["not json", "[]", '{"url": "https://h.example/a"}'])
def test_a_wrong_line_of_a_list_is_named(extract, tmp_path, line):
    (tmp_path / "list.jsonl").write_text(line)
    code, _, err = extract("--list", str(tmp_path / "list.jsonl"))
    assert code == 1
    assert "list.jsonl:1" in err


def test_an_explanation_is_printed_or_written(extract, tmp_path):
    (tmp_path / "a.html").write_text(article(), "utf-8")
    code, out, _ = extract("--explain", str(tmp_path / "a.html"))
    assert (code, out.count("+ kept")) == (0, 4)
    code, _, _ = extract("--explain", "--html", str(tmp_path / "why.html"), str(tmp_path / "a.html"))
    assert code == 0
    assert PARAGRAPHS[0] in (tmp_path / "why.html").read_text("utf-8")
