import pytest

from pipelines.extract.agencies import is_agency
from pipelines.extract.article import parse_html
from pipelines.extract.authors import choose_authors
from pipelines.extract.byline import find_byline, named_at_headline, named_in_lines, signed_line
from pipelines.extract.head import read_head
from pipelines.extract.names import clean_authors
from pipelines.extract.segments import read_layout
from tests.extract_pages import PARAGRAPHS, URL, document


def head_of(body, head=""):
    return read_head(parse_html(document(body, head)), URL)


def layout_of(body):
    return read_layout(parse_html(document(body)))


def authors_of(body, head="", own_names=("Harbour Post",)):
    tree = parse_html(document(body, head))
    people, agencies = choose_authors(read_head(tree, URL), None, read_layout(tree), own_names)
    return people.value, agencies


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
    assert find_byline(head_of(body)) == ("Jane Doe",)


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
    assert find_byline(head_of(body)) == names


def test_a_frame_with_the_headline_is_no_sidebar():
    body = '<div class="with-sidebar"><h1>Bridge</h1><p class="byline">Jane Doe</p></div>'
    assert find_byline(head_of(body)) == ("Jane Doe",)


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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Dr. Jane Doe", ("Jane Doe",)),
        ("Jane Doe, Berlin", ("Jane Doe",)),
        ("Published August 7, 2023 by Jane Doe", ("Jane Doe",)),
        ("erstellt von Jane Doe — veröffentlicht 28.01.2022 06:00", ("Jane Doe",)),
        ("Jane Doe/John Smith", ("Jane Doe", "John Smith")),
        ("José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Ana Gil Soto y Luis Mora", ("Ana Gil Soto", "Luis Mora")),
        ("By Jane Doe in Growth", ("Jane Doe",)),
        ("Text: Jane Doe, Fotos: John Smith", ("Jane Doe",)),
        ("(责编:牛镛、岳弘彬)", ("牛镛", "岳弘彬")),
        ("105092", ()),
    ],
)
def test_titles_places_dates_and_labels_are_no_part_of_a_name(text, names):
    assert clean_authors([text], stated=True) == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ('<p class="byline"><a>Jane Doe</a> <span>Harbour Post</span></p>', ("Jane Doe",)),
        ('<p class="byline"><a class="n">Jane Doe</a><a class="n">John Smith</a></p>', ("Jane Doe", "John Smith")),
        ('<p class="author">Jane Doe<br>4 August 2010</p>', ("Jane Doe",)),
    ],
)
def test_what_the_markup_sets_off_from_a_name_is_no_part_of_it(body, names):
    assert find_byline(head_of(f"<h1>Bridge</h1>{body}")) == names


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("<p>Jane Doe | 05.04.2025</p>", ("Jane Doe",)),
        ("<p>Jane Doe</p><p>5 April 2025</p>", ("Jane Doe",)),
        (
            f"<p><strong>Jane Doe/John Smith</strong></p><p>{PARAGRAPHS[0]} {PARAGRAPHS[1]}</p>",
            ("Jane Doe", "John Smith"),
        ),
        ("<p>Middle East</p><p>5 April 2025</p>", ()),
        ("<p>Jane Doe</p><p>waved to the crowd</p>", ()),
    ],
)
def test_a_full_name_alone_below_the_headline_is_the_authors(lines, names):
    layout = layout_of(f"<ul><li><a href='/m'>Middle East</a></li></ul><h1>Bridge</h1>{lines}")
    assert named_at_headline(layout, ()) == names


def test_a_signature_counts_when_the_page_has_but_one():
    assert signed_line(layout_of("<p>Autor: Jane Doe</p>")) == ("Jane Doe",)
    assert signed_line(layout_of("<p>Autor: Jane Doe</p><p>Autor: John Smith</p>")) == ()


@pytest.mark.parametrize(
    "text", ["Reuters", "dpa", "APA/dpa", "Agence France-Presse", "Xinhua News Agency", "共同通信"]
)
def test_a_wire_agency_is_known_by_name_and_sign(text):
    assert is_agency(text)


@pytest.mark.parametrize("text", ["Harbour Post", "Ap", "Jane Doe", ""])
def test_what_is_no_agency_is_none(text):
    assert not is_agency(text)


def data(*authors):
    named = ", ".join(f'{{"@type": "{kind}", "name": "{name}"}}' for kind, name in authors)
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": [{named}]}}</script>'


def test_agencies_stand_apart_from_people():
    assert authors_of("", data(("Person", "Jane Doe"), ("Person", "dpa"))) == (("Jane Doe",), ("dpa",))


def test_the_publication_is_the_author_only_where_no_one_else_signs():
    head = data(("Person", "Harbour Post"))
    assert authors_of("<h1>Bridge</h1><p>By Jane Doe</p>", head)[0] == ("Jane Doe",)
    assert authors_of("<h1>Bridge</h1>", head)[0] == ("Harbour Post",)


def test_an_accounts_name_gives_way_to_the_full_one():
    body = '<h1>Bridge</h1><p class="byline">Jane Doe</p>'
    assert authors_of(body, data(("Person", "Jane")))[0] == ("Jane Doe",)
