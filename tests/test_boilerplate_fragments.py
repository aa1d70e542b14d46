import pytest

from pipelines.boilerplate import load_rules, remove_boilerplate
from pipelines.model import Article, Block, BlockKind

HOME = "main > article > div.body > p"
STORY = tuple(
    Block(text=text, path=HOME)
    for text in (
        "The bridge at Saltmere turned again on Tuesday evening, eleven months after a barge knocked it off its pivot.",
        "Some four hundred people stood on both quays to see whether the span would stop where it should, and it did.",
        "The closing had cut the town in two, and schoolchildren from the Ropewalk went to class by ferry all winter.",
    )
)


def kept(*blocks, **fields):
    article = Article(url="https://news.example/a", headline="A bridge", blocks=blocks, **fields)
    return [block.text for block in remove_boilerplate(article, load_rules()).blocks if block not in STORY]


def block(text, path=HOME, **fields):
    return Block(text=text, path=path, **fields)


@pytest.mark.parametrize("text", ["Sort by oldest", "Уведомить о новых", "次の記事", "Anything at all"])
def test_what_ends_the_page_without_being_a_sentence_goes(text):
    assert kept(*STORY, block(text)) == []
    assert kept(*STORY, block(text, kind=BlockKind.HEADING)) == []


def test_a_short_sentence_may_end_the_story():
    assert kept(*STORY, block("Nobody laughed.")) == ["Nobody laughed."]


def test_a_list_may_end_the_story_and_a_lonely_item_may_not():
    items = [
        block(text, path="main > article > div.body > ul > li", kind=BlockKind.LIST_ITEM)
        for text in ("Croatia, sixth appearance", "Wales, first appearance")
    ]

    assert kept(*STORY, *items) == [item.text for item in items]
    assert kept(*STORY, items[0]) == []


def test_what_stands_alone_beside_the_story_goes():
    aside = block("Something for later", path="main > article > div.body > div.box > p")

    assert kept(STORY[0], aside, *STORY[1:]) == []
    assert kept(STORY[0], block("Something for later"), *STORY[1:]) == ["Something for later"]


@pytest.mark.parametrize("kind", [BlockKind.HEADING, BlockKind.QUOTE, BlockKind.TABLE_ROW])
def test_headings_quotes_and_tables_within_the_story_stay(kind):
    aside = block("Something for later", path="main > article > div.body > div.box > p", kind=kind)

    assert kept(STORY[0], aside, *STORY[1:]) == [aside.text]


def test_a_tiny_line_before_the_story_goes_and_a_standfirst_stays():
    standfirst = "Eleven months after a barge hit it, the swing bridge works again"

    assert kept(block("Text size"), block(standfirst), *STORY) == [standfirst]


def test_the_description_is_no_fragment():
    assert kept(block("A bridge works again"), *STORY, description="A bridge works again") == ["A bridge works again"]
