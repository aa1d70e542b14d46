from pipelines.extract.align import align_lines
from pipelines.extract.article import parse_html
from pipelines.extract.segments import read_layout
from tests.extract_pages import PARAGRAPHS, document


def aligned(lines, body):
    layout = read_layout(parse_html(document(body)))
    return [
        (piece.text, piece.segment.index if piece.segment else None) for piece in align_lines(lines, layout.segments)
    ]


def test_a_line_finds_its_segment_in_reading_order():
    body = f"<p>{PARAGRAPHS[0]}</p><p>again</p><p>{PARAGRAPHS[1]}</p><p>again</p>"
    assert [index for _, index in aligned([PARAGRAPHS[1], "again"], body)] == [2, 3]


def test_a_line_over_several_segments_is_cut_along_them():
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert aligned([" ".join(PARAGRAPHS)], body) == [(text, index) for index, text in enumerate(PARAGRAPHS)]


def test_text_that_the_page_lacks_is_kept_without_a_place():
    assert aligned(["Not in the page."], "<p>Something else.</p>") == [("Not in the page.", None)]


def test_text_between_known_segments_is_kept():
    body = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    line = f"{PARAGRAPHS[0]} And this. {PARAGRAPHS[1]}"
    assert aligned([line], body) == [(PARAGRAPHS[0], 0), ("And this.", None), (PARAGRAPHS[1], 1)]


def test_a_part_of_a_segment_keeps_the_extractors_words():
    assert aligned([PARAGRAPHS[0]], f"<p>{PARAGRAPHS[0]} Share</p>") == [(PARAGRAPHS[0], 0)]
