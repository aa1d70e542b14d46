import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.boilerplate import load_rules, parse_credit, remove_boilerplate, source_rules
from pipelines.boilerplate.clean import decide_blocks
from pipelines.boilerplate.structure import Verdict
from pipelines.extract.measures import MEASURES
from pipelines.model import Article, Block, BlockKind, Image, ImageCredit, Source

RULES = load_rules()
CREDIT = "Photo Credit: The White House via Flickr"
CAPTION = "Russian Foreign Minister Sergey Lavrov with President Trump"
STORY = (
    "The council of Lund voted late in the evening to close the old bridge, which has carried trams since 1911.",
    "Engineers had warned for years that the deck would not last. “We asked for money every spring,” one of them said.",
    "Ferries will run until a new bridge stands. Nobody in the town hall could say who was going to pay for it.",
)
IMAGE = Image(content_url="https://news.example/1.jpg")
TAIL = ("Comments are closed.", "Loading Facebook Comments ...")


def article(*blocks: Block | str, **fields: object) -> Article:
    return Article(
        url="https://news.example/a",
        blocks=tuple(Block(text=block) if isinstance(block, str) else block for block in blocks),
        **fields,
    )


def texts(cleaned: Article) -> tuple[str, ...]:
    return tuple(block.text for block in cleaned.blocks)


def shaped(path: str, *, kind: BlockKind = BlockKind.PARAGRAPH, emphasis: str | None = None) -> list[Block]:
    return [Block(text=text, path=path, kind=kind, emphasis=emphasis) for text in (CREDIT, CAPTION)]


@pytest.mark.parametrize(
    "lead",
    [
        pytest.param([Block(text=CREDIT), Block(text=CAPTION)], id="own paragraphs, no path"),
        pytest.param([Block(text=CAPTION), Block(text=CREDIT)], id="caption first"),
        pytest.param([Block(text=f"{CREDIT} {CAPTION}", path="body > div > p")], id="one paragraph joined by a space"),
        pytest.param([Block(text=f"{CAPTION} {CREDIT}", path="body > div > p")], id="caption and credit joined"),
        pytest.param([Block(text=f"{CAPTION} {CREDIT}", path="body > figure > figcaption")], id="figcaption"),
        pytest.param(shaped("body > figure > figcaption > span"), id="spans in a figcaption"),
        pytest.param(shaped("body > article > div"), id="div"),
        pytest.param(shaped("body > article > p > em", emphasis="em"), id="em"),
        pytest.param(shaped("body > article > p > strong", emphasis="strong"), id="strong"),
        pytest.param(shaped("body > article > h5", kind=BlockKind.HEADING), id="h5"),
        pytest.param(shaped("body > article > h6", kind=BlockKind.HEADING), id="h6"),
        pytest.param(shaped("", kind=BlockKind.HEADING), id="heading of unknown level"),
        pytest.param(shaped("body > table > tr > td", kind=BlockKind.TABLE_ROW), id="table cells"),
        pytest.param([Block(text=CREDIT, image=0), Block(text=CAPTION, image=0)], id="at an image"),
    ],
)
def test_credit_and_caption_leave_the_text_in_every_shape(lead):
    cleaned = remove_boilerplate(article(*lead, *STORY, *TAIL, images=(IMAGE,)), RULES)

    assert texts(cleaned) == STORY
    (image,) = cleaned.images
    assert image.content_url == "https://news.example/1.jpg"
    assert image.caption == CAPTION
    assert image.credit == parse_credit(CREDIT)
    assert {removed.image for removed in cleaned.removed if removed.category in {"credit", "caption"}} == {0}


def test_without_any_image_credit_and_caption_make_one_together():
    cleaned = remove_boilerplate(article(CREDIT, CAPTION, *STORY), RULES)

    assert [(image.content_url, image.caption) for image in cleaned.images] == [(None, CAPTION)]


def test_a_credit_goes_to_the_image_before_it():
    images = (IMAGE, Image(content_url="https://news.example/2.jpg"))
    blocks = (STORY[0], Block(text="The old bridge", image=1), STORY[1], "Photo: Lena Orr", STORY[2])
    cleaned = remove_boilerplate(article(*blocks, images=images), RULES)

    assert [image.credit and image.credit.credit_text for image in cleaned.images] == [None, "Lena Orr"]
    assert texts(cleaned) == STORY


def test_an_image_keeps_the_credit_it_has():
    own = Image(
        content_url="https://news.example/1.jpg", credit=ImageCredit(credit_text="Lena Orr/Reuters", agency="Reuters")
    )
    cleaned = remove_boilerplate(article("Photo: Reuters", *STORY, images=(own,)), RULES)

    assert [image.credit.credit_text for image in cleaned.images] == ["Lena Orr/Reuters"]
    assert cleaned.removed[0].image == 0


