import pytest

from pipelines.extract.article import parse_html
from pipelines.extract.jsonld import find_article, parse_json, read_json_ld, texts_of
from tests.extract_pages import document


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
    nodes = read_json_ld(parse_html(document("<p>x</p>", f'<script type="application/ld+json">{data}</script>')))
    assert find_article(nodes)["headline"] == "h"


def test_strings_are_found_in_every_shape():
    assert list(texts_of(["A &amp; B", {"name": ["C"]}, [{"name": "<b>D</b>"}], {"url": "x"}])) == ["A & B", "C", "D"]
