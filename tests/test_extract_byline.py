import pytest

from pipelines.extract.article import parse_html
from pipelines.extract.byline import clean_authors, find_byline, named_in_lines
from tests.extract_pages import document


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Jane Doe", ("Jane Doe",)),
        ("Von Jürgen Groß und Anna Klein", ("Jürgen Groß", "Anna Klein")),
        ("Par Marie Dupont et Luc Martin", ("Marie Dupont", "Luc Martin")),
        ("By Jane Doe, Senior Reporter", ("Jane Doe",)),
        ("JANE MILLER and JOHN SMITH", ("Jane Miller", "John Smith")),
        ("Jane Doe (Berlin)", ("Jane Doe",)),
        ("By Jane Doe | jane@paper.example | @janedoe", ("Jane Doe",)),
        ("Jane Doe, 23 November 2026", ("Jane Doe",)),
        ("https://paper.example/author/jane", ()),
        ("Reuters", ("Reuters",)),
        ("Updated 3 hours ago", ()),
        ("Автор: Иван Петров", ("Иван Петров",)),
        ("Vonda Shepard", ("Vonda Shepard",)),
        ("Byron Diaz", ("Byron Diaz",)),
    ],
)
def test_a_byline_gives_names_only(text, names):
    assert clean_authors([text]) == names


def test_a_field_for_names_may_hold_a_desk():
    assert clean_authors(["Harbour Staff"], stated=True) == ("Harbour Staff",)


def test_the_same_name_counts_once():
    assert clean_authors(["Jane Doe", "jane doe"]) == ("Jane Doe",)


def test_the_byline_is_not_a_commenters_name():
    body = '<p class="byline">By Jane Doe</p><div class="comments"><span class="author">Troll</span></div>'
    assert find_byline(parse_html(document(body))) == ("Jane Doe",)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ('<span class="author vcard"><a class="url fn n" href="/author/x">marc</a></span>', ("marc",)),
        ('<p>Posted on <a rel="author" href="/a">seafarer</a></p>', ("seafarer",)),
        ('<div itemprop="author"><span itemprop="name">Jane Doe</span> writes on ships.</div>', ("Jane Doe",)),
        ('<p class="entry-author">Veröffentlicht von Jane Doe</p>', ("Jane Doe",)),
        ('<p class="byline">Publiziert am</p><p class="byline">Jane van der Berg</p>', ("Jane van der Berg",)),
        ('<span class="author">Redaktion</span>', ("Redaktion",)),
    ],
)
def test_the_mark_of_a_name_gives_it_as_written(body, names):
    assert find_byline(parse_html(document(body))) == names


def test_a_frame_with_the_headline_is_no_sidebar():
    body = '<div class="with-sidebar"><h1>Bridge</h1><p class="byline">Jane Doe</p></div>'
    assert find_byline(parse_html(document(body))) == ("Jane Doe",)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Text von Jane Doe", ("Jane Doe",)),
        ("06.11.2026 13:30 von Jane Doe", ("Jane Doe",)),
        ("By the old harbour", ()),
        ("Von Hamburg", ()),
    ],
)
def test_a_line_that_says_by_whom_names_the_author(line, names):
    assert named_in_lines([line]) == names
