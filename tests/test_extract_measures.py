import math

import pytest

from pipelines.extract.article import parse_html
from pipelines.extract.body import read_body
from pipelines.extract.measures import MEASURES, Known, measure_lines, words_of
from pipelines.extract.segments import read_layout, text_key
from tests.extract_pages import PARAGRAPHS, URL, article, document

INSIDE = """<p>Old bridge to close, the council says</p>
<aside class="related-box"><p><a href="/n/1">Ferry line to run again</a></p>
<p><a href="/n/2">School gets a roof</a></p></aside>
<ul><li>9 million crowns</li></ul><p><em>All of it in italics.</em></p>"""


def measured(html, known=None):
    """Return the measures of each line of a page that has different lines, by name."""
    tree = parse_html(html)
    segments = read_layout(tree).segments
    body = read_body(tree, segments, url=URL)
    rows = measure_lines(segments, chosen=body.chosen, region=body.region, known=known or Known())
    return {line.text: dict(zip(MEASURES, row, strict=True)) for line, row in zip(segments, rows, strict=True)}


@pytest.fixture(scope="module")
def lines():
    known = Known(
        headline="Old bridge to close",
        description="The ferry is to run every ten minutes",
        body=text_key(" ".join(PARAGRAPHS[:2])),
        authors=frozenset({text_key("Mira Holt")}),
    )
    return measured(article(inside=INSIDE), known)


def test_every_measure_has_one_name():
    assert len(set(MEASURES)) == len(MEASURES)


def test_a_page_without_lines_measures_nothing():
    assert measure_lines([], chosen=(), region=(), known=Known()) == []


@pytest.mark.parametrize(
    "body", ["<p>x</p>", "<p>—</p>", "<h1>A</h1>", "<table><tr><td>1</td></tr></table>", "<p>。</p>"]
)
def test_the_smallest_page_is_measured_in_finite_numbers(body):
    (line,) = measured(document(body)).values()

    assert all(math.isfinite(value) for value in line.values())


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        (PARAGRAPHS[1], {"sentences": 2, "ends_sentence": 1, "link_density": 0, "is_prose": 1, "is_chosen": 1}),
        (
            "Ferry line to run again",
            {"link_density": 1, "ends_sentence": 0, "words": 5, "above_box": 1, "above_text": 1},
        ),
        ("9 million crowns", {"is_item": 1, "words": 3, "capitals": 0}),
        ("All of it in italics.", {"is_emphasised": 1}),
        ("Old bridge to close", {"level": 1, "like_headline": 1, "from_headline": 0, "in_article": 1}),
        ("Harbour Post", {"in_footer": 1, "in_article": 0, "in_story": 0}),
        ("Home", {"like_headline": 0, "to_last": 11, "from_headline": -1, "is_chosen": 0}),
    ],
)
def test_a_line_is_measured_by_form_and_place(lines, text, measures):
    assert {name: lines[text][name] for name in measures} == measures


def test_what_the_page_says_elsewhere_is_recognised(lines):
    assert lines[PARAGRAPHS[0]]["in_declared_body"] == 1
    assert lines[PARAGRAPHS[2]]["in_declared_body"] == 0
    assert lines[PARAGRAPHS[2]]["names_author"] == 1
    assert 0 < lines[PARAGRAPHS[2]]["like_description"] < 1
    assert 0.5 < lines["Old bridge to close, the council says"]["like_headline"] < 1


def test_what_the_page_does_not_say_is_no_zero():
    assert measured(article())[PARAGRAPHS[0]]["in_declared_body"] == -1


def test_a_line_said_twice_is_known_at_the_second_time():
    tree = parse_html(document("<p>Read on</p><p>Alone</p><p>Read on</p>"))
    segments = read_layout(tree).segments
    rows = measure_lines(segments, chosen=(), region=(), known=Known())
    before, again = MEASURES.index("said_before"), MEASURES.index("said_again")

    assert [(row[before], row[again]) for row in rows] == [(0, 1), (0, 0), (1, 1)]


def test_the_length_of_east_asian_text_counts_for_more():
    japanese, english = "橋は二〇二七年まで閉鎖される。", "The bridge shuts."
    lines = measured(document(f"<p>{japanese}</p><p>{english}</p>"))

    assert lines[japanese]["length"] > lines[english]["length"]


def test_words_are_compared_without_case_and_east_asian_text_by_pairs():
    assert words_of("Old OLD bridge") == {"old", "bridge"}
    assert words_of("橋は閉鎖") == {"橋は", "は閉", "閉鎖"}
    assert words_of("") == frozenset()