def test_a_credit_that_contradicts_its_image_is_not_lost():
    own = attrs.evolve(IMAGE, credit=ImageCredit(credit_text="Lena Orr"))
    cleaned = remove_boilerplate(article("Photo: Tom Ray", *STORY, images=(own,)), RULES)

    assert [image.credit.credit_text for image in cleaned.images if image.credit] == ["Lena Orr", "Tom Ray"]


def test_a_credit_at_the_very_end_goes_too():
    assert texts(remove_boilerplate(article(*STORY, "(Foto: dpa)"), RULES)) == STORY


def test_the_standfirst_beside_a_credit_stays():
    standfirst = "A town waits for a bridge it cannot pay for"
    cleaned = remove_boilerplate(article(standfirst, CREDIT, *STORY, description=standfirst), RULES)

    assert texts(cleaned) == (standfirst, *STORY)


def test_a_section_heading_after_a_credit_stays():
    heading = Block(text="How it began", kind=BlockKind.HEADING, path="body > article > h2")

    assert texts(remove_boilerplate(article(CREDIT, heading, *STORY), RULES)) == ("How it began", *STORY)


def test_the_repeated_headline_and_the_byline_go():
    cleaned = remove_boilerplate(
        article("Bridge closed!", "Lena Orr, 12 May 2026", *STORY, headline="Bridge closed", authors=("Lena Orr",)),
        RULES,
    )

    assert texts(cleaned) == STORY
    assert [removed.category for removed in cleaned.removed] == ["headline", "byline"]


def test_linked_titles_after_the_story_go():
    links = [Block(text=f"Harbour row enters week {week}", link_density=1.0) for week in (2, 3)]

    assert texts(remove_boilerplate(article(*STORY, *links), RULES)) == STORY


def test_titles_under_a_related_label_go_with_it():
    items = [Block(text=text, kind=BlockKind.LIST_ITEM) for text in ("Ferry fares to rise", "Tram drivers on strike")]

    assert texts(remove_boilerplate(article(*STORY, "Related articles", *items), RULES)) == STORY


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "READ MORE: Ferry fares to rise",
        "Sign up for our daily newsletter",
        "Share on Facebook",
        "Foto: dpa",
    ],
)
def test_furniture_in_mid_article_goes(line):
    cleaned = remove_boilerplate(article(STORY[0], STORY[1], line, STORY[2], *STORY), RULES)

    assert line not in texts(cleaned)
    assert [removed.position for removed in cleaned.removed] == [2]


def test_a_biography_only_goes_near_the_end():
    bio = "Lena Orr is a reporter at The Courier covering the river."

    assert bio not in texts(remove_boilerplate(article(*STORY, bio), RULES))
    assert bio in texts(remove_boilerplate(article(*STORY, bio, *STORY), RULES))


def test_the_sources_own_rules_are_asked_first():
    source = Source(id="x", name="X", home_page="https://x.example/", boilerplate_phrases=("Comments are closed.",))
    cleaned = remove_boilerplate(article(*STORY, "Comments are closed."), (*source_rules(source), *RULES))

    assert [(removed.rule, removed.category) for removed in cleaned.removed] == [("source-phrase-1", "source")]


def test_an_article_is_never_emptied():
    assert texts(remove_boilerplate(article("Advertisement", "Comments are closed."), RULES)) == (
        "Advertisement",
        "Comments are closed.",
    )


def test_rules_that_would_take_much_of_the_prose_take_none_of_it():
    notices = [
        "This article was first published in The Harbour on 4 May, and has since been updated with much detail."
    ] * 3
    cleaned = remove_boilerplate(article("Bridge closed.", *notices, "Advertisement"), RULES)

    assert texts(cleaned) == ("Bridge closed.", *notices)


GONE = Verdict("comments-closed", "comments")
AT_IMAGE = Verdict("caption-at-image", "caption")
VOTED = frozenset({"trafilatura"})


def judged(*scores: float | None, votes: frozenset[str] = VOTED) -> list[Block]:
    """Return blocks of one letter each, with these scores."""
    return [
        Block(text=text, score=score, votes=votes, measures=(0.0,))
        for text, score in zip("abcdefgh", scores, strict=False)
    ]


def decided(blocks: list[Block], verdicts: dict[int, Verdict], *, suspects: tuple[int, ...] = ()) -> dict[int, str]:
    """Return index -> the rule of what goes when a block is text from .5 on."""
    gone = decide_blocks(blocks, verdicts, suspects, least=0.5)
    return {index: verdict.rule for index, verdict in gone.items()}


