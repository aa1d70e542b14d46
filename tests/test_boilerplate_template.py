import pytest

from pipelines.boilerplate.template import Side, known_furniture, name_place, place_sides, read_marks, template_verdicts
from pipelines.model import Article, Block, BlockKind, Furniture, RemovedBlock

PROSE = (
    "The bridge reopened on Tuesday evening, and some four hundred people came to see it.",
    "Nobody had expected so many, said the harbour master, who had brought two lamps.",
)
BOX = "article > div.newsletter-box > p"
BODY = "article > div.story-body > p"


def story(*texts, path=BODY):
    return tuple(Block(text=text, path=path) for text in texts)


def article(*blocks, **fields):
    return Article(url="https://courier.example/a", blocks=blocks, **fields)


def key_of(text, *, path=BODY, kind=BlockKind.PARAGRAPH, **fields):
    (mark,) = read_marks(article(**fields), [Block(text=text, path=path, kind=kind)])
    return mark and mark.key


def taken(article, *, keys, anywhere=False):
    template = [Furniture(key=key, articles=9, anywhere=anywhere) for key in keys]
    return {article.blocks[index].text for index in template_verdicts(article, article.blocks, template)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Updated 12:30", "updated 9:05"),
        ("3 min read", "12 min read"),
        ("Sign up  now!", "SIGN UP NOW"),
        ("Don\u2019t miss it", "Don't miss it"),
    ],
)
def test_lines_that_differ_in_numbers_case_and_signs_are_one(one, other):
    assert key_of(one) == key_of(other)


def test_the_articles_own_authors_and_headline_are_one_sign():
    ada = key_of("More by Ada Lund", authors=("Ada Lund",))

    assert ada == key_of("More by Jory Penhale", authors=("Jory Penhale",))
    assert ada != key_of("More by Jory Penhale", authors=("Ada Lund",))


def test_numbers_of_a_table_are_what_it_tells():
    rows = [key_of(text, kind=BlockKind.TABLE_ROW) for text in ("North | 12", "North | 14")]

    assert rows[0] != rows[1]


def test_the_same_words_in_another_place_are_another_block():
    assert key_of("Sign up now") != key_of("Sign up now", path=BOX)


@pytest.mark.parametrize("text", ["***", "12", "\u2014", "4/5"])
def test_a_line_without_words_has_no_key(text):
    assert key_of(text) is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("div.story-body > p", "story-body"),
        ("div.story-body > p > strong", "story-body"),
        ("div.story-body.css-1x2y > p.sc-bdVaJa", "story-body"),
        ("div.Article_body__3xYzA > p", "Article_body"),
        ("section#promo-77 > h3", "section"),
        ("div.col-8 > div > p", ""),
        ("div.outermost > div > div > div > div > p", ""),
        ("", ""),
    ],
)
def test_a_place_is_named_by_what_lasts(path, name):
    assert name_place(path) == name


def test_sides_are_counted_from_the_new_prose_of_the_storys_own_place():
    teaser = Block(text="A teaser that is new as well, and long enough to read as a paragraph.", path="aside.more > p")
    blocks = (Block(text="Share"), *story(*PROSE), Block(text="Follow us"), teaser)
    is_new = [False, True, True, False, True]

    sides = place_sides(read_marks(article(), blocks), is_new)

    assert sides == [Side.BEFORE, Side.WITHIN, Side.WITHIN, Side.AFTER, Side.AFTER]


def test_furniture_of_the_edges_goes_there_and_stays_within_the_story():
    line = "Read the letter aloud"
    after = article(*story(*PROSE, line))
    within = article(*story(PROSE[0], line, PROSE[1]))

    assert taken(after, keys=[key_of(line)]) == {line}
    assert taken(within, keys=[key_of(line)]) == set()
    assert taken(within, keys=[key_of(line)], anywhere=True) == {line}


@pytest.mark.parametrize("line", ["Why it matters:", "What now?"])
def test_a_line_that_leads_to_new_prose_is_never_taken(line):
    page = article(*story(PROSE[0], line, PROSE[1]))

    assert taken(page, keys=[key_of(line)], anywhere=True) == set()


def test_a_heading_over_furniture_goes_with_it():
    heading = Block(text="Newsletter", path=BODY, kind=BlockKind.HEADING)
    line = "Sign up for what the editors read this week, every Friday in your letter box."
    page = article(*story(*PROSE), heading, *story(line))
    keys = [key_of("Newsletter", kind=BlockKind.HEADING), key_of(line)]

    assert taken(page, keys=keys) == {"Newsletter", line}


def test_prose_that_is_on_no_other_article_never_goes():
    line = "Sign up now"

    assert taken(article(*story(*PROSE, line)), keys=[key_of(line)], anywhere=True).isdisjoint(PROSE)


def test_a_template_that_would_take_all_takes_nothing():
    assert taken(article(*story("Sign up now", "Share")), keys=[key_of("Sign up now"), key_of("Share")]) == set()


def test_a_verdict_names_its_evidence():
    page = article(*story(*PROSE, "Sign up now"))
    key = key_of("Sign up now")

    (verdict,) = template_verdicts(page, page.blocks, [Furniture(key=key, articles=37)]).values()

    assert (verdict.rule, verdict.category) == ("template", "template")
    assert verdict.evidence == f"{key} on 37 articles"


def test_only_what_stood_on_the_page_is_known_of_the_template():
    kept, gone = story("Sign up now", "Share")
    removed = (RemovedBlock(block=gone, position=1, rule="template", category="template"),)
    page = article(kept, removed=removed)
    here = {Furniture(key=key_of(text), articles=5) for text in ("Sign up now", "Share")}

    found = known_furniture(page, (*here, Furniture(key="0" * 16, articles=5)))

    assert set(found) == here
    assert list(found) == sorted(found, key=lambda one: one.key)
