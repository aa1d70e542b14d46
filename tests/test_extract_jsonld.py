import pytest

from pipelines.extract.article import parse_html
from pipelines.extract.jsonld import find_article, identified, parse_json, read_json_ld, resolve, texts_of
from tests.extract_pages import document


def nodes_of(data):
    tree = parse_html(document("<p>x</p>", f'<script type="application/ld+json">{data}</script>'))
    return read_json_ld(tree.iter("script"))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "b"}',
        '<!-- {"a": "b"} -->',
        '//<![CDATA[\n{"a": "b"}\n//]]>',
        '{"a": "b",}',
        '{/* note */ "a": "b"}',
        '{"a": "b"};',
        '{"a": "b"}\n{"c": 1}',
    ],
)
def test_what_publishers_write_is_read(text):
    assert parse_json(text) == {"a": "b"}


def test_raw_line_breaks_bad_escapes_and_urls_survive():
    assert parse_json('{"a": "x\n\\y", "u": "https://a.example//b", }') == {"a": "x\n\\y", "u": "https://a.example//b"}


@pytest.mark.parametrize("text", ["", "not json", "{" * 5000])
def test_what_cannot_be_read_is_none(text):
    assert parse_json(text) is None


def test_the_article_is_found_in_a_graph_beside_other_things():
    data = '{"@graph": [{"@type": "WebPage", "name": "p"}, {"@type": ["NewsArticle"], "headline": "h"}]}'
    assert find_article(nodes_of(data))["headline"] == "h"


def test_of_several_articles_the_one_that_names_the_page_is_its_own():
    data = """[{"@type": "NewsArticle", "headline": "other", "url": "https://a.example/other", "image": "i"},
        {"@type": "NewsArticle", "headline": "own", "mainEntityOfPage": {"@id": "https://a.example/own/"}}]"""
    assert find_article(nodes_of(data), "https://a.example/own")["headline"] == "own"


def test_a_reference_leads_to_the_fullest_object_of_that_name():
    known = identified(nodes_of('[{"@type": "Person", "@id": "#j"}, {"@type": "Person", "@id": "#j", "name": "Jane"}]'))
    assert resolve({"@id": "#j"}, known)[0]["name"] == "Jane"


def test_strings_are_found_in_every_shape():
    assert list(texts_of(["A &amp; B", {"name": ["C"]}, [{"name": "<b>D</b>"}], {"url": "x"}])) == ["A & B", "C", "D"]
