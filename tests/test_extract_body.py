import time

import pytest
import trafilatura

from pipelines.extract import body as room
from pipelines.extract.article import parse_html
from pipelines.extract.body import REACH, Body, read_body
from pipelines.extract.region import main_region, story_frame
from pipelines.extract.segments import MAX_SEGMENTS, read_layout
from pipelines.workers import read_article
from tests.extract_pages import PARAGRAPHS, URL, article, document, page

STORY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def read(html):
    tree = parse_html(html)
    segments = read_layout(tree).segments
    return read_body(tree, segments, url=URL), segments


def votes(html):
    """Return text -> who would keep it, of the candidates."""
    body, _ = read(html)
    return {line.text: body.votes(line) for line in body.lines}


def test_each_voter_is_named():
    told = votes(article(inside="<p>Read more in the evening paper</p>"))

    assert told[PARAGRAPHS[0]] == {"trafilatura", "region"}
    assert told["Harbour Post"] == set()


def test_lines_that_no_voter_keeps_are_candidates_within_reach():
    before = "".join(f"<p>Item {number}</p>" for number in range(REACH + 5))
    after = "".join(f"<p>Note {number}</p>" for number in range(REACH + 5))
    told = votes(document(f"<div>{before}</div><article>{STORY}</article><div>{after}</div>"))
    texts = list(told)

    assert texts[:REACH] == [f"Item {number}" for number in range(5, REACH + 5)]
    assert texts[-REACH:] == [f"Note {number}" for number in range(REACH)]
    assert texts[REACH:-REACH] == list(PARAGRAPHS)


def test_a_bare_link_is_no_candidate_unless_a_voter_keeps_it():
    told = votes(article(inside='<p><a href="/n/1">Ferry line to run again in spring</a></p>'))

    assert [text for text, keepers in told.items() if text in {"Home", "Politics"} and not keepers] == []


def test_the_candidates_are_in_page_order_and_each_once():
    body, segments = read(article(inside=STORY))

    assert [line.index for line in body.lines] == sorted({line.index for line in body.lines})
    assert set(body.lines) <= set(segments)
    assert body.chosen | body.region <= {line.index for line in body.lines}


@pytest.mark.parametrize("html", [document(""), document("<h1></h1>"), document("<img src='/a.jpg'>")])
def test_a_page_without_text_has_no_candidates(html):
    assert read(html)[0] == Body()


@pytest.mark.parametrize("fault", [ValueError("x"), RecursionError(), AttributeError("text")])
def test_the_region_stands_in_where_trafilatura_fails(monkeypatch, fault):
    def fail(*_, **__):
        raise fault

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    body, _ = read(article())

    assert body.chosen == frozenset()
    assert [line.text for line in body.wanted] == list(PARAGRAPHS)


def test_the_wanted_lines_are_those_that_trafilatura_keeps():
    body, segments = read(article())

    assert [line.text for line in Body(lines=tuple(segments), chosen=frozenset({0})).wanted] == [segments[0].text]
    assert set(PARAGRAPHS) <= {line.text for line in body.wanted}


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (f"<table><tr><td><h1>Old bridge to close</h1>{STORY}</td></tr></table>", 0),
        (f"<table><tr><td><table><tr><td>{STORY}</td></tr></table></td></tr></table>", 0),
        (f"<table><tr><td>{STORY}</td><td>Home</td></tr></table>", 0),
        ("<table><tr><td>Mon</td><td>12</td></tr><tr><td>Tue</td><td>14</td></tr></table>", 1),
    ],
)
def test_tables_that_lay_out_the_page_are_unfolded_and_data_stays(table, rows):
    tree = parse_html(document(table))
    room._unfold_layout_tables(tree)

    assert len(tree.findall(".//table")) == rows


def test_unfolding_leaves_the_page_as_it_is():
    tree = parse_html(document(f"<table><tr><td><h1>Old bridge to close</h1>{STORY}</td></tr></table>"))
    read_body(tree, read_layout(tree).segments, url=URL)

    assert tree.find(".//table") is not None


@pytest.mark.parametrize(
    ("html", "frame"),
    [
        (document(f"<main><article><h1>Old bridge</h1>{STORY}</article></main>"), "article"),
        (document(f"<header><h1>Old bridge</h1></header><div>{STORY}</div>"), "body"),
        (document(f"<main><div>{STORY}</div></main>"), "div"),
        (
            document(f"<main><h1>Old bridge</h1>{STORY}</main><ol class='comments'><li><p>{PARAGRAPHS[0]}</p></ol>"),
            "main",
        ),
        (document("<h1>Old bridge</h1><p>short</p>"), None),
    ],
)
def test_the_storys_frame_holds_the_headline_and_nearly_all_prose(html, frame):
    found = story_frame(read_layout(parse_html(html)).segments)

    assert (found.tag if found is not None else None) == frame


def test_the_region_ends_with_its_last_prose():
    segments = read_layout(parse_html(document(f"<div>Menu{STORY}<p>Tags</p></div>"))).segments

    assert [line.text for line in main_region(segments)] == list(PARAGRAPHS)


ENOUGH = 20.0
"""Seconds of the processor, some five times what such a page takes: quadratic work takes minutes."""


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('<p>Read also: <a href="/n/{0}">Ferry line to run again</a></p>', id="read also"),
        pytest.param("<p>{1} Number {0}.</p>", id="paragraphs"),
        pytest.param("<p>{1}</p>", id="the same paragraph"),
        pytest.param("<li>x</li>", id="the same letter"),
    ],
)
def test_a_page_of_20000_lines_takes_time_in_proportion(line):
    html = article(inside="".join(line.format(number, PARAGRAPHS[0]) for number in range(20_000)))
    began = time.process_time()
    found = read_article(page(html), min_confidence=0)

    assert time.process_time() - began < ENOUGH
    assert len(found.blocks) + len(found.removed) <= MAX_SEGMENTS
