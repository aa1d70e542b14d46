"""`scrapy seeds`, run as Scrapy runs it but in this process."""

from argparse import ArgumentParser
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler import seeds
from crawler.addon import VERSION
from crawler.commands.seeds import Command
from crawler.seeds import FetchedPage, load_seed, load_seeds

COURIER = 'name = "The Courier"\nhome_page = "https://courier.example/"\ncountry = "GB"\nlanguage = "en"\n'
TABLE = "name,url\nThe Courier,https://courier.example/\nPost,https://post.example/\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "the-courier.toml").write_text(COURIER)
    return folder


@pytest.fixture
def run(folder, capsys):
    def run(*words: str, **settings: str) -> tuple[int, list[str], list[str]]:
        """Return exit status, lines of stdout and lines of stderr."""
        command = Command()
        command.settings = Settings({"SEEDS_DIR": str(folder), "DOWNLOAD_DELAY": 0, **settings})
        parser = ArgumentParser()
        command.add_options(parser)
        opts, args = parser.parse_known_args(words)
        command.run(args, opts)
        printed = capsys.readouterr()
        return command.exitcode, printed.out.splitlines(), printed.err.splitlines()

    return run


def test_without_arguments_all_seeds_are_listed(run):
    status, out, err = run()

    assert (status, err) == (0, [])
    assert out[0].split() == ["id", "name", "country", "language", "feeds", "sitemaps", "sections", "verified"]
    assert out[1].split() == ["the-courier", "The", "Courier", "GB", "en", "0", "0", "0", "never"]
    assert out[-1] == "1 good seed, 1 country, 1 language, 0 problems"


def test_check_prints_no_table(run):
    assert run("check") == (0, ["1 good seed, 1 country, 1 language, 0 problems"], [])


@pytest.mark.parametrize("words", [(), ("check",)])
def test_every_problem_is_one_line_and_the_status_is_1(run, folder, words):
    (folder / "bad.toml").write_text("nam = 1\n")

    status, out, err = run(*words)

    assert status == 1
    assert [line.partition(": ")[0] for line in err] == [str(folder / "bad.toml")] * 3
    assert out[-1] == "1 good seed, 1 country, 1 language, 3 problems"


def test_a_missing_directory_is_one_line(run, tmp_path):
    status, _, err = run(SEEDS_DIR=str(tmp_path / "none"))

    assert status == 1
    assert len(err) == 1
    assert str(tmp_path / "none") in err[0]


