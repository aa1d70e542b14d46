import pytest

from pipelines.extract.article import parse_html
from pipelines.extract.byline import clean_authors, find_byline
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
