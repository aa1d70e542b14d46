import pytest

from pipelines.extract.article import parse_html
from pipelines.extract.segments import element_path, read_layout
from pipelines.model import BlockKind
from tests.extract_pages import document


def segments(body: str):
    return read_layout(parse_html(document(body))).segments


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>Photo: A. Brown<br>The bridge in March</p>", ["Photo: A. Brown", "The bridge in March"]),
        ("<p>This line goes<br>on in mid-sentence.</p>", ["This line goes on in mid-sentence."]),
        ("<div>One.<br><br>two.<br>Three.</div>", ["One.", "two.", "Three."]),
        ("<div>Before <p>inside</p> after</div>", ["Before", "inside", "after"]),
        ("<p>a<script>b</script>c</p>", ["ac"]),
        ("<table><tr><td>Mon</td><td>12</td></tr></table>", ["Mon | 12"]),
        ("<p>soft\u00adhyphen and\u200b zero</p>", ["softhyphen and zero"]),
    ],
)
def test_lines_are_what_a_reader_sees(body, lines):
    assert [segment.text for segment in segments(body)] == lines


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<h3>a</h3>", BlockKind.HEADING),
        ("<ul><li><p>a</p></li></ul>", BlockKind.LIST_ITEM),
        ("<blockquote><p>a</p></blockquote>", BlockKind.QUOTE),
        ("<pre>a</pre>", BlockKind.CODE),
        ("<tr><td>a</td></tr>", BlockKind.PARAGRAPH),
    ],
)
def test_the_element_tells_the_kind(body, kind):
    assert segments(body)[0].kind is kind


@pytest.mark.parametrize(
    ("body", "emphasis"),
    [
        ("<p><em>all of it</em></p>", "em"),
        ("<p><span><small>all</small></span></p>", "small"),
        ("<p><span>all</span></p>", "span"),
        ("<p><em>part</em> of it</p>", None),
        ("<p><em>one</em> <em>two</em></p>", None),
    ],
)
def test_emphasis_holds_the_whole_text_or_is_none(body, emphasis):
    assert segments(body)[0].emphasis == emphasis


def test_link_density_is_the_share_of_linked_characters():
    assert segments('<p><a href="/x">12345</a>12345</p>')[0].link_density == 0.5


def test_a_path_names_tags_classes_and_ids_below_the_body():
    (segment,) = segments('<div id="main" class="col wide"><p class="lead">a</p></div>')
    assert element_path(segment.element, {}) == "div.col.wide#main > p.lead"


def test_an_image_knows_the_line_it_stands_before():
    layout = read_layout(parse_html(document("<p>one</p><img src=a.jpg><p>two</p>")))
    assert [spot.before for spot in layout.image_spots] == [1]