@pytest.mark.parametrize("name", ["list.csv", "list"])
def test_a_table_becomes_seed_files(run, tmp_path, name):
    (tmp_path / name).write_text(TABLE)
    to = tmp_path / "new" / "seeds"

    status, out, err = run("import", str(tmp_path / name), "--to", str(to))

    assert (status, err) == (0, [])
    assert [source.id for source in load_seeds(to)] == ["post", "the-courier"]
    assert out == [str(to / "the-courier.toml"), str(to / "post.toml"), f"2 seeds written to {to}, 0 problems"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_opml_is_known_by_its_content_in_every_charset(run, tmp_path, folder, encoding):
    declared = encoding.removesuffix("-sig")
    opml = f'<?xml version="1.0" encoding="{declared}"?><opml><outline text="Café" xmlUrl="https://cafe.example/f"/></opml>'
    (tmp_path / "list.txt").write_bytes(opml.encode(encoding))

    status, _, err = run("import", str(tmp_path / "list.txt"))

    assert (status, err) == (0, [])
    assert load_seed(folder / "cafe.toml").name == "Café"


def test_an_existing_seed_is_kept_and_reported_and_the_others_are_written(run, tmp_path, folder):
    (tmp_path / "list.csv").write_text(TABLE)

    status, out, err = run("import", str(tmp_path / "list.csv"))

    assert status == 1
    assert err == [f"{folder / 'the-courier.toml'}: exists and is kept; --overwrite replaces it"]
    assert (folder / "the-courier.toml").read_text() == COURIER
    assert out[-1] == f"1 seed written to {folder}, 1 problem"


def test_overwrite_replaces_it(run, tmp_path, folder):
    (tmp_path / "list.csv").write_text(TABLE)

    status, _, err = run("import", str(tmp_path / "list.csv"), "--overwrite")

    assert (status, err) == (0, [])
    assert load_seed(folder / "the-courier.toml").country is None


def test_a_home_page_that_another_seed_has_is_not_written_twice(run, tmp_path, folder):
    (tmp_path / "list.csv").write_text("Courier,http://www.courier.example\n")

    status, _, err = run("import", str(tmp_path / "list.csv"), "--overwrite")

    assert status == 1
    assert err == [f"{tmp_path / 'list.csv'}: Courier is not written: the-courier.toml has its home page already"]
    assert len(load_seeds(folder)) == 1


def test_a_wrong_row_is_reported_and_the_good_ones_are_written(run, tmp_path, folder):
    (tmp_path / "list.csv").write_text("name,url,mood\nPost,https://post.example/,good\nX,nowhere,bad\n")

    status, _, err = run("import", str(tmp_path / "list.csv"))

    assert status == 1
    assert err[0] == f"{tmp_path / 'list.csv'}: column 'mood' is not read"
    assert err[1].startswith(f"{tmp_path / 'list.csv'}: row 3: home_page: ")
    assert len(err) == 2
    assert (folder / "post.toml").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        (b"", "holds no rows"),
        (b"name,url\nCaf\xe9,https://cafe.example/\n", "is not UTF-8 (line 2); save it as UTF-8"),
        (b"<html></html>", "is not OPML but <html>"),
        (b"\x00\x01\x02", "is not"),
        (b"a" * 10_000_001, "is larger than"),
    ],
    ids=["missing", "empty", "latin-1", "html", "binary", "huge"],
)
def test_a_list_that_cannot_be_read_is_one_line(run, tmp_path, content, reason):
    if content is not None:
        (tmp_path / "list").write_bytes(content)

    status, _, err = run("import", str(tmp_path / "list"))

    assert status == 1
    assert len(err) == 1
    assert str(tmp_path / "list") in err[0]
    assert reason in err[0]


@pytest.mark.parametrize(
    "words", [("impot", "x"), ("import",), ("probe",), ("check", "x"), ("import", "x", "--too", "y")]
)
def test_what_is_no_command_shows_the_usage(run, words):
    with pytest.raises(UsageError, match="scrapy seeds"):
        run(*words)


def test_a_probe_prints_a_seed_on_stdout_and_notes_on_stderr(run, monkeypatch, tmp_path):
    def fetch(url: str, *, user_agent: str, guard: object) -> FetchedPage:
        assert user_agent == f"newskeep/{VERSION} (+https://us.example/bot)"
        found = url == "https://courier.example/"
        body = b"<!doctype html><html lang=en><title>Courier</title>" if found else b""
        return FetchedPage(url=url, status=200 if found else 404, body=body, media_type="text/html")

    monkeypatch.setattr(seeds, "fetch_page", fetch)

    status, out, err = run("probe", "courier.example", CONTACT="https://us.example/bot")

    assert status == 0
    assert out[0].startswith("# Probed by newskeep on ")
    assert 'home_page = "https://courier.example/"' in out
    assert all(line.startswith("# ") for line in err)
    (tmp_path / "courier.toml").write_text("\n".join(out))
    assert load_seed(tmp_path / "courier.toml").name == "Courier"


def test_a_probe_without_a_contact_is_refused(run):
    status, out, err = run("probe", "https://courier.example/", CONTACT="")

    assert (status, out) == (1, [])
    assert err[0].startswith("scrapy seeds: CONTACT: tell the site who asks")


def test_a_probe_of_a_private_address_is_refused(run, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    status, out, err = run("probe", "http://127.0.0.1:9/", CONTACT="https://us.example/bot")

    assert (status, out) == (1, [])
    assert len(err) == 1
    assert "ALLOWED_NETWORKS" in err[0]
