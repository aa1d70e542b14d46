"""`scrapy fixture save` and `scrapy extract URL`: pages of the demonstration newspaper, fetched as a crawl would."""

from argparse import ArgumentParser, Namespace

import pytest
from scrapy.settings import Settings

from crawler.commands import extract, fixture
from crawler.demo import DemoServer
from crawler.fixtures import default_names, page_document, read_fixture

ARTICLE = "http://harbour-gazette.example/2026/03/14/shoebox-of-prints/"


@pytest.fixture
def server(monkeypatch):
    with DemoServer() as server:
        monkeypatch.setenv("http_proxy", server.proxy)
        monkeypatch.setenv("no_proxy", "")
        yield server


@pytest.fixture
def settings():
    settings = Settings()
    settings.setmodule("crawler.settings", "project")
    settings.setdict({"CONTACT": "https://newskeep.example/tests", "DOWNLOAD_DELAY": 0}, "cmdline")
    return settings


@pytest.fixture
def save(settings, tmp_path, capsys):
    """Save a fixture; return the exit status and what was printed."""

    def save(url, **options):
        command = fixture.Command()
        command.settings = settings
        command.run(
            ["save", url], Namespace(**{"source": None, "slug": None, "to": str(tmp_path / "pages"), **options})
        )
        return command.exitcode, *capsys.readouterr()

    return save


def test_a_saved_page_gives_the_document_it_was_saved_with(server, save, tmp_path):
    code, out, err = save(ARTICLE)

    folder = tmp_path / "pages" / "harbour-gazette-example" / "2026-03-14-shoebox-of-prints"
    page, expected = read_fixture(folder)
    assert (code, err) == (0, "")
    assert str(folder) in out
    assert expected["headline"] == "A shoebox of prints finds its way home"
    assert page_document(page) == expected


def test_a_page_is_asked_for_once_after_its_robots_txt(server, save):
    save(ARTICLE)

    assert [visit.url for visit in server.visits] == ["http://harbour-gazette.example/robots.txt", ARTICLE]


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://harbour-gazette.example/nowhere", "answers 404"),
        ("http://harbour-gazette.example/private/tide-memo", "robots.txt forbids"),
        ("http://harbour-gazette.example/category/people/", "not an article"),
        ("http://10.0.0.1/", "refusing to connect"),
        ("ftp://harbour-gazette.example/", "no http(s) URL"),
    ],
)
def test_what_cannot_be_saved_is_one_line_and_leaves_nothing(server, save, tmp_path, url, named):
    code, out, err = save(url)

    assert (code, out) == (1, "")
    assert named in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "pages").exists()


def test_a_fixture_is_not_overwritten(server, save):
    save(ARTICLE)

    code, _, err = save(ARTICLE)
    assert code == 1
    assert "exists already" in err


@pytest.mark.parametrize("options", [{"slug": "../../elsewhere"}, {"source": ".."}, {"to": "/dev/null/pages"}], ids=str)
def test_a_place_that_is_none_is_named(server, save, options):
    code, _, err = save(ARTICLE, **options)

    assert code == 1
    assert len(err.splitlines()) == 1


def test_nobody_asks_without_a_contact(server, save, settings):
    settings.set("CONTACT", "", "cmdline")

    code, _, err = save(ARTICLE)
    assert code == 1
    assert "CONTACT" in err
    assert server.visits == []


def test_a_name_comes_from_the_url():
    assert default_names("https://www.news.example/2026/11/a-b.html?id=7") == ("news-example", "2026-11-a-b-html-id-7")


def extract_pages(settings, *args):
    command = extract.Command()
    command.settings = settings
    parser = ArgumentParser()
    command.add_options(parser)
    command.run(list(args), parser.parse_args(["--workers", "1"]))
    return command.exitcode


def test_the_article_at_a_url_is_shown(server, settings, capsys):
    assert extract_pages(settings, ARTICLE) == 0
    assert capsys.readouterr().out.startswith("A shoebox of prints finds its way home\n")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://harbour-gazette.example/nowhere", "answers 404"),
        ("http://harbour-gazette.example/private/tide-memo", "robots.txt forbids"),
        ("http://nobody.invalid/", "http://nobody.invalid/"),
    ],
)
def test_a_url_without_an_article_is_one_line(server, settings, capsys, url, named):
    assert extract_pages(settings, url) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert named in err
    assert len(err.splitlines()) == 1
