import io
import re

import attrs
import lxml.html
import pytest
from rich.console import Console

from pipelines.explain import Decision, explain_page, explanation_html, print_explanation
from pipelines.explain.explanation import Explanation, Line
from pipelines.model import Article, Block, BlockKind, Cause, Claim, Confidence, Image, RemovedBlock
from tests.extract_pages import PARAGRAPHS, article, document, page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt;</p>"


def hostile_explanation() -> Explanation:
    """Everything that a page can say, said by a page that means harm."""
    block = Block(text=HOSTILE, votes=frozenset({"region"}), score=0.5)
    removed = RemovedBlock(block=block, position=1, rule="x-rule", category="share", image=0)
    image = Image(content_url=f"javascript:{HOSTILE}", caption=HOSTILE)
    found = Article(
        url="https://h.example/a",
        headline=HOSTILE,
        authors=(HOSTILE,),
        in_language='"><script>',
        publisher=HOSTILE,
        blocks=(block,),
        removed=(removed,),
        images=(image,),
        claims=(Claim(field="headline", value=HOSTILE, origins=("og",), chosen=True, reason=HOSTILE),),
        confidence=Confidence(value=0.5, causes=(Cause(signal=HOSTILE, effect=-1.0),)),
    )
    lines = (
        Line(text=HOSTILE, kind=BlockKind.PARAGRAPH, decision=Decision.KEPT, block=block),
        Line(text=HOSTILE, kind=BlockKind.PARAGRAPH, decision=Decision.MOVED, block=block, removed=removed, image=0),
        *(Line(text=HOSTILE, kind=BlockKind.HEADING, decision=Decision.LEFT, level=2),) * 9,
    )
    return Explanation(url=f"https://h.example/{HOSTILE}", article=found, refused=HOSTILE, lines=lines)


def printed(explanation: Explanation, *, full: bool = False, **options) -> str:
    out = io.StringIO()
    print_explanation(Console(file=out, width=90, highlight=False, markup=False, **options), explanation, full=full)
    return out.getvalue()


def test_every_line_of_the_page_is_told_in_its_order():
    explained = explain_page(page(article(inside="<p>Share this article</p>")))
    told = {line.text: line.decision for line in explained.lines}
    assert [line.text for line in explained.lines if line.decision is Decision.KEPT] == list(PARAGRAPHS)
    assert told["Home"] is Decision.LEFT
    assert told["Share this article"] is told["Harbour Post"] is Decision.CUT
    assert [line.text for line in explained.lines][:2] == ["Home", "Politics"]
    assert explained.count(Decision.KEPT) == 4
    assert explained.refused is None


def test_the_headline_is_told_as_the_field_it_became():
    (line,) = [line for line in explain_page(page(article())).lines if line.text == "Old bridge to close"]
    assert (line.field, line.level) == ("headline", 1)


def test_a_page_that_is_refused_is_explained_as_well():
    explained = explain_page(page(document("<h1>Page not found</h1><p>Nothing stands here.</p>")))
    assert "not an article" in explained.refused
    assert "Nothing stands here." in [line.text for line in explained.lines]


def test_a_page_without_text_is_explained():
    explained = explain_page(page(document("<h1></h1>")))
    assert (explained.article, explained.lines) == (None, ())
    assert "<html" in explanation_html(explained)


def test_a_block_that_is_no_line_of_the_page_comes_after_the_one_before():
    explained = explain_page(page(article()))
    assert all(line.block is not None for line in explained.lines if line.decision is not Decision.LEFT)


def test_the_terminal_has_one_line_a_block_cut_to_the_width():
    lines = printed(explain_page(page(article()))).splitlines()
    kept = [line for line in lines if line.startswith("+ kept")]
    assert len(kept) == 4
    assert all(len(line) <= 90 for line in kept)
    assert any("Confidence" in line for line in lines)


def test_full_texts_and_all_of_the_page_are_shown_on_demand():
    full = printed(explain_page(page(article())), full=True)
    assert PARAGRAPHS[3] in full
    assert "Politics" in full


def test_there_is_colour_on_a_terminal_alone(monkeypatch):
    explained = explain_page(page(article()))
    assert "\x1b[" not in printed(explained)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in printed(explained, force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3\d", printed(explained, force_terminal=True, color_system="standard"))


def test_nothing_of_the_page_is_markup_in_a_terminal():
    assert "[red]gone" in printed(attrs.evolve(hostile_explanation(), refused="[red]gone"))


def test_nothing_of_the_page_is_markup_in_the_file():
    tree = lxml.html.document_fromstring(explanation_html(hostile_explanation()))
    assert not tree.xpath("//script | //img | //iframe | //object | //*[@onerror or @onload or @style]")
    assert not [href for href in tree.xpath("//@href") if href.startswith("javascript")]
    texts = tree.xpath("//p[contains(@class, 'text')]")
    assert {text.text_content() for text in texts} == {HOSTILE}
    assert not tree.xpath("//@lang[contains(., '<')]/..//script")


def test_the_file_needs_nothing_and_forbids_everything():
    html = explanation_html(hostile_explanation())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    tree = lxml.html.document_fromstring(html)
    assert not tree.xpath("//link | //@src | //form")


def test_no_decision_is_told_by_colour_alone():
    tree = lxml.html.document_fromstring(explanation_html(hostile_explanation()))
    marks = [mark.text_content() for mark in tree.xpath("//div[@class='mark']")]
    assert marks[:2] == ["+ kept", "→ image 1"]
    assert tree.xpath("//li[@id='image-1']")
    assert tree.xpath("//a[@href='#image-1']")


def test_long_runs_of_other_lines_are_folded_where_a_keyboard_opens_them():
    tree = lxml.html.document_fromstring(explanation_html(hostile_explanation()))
    (fold,) = tree.xpath("//details[@class='fold']")
    assert "9 lines" in fold.find("summary").text_content()


@pytest.mark.parametrize("text", ["القرار لك وحدك.", "この法律ができて四年になる。", "הכול על הנמל."])
def test_each_text_stands_in_its_own_direction(text):
    line = Line(text=text, kind=BlockKind.PARAGRAPH, decision=Decision.KEPT)
    html = explanation_html(Explanation(url="https://h.example/", article=None, refused=None, lines=(line,)))
    (shown,) = lxml.html.document_fromstring(html).xpath("//p[contains(@class, 'text')]")
    assert (shown.text_content(), shown.get("dir")) == (text, "auto")
