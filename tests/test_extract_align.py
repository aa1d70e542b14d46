import pytest

from pipelines.extract.align import find_lines
from pipelines.extract.article import parse_html
from pipelines.extract.segments import read_layout
from tests.extract_pages import PARAGRAPHS, document


def found(texts, body):
    return sorted(find_lines(texts, read_layout(parse_html(document(body))).segments))


def test_a_line_finds_its_segment_in_reading_order():
    body = f"<p>{PARAGRAPHS[0]}</p><p>again</p><p>{PARAGRAPHS[1]}</p><p>again</p>"
    assert found([PARAGRAPHS[1], "again"], body) == [2, 3]


def test_a_line_that_stood_earlier_is_found_where_none_follows():
    body = f"<p>once</p><p>{PARAGRAPHS[0]}</p>"
    assert found([PARAGRAPHS[0], "once"], body) == [0, 1]


def test_a_line_over_several_segments_stands_for_each_of_them():
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert found([" ".join(PARAGRAPHS)], body) == [0, 1, 2, 3]


def test_links_that_came_along_with_a_region_are_not_chosen():
    teaser = "<p><a href='/n/1'>Another story with a long headline</a></p>"
    body = f"<p>{PARAGRAPHS[0]}</p>{teaser}<p>{PARAGRAPHS[1]}</p>"
    assert found([f"{PARAGRAPHS[0]} Another story with a long headline {PARAGRAPHS[1]}"], body) == [0, 2]


@pytest.mark.parametrize("text", ["Not in the page.", "", "—"])
def test_text_that_the_page_lacks_is_nowhere(text):
    assert found([text], "<p>Something else.</p>") == []


def test_text_between_known_segments_does_not_hide_them():
    body = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    assert found([f"{PARAGRAPHS[0]} And this. {PARAGRAPHS[1]}"], body) == [0, 1]


def test_a_part_of_a_segment_stands_for_the_whole():
    assert found([PARAGRAPHS[0]], f"<p>{PARAGRAPHS[0]} Share</p>") == [0]


def test_a_short_word_is_not_sought_within_others():
    assert found(["again"], f"<p>{PARAGRAPHS[0]} And again.</p>") == []