def test_a_verdict_stands_and_the_score_decides_on_the_rest():
    blocks = judged(0.9, 0.9, 0.2, 0.5)

    assert decided(blocks, {1: GONE}) == {1: "comments-closed", 2: "block-score"}


def test_the_rule_is_named_where_the_score_agrees():
    assert decided(judged(0.9, 0.1), {1: GONE}) == {1: "comments-closed"}


def test_a_block_without_score_goes_by_verdict_alone():
    assert decided(judged(None, None), {1: GONE}) == {1: "comments-closed"}


@pytest.mark.parametrize(("score", "goes"), [(0.9, False), (0.7, True), (None, True)])
def test_only_a_high_score_keeps_what_looks_like_a_caption(score, goes):
    assert (1 in decided(judged(0.9, score), {1: AT_IMAGE})) is goes


@pytest.mark.parametrize(
    ("changed", "suspects", "goes"),
    [
        pytest.param({}, (), False, id="all want it"),
        pytest.param({}, (3,), True, id="a rule's wording fits"),
        pytest.param({"score": 0.1}, (), True, id="very low score"),
        pytest.param({"path": "body > aside > p"}, (), True, id="elsewhere"),
        pytest.param({"votes": frozenset()}, (), True, id="nobody wants it"),
        pytest.param({"link_density": 0.5}, (), True, id="links"),
        pytest.param({"text": "Our reporters in Lund"}, (), True, id="no sentence"),
    ],
)
def test_a_sentence_among_the_storys_paragraphs_is_given_the_benefit_of_the_doubt(changed, suspects, goes):
    both = frozenset({"trafilatura", "region"})
    story = [Block(text=text, path="body > div > p", score=0.9, votes=both, measures=(0.0,)) for text in STORY]
    last = attrs.evolve(story[0], text="They wait in Lund.", score=0.3)

    assert (3 in decided([*story, attrs.evolve(last, **changed)], {}, suspects=suspects)) is goes


def test_where_no_score_is_high_enough_what_anybody_would_keep_stays():
    blocks = [*judged(0.1, 0.1), *judged(0.1, votes=frozenset())]

    assert set(decided(blocks, {1: GONE})) == {1, 2}


def test_where_nothing_would_be_left_verdicts_give_way():
    assert decided(judged(0.1, 0.1), {0: GONE, 1: GONE}) == {}


LINES = st.sampled_from(
    [*STORY, *TAIL, CREDIT, CAPTION, "Advertisement", "Related articles", "Photo: AP", "Vue © AFP", "x"]
)
BLOCKS = st.builds(
    Block,
    text=st.one_of(LINES, st.text(min_size=1, max_size=80).filter(str.strip)),
    kind=st.sampled_from(BlockKind),
    path=st.sampled_from(["", "body > figure > figcaption", "body > div.author-bio > p", "body > h5"]),
    link_density=st.sampled_from([0.0, 1.0]),
    image=st.sampled_from([None, 0, 1, 7]),
    votes=st.sampled_from([frozenset(), frozenset({"trafilatura"}), frozenset({"trafilatura", "region"})]),
    measures=st.sampled_from([(), *((value,) * len(MEASURES) for value in (-1.0, 0.0, 0.5, 1.0, 20.0))]),
)


@given(
    st.builds(
        Article,
        url=st.just("https://news.example/a"),
        headline=st.sampled_from([None, CAPTION, STORY[0]]),
        authors=st.sampled_from([(), ("Lena Orr",)]),
        blocks=st.lists(BLOCKS, max_size=12).map(tuple),
        images=st.sampled_from([(), (IMAGE, Image(caption="The harbour"))]),
    )
)
def test_kept_plus_removed_is_the_input_in_its_order(given_article):
    cleaned = remove_boilerplate(given_article, RULES)
    positions = [removed.position for removed in cleaned.removed]
    unscored = [attrs.evolve(removed.block, score=None) for removed in cleaned.removed]
    rest = [block for position, block in enumerate(given_article.blocks) if position not in set(positions)]

    assert positions == sorted(set(positions))
    assert unscored == [given_article.blocks[position] for position in positions]
    assert [attrs.evolve(block, score=None) for block in cleaned.blocks] == rest
    assert cleaned.blocks or not any(block.votes or not block.measures for block in given_article.blocks)
    assert all(removed.image is None or removed.image < len(cleaned.images) for removed in cleaned.removed)
    assert len(cleaned.images) >= len(given_article.images)
