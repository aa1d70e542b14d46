import pytest

from pipelines.boilerplate import load_rules, remove_boilerplate
from pipelines.model import Article, Block, BlockKind, Image

STORY = (
    "The bridge at Saltmere turned again on Tuesday evening, eleven months after a barge knocked it off its pivot.",
    "Some four hundred people stood on both quays to see whether the span would stop where it should, and it did.",
    "The closing had cut the town in two, and schoolchildren from the Ropewalk went to class by ferry all winter.",
)
PATH = "main > article > div.body > p"


def cleaned(*blocks, **fields):
    article = Article(url="https://news.example/a", headline="A bridge", blocks=blocks, **fields)
    return remove_boilerplate(article, load_rules())


def story(*after, before=(), **fields):
    body = [Block(text=text, path=PATH) for text in STORY]
    article = cleaned(*before, *body, *after, **fields)
    assert [block.text for block in article.blocks if block.text in STORY] == list(STORY)
    return [removed.block.text for removed in article.removed]


@pytest.mark.parametrize(
    "text",
    [
        "【広告】",
        "[Advertisement]",
        "(Anzeige)",
        "The Ledger on Friday: subscribe to our newsletter.",
        "Das Blatt am Sonntag: abonnieren Sie unseren Newsletter.",
    ],
)
def test_furniture_is_known_in_its_dress(text):
    assert story(Block(text=text)) == [text]


def test_a_row_of_links_is_furniture_when_one_of_them_is():
    row, told = "Share | Mail this | Something else", Block(text=STORY[0] + " So it stayed.", path=PATH)

    assert story(Block(text=row, link_density=0.8, path=PATH), told) == [row]
    assert story(Block(text=row, link_density=0.0, path=PATH), told) == []


def test_a_sign_quoted_in_the_story_stays():
    told = Block(text="The sign on Monday said: subscribe to our newsletter.", path=PATH)

    assert cleaned(told, *(Block(text=text, path=PATH) for text in STORY)).removed == ()


def test_the_name_of_the_section_before_the_story_goes():
    kicker = Block(text="Region", path="main > article > p.k", kind=BlockKind.HEADING)

    assert story(before=(kicker,), article_section="Region") == ["Region"]
    assert story(before=(kicker,), article_section="Culture") == []


def test_a_note_on_the_author_beside_the_story_goes():
    text = "Tamsin Orrey covers the waterfront and was born within sight of the bridge."
    apart = Block(text=text, path="main > article > div.about > p")
    within = Block(text="Tamsin Orrey walked home along the quay, as every night.", path=PATH)

    assert story(apart, authors=("Tamsin Orrey",)) == [text]
    assert story(within, authors=("Tamsin Orrey",)) == []
    assert story(apart, authors=("Ivy Denewell",)) == []


def test_a_sentence_between_an_image_and_its_credit_is_its_caption():
    caption = Block(text="The span was last painted in 1958, by hand.", path=PATH, image=0)
    credit = Block(text="© Town Archive", path=PATH, image=0)
    article = cleaned(
        *(Block(text=text, path=PATH) for text in STORY[:2]),
        caption,
        credit,
        Block(text=STORY[2], path=PATH),
        images=(Image(content_url="https://news.example/1.jpg"),),
    )

    assert [block.text for block in article.blocks] == list(STORY)
    assert article.images[0].caption == caption.text
    assert article.images[0].credit.credit_text == "Town Archive"


def test_a_credit_printed_in_a_caption_is_set_apart():
    [image] = cleaned(
        *(Block(text=text) for text in STORY), images=(Image(caption="The span at night (Photo by Jory Penhale)"),)
    ).images

    assert image.caption == "The span at night"
    assert image.credit.credit_text == "Jory Penhale"


def test_what_people_also_say_is_spared():
    assert story(Block(text="No comment.", path=PATH), Block(text=STORY[0] + " Again.", path=PATH)) == []
