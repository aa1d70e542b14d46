import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.boilerplate import Recurrence, dump_statistics, load_statistics, sight_article
from pipelines.boilerplate.recurrence import MAX_BLOCKS, MAX_FURNITURE, MAX_PLACES
from pipelines.model import Article, Block, RemovedBlock

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
BODY = "article > div.story-body > p"
BOX = "aside.newsletter-box > p"
NOTICE = "Leave a comment below"
BACKGROUND = "The harbour was closed to ships of more than forty metres after the storm of last winter."
SYLLABLES = [first + second for first in "bdfglmnprst" for second in "aeiou"]


def sentence(seed):
    """A sentence of its own for each seed, without digits: these count as one."""
    words = random.Random(seed).choices(SYLLABLES, k=36)
    return " ".join(one + other for one, other in zip(words[::2], words[1::2], strict=True)).capitalize() + "."


def article(number, *, before=(), within=(), after=(), days=7, body=BODY):
    """Story number so-and-so: three sentences of its own, and what stands before, within and after them."""

    def blocks(lines):
        return tuple(line if isinstance(line, Block) else Block(text=line, path=body) for line in lines)

    first, *rest = blocks(sentence(number * 10 + part) for part in range(3))
    return Article(
        url=f"https://courier.example/{number}",
        headline=f"Headline {sentence(-number)[:20]}",
        date_published=START + timedelta(days=number % days),
        blocks=(*blocks(before), first, *blocks(within), *rest, *blocks(after)),
    )


def count(recurrence, *articles):
    return [recurrence.note(sight_article(one, START + timedelta(minutes=n))) for n, one in enumerate(articles, 1)]


def texts(recurrence):
    going = {furniture.key for furniture in recurrence.furniture()}
    return {seen.text for key, seen in recurrence.returning() if key in going}


def learned(*articles):
    recurrence = Recurrence()
    count(recurrence, *articles)
    return texts(recurrence)


def test_a_line_after_the_story_is_furniture_from_the_fourth_article_on():
    recurrence = Recurrence()

    found = []
    for number in range(1, 6):
        count(recurrence, article(number, after=[NOTICE]))
        found.append(texts(recurrence))

    assert found == [set(), set(), set(), {NOTICE}, {NOTICE}]
    (furniture,) = recurrence.furniture()
    assert (furniture.articles, furniture.anywhere) == (5, False)


def test_a_paragraph_of_background_in_five_follow_ups_is_text():
    assert learned(*(article(n, within=[BACKGROUND]) for n in range(5)), *map(article, range(5, 30))) == set()
    assert learned(*(article(n, after=[BACKGROUND]) for n in range(5)), *map(article, range(5, 30))) == set()


def test_a_disclaimer_after_every_story_is_furniture():
    assert learned(*(article(n, after=[BACKGROUND]) for n in range(6))) == {BACKGROUND}


def test_a_line_within_the_story_is_furniture_only_on_half_of_many_articles():
    sometimes = [article(n, within=[NOTICE] if n % 3 == 0 else []) for n in range(60)]
    mostly = [article(n, within=[NOTICE] if n % 3 else []) for n in range(60)]

    assert learned(*sometimes) == set()
    assert learned(*mostly) == {NOTICE}


def test_a_line_now_within_and_now_after_the_story_is_text():
    assert learned(*(article(n, **{("within", "after")[n % 2]: ["Nobody was hurt."]}) for n in range(9))) == set()


def test_what_returns_in_a_place_of_its_own_is_furniture_wherever_that_stands():
    box = Block(text=BACKGROUND, path=BOX)
    recurrence = Recurrence()
    count(recurrence, *(article(n, within=[box] if n % 2 else []) for n in range(24)))

    (furniture,) = recurrence.furniture()

    assert furniture.anywhere
    assert texts(recurrence) == {BACKGROUND}


def test_a_place_whose_texts_are_always_new_is_never_furnitures():
    teasers = [article(n, after=[Block(text=sentence(f"teaser {n}"), path=BOX)]) for n in range(40)]

    assert learned(*teasers) == set()


def test_one_day_alone_is_no_evidence():
    assert learned(*(article(n, after=[NOTICE], days=1) for n in range(11))) == set()
    assert learned(*(article(n, after=[NOTICE], days=1) for n in range(12))) == {NOTICE}


def test_a_copy_of_an_article_does_not_count():
    original = article(1, after=[NOTICE])
    copies = [Article(url=f"{original.url}?{n}", headline=f"Other {n}", blocks=original.blocks) for n in range(9)]
    recurrence = Recurrence()

    count(recurrence, original, *copies)

    assert recurrence.articles == 1
    assert texts(recurrence) == set()


def test_removed_blocks_count_where_they_stood():
    gone = RemovedBlock(block=Block(text=NOTICE, path=BODY), position=1, rule="notice", category="comments")
    blocks = [Block(text=text, path=BODY) for text in (sentence(1), sentence(2))]

    sighting = sight_article(Article(url="https://courier.example/a", blocks=tuple(blocks), removed=(gone,)), START)

    assert [mark.block.text for mark in sighting.marks] == [sentence(1), NOTICE, sentence(2)]


def test_memory_is_bounded_and_what_returns_is_counted_exactly():
    recurrence = Recurrence()
    for number in range(60):
        place = f"div.place-{sentence(number)[:8].replace(' ', '')} > p"
        own = [Block(text=sentence(f"{number} {part}"), path=place) for part in range(90)]
        count(recurrence, article(number, before=own, after=[NOTICE]))
        assert len(recurrence.blocks) <= MAX_BLOCKS
        assert len(recurrence.places) <= MAX_PLACES

    assert len(recurrence.blocks) > MAX_BLOCKS * 0.8
    assert len(dump_statistics(recurrence)) < 600_000
    (notice,) = (seen for _, seen in recurrence.returning() if seen.text == NOTICE)
    assert notice.articles == 60


def test_what_a_worker_is_told_is_bounded():
    lines = [" ".join(sentence(part).split()[:3]) for part in range(150)]
    recurrence = Recurrence()
    for group in range(4):
        own = [f"{line} {'abcd'[group]}x" for line in lines]
        count(recurrence, *(article(n * 4 + group, before=own) for n in range(5)))

    assert sum(seen.anywhere is not None for _, seen in recurrence.returning()) > MAX_FURNITURE
    assert len(recurrence.furniture()) == MAX_FURNITURE


def test_the_text_of_one_story_is_forgotten_after_two_rounds():
    recurrence = Recurrence()
    count(recurrence, article(0, after=[NOTICE]))
    own = set(recurrence.blocks)

    count(recurrence, *map(article, range(1, 80)))

    assert own.isdisjoint(recurrence.blocks)


def test_another_layout_is_noticed_once_and_the_furniture_of_the_old_one_stays_known():
    recurrence = Recurrence()
    old = [article(n, after=[NOTICE]) for n in range(40)]
    new = [article(n, after=[Block(text="Write to us")], body="main > div.prose > p") for n in range(40, 80)]

    assert count(recurrence, *old) == [False] * 40
    noticed = count(recurrence, *new)

    assert noticed.count(True) == 1
    assert noticed.index(True) < 10
    assert (recurrence.layout.number, recurrence.layout.since) == (2, 41)
    assert texts(recurrence) == {NOTICE, "Write to us"}


def test_furniture_that_stops_is_noticed_though_the_stories_stand_where_they_did():
    recurrence = Recurrence()
    old = [article(n, after=[NOTICE]) for n in range(40)]

    assert not any(count(recurrence, *old))
    assert count(recurrence, *map(article, range(40, 60))).count(True) == 1


def test_statistics_are_read_back_as_they_were_written():
    recurrence = Recurrence()
    count(recurrence, *(article(n, after=[NOTICE]) for n in range(30)))

    again = load_statistics(dump_statistics(recurrence))

    assert dump_statistics(again) == dump_statistics(recurrence)
    assert again.furniture() == recurrence.furniture()
    count(again, article(31, after=[NOTICE]))
    assert again.articles == 31


@pytest.mark.parametrize("text", [None, "", json.dumps({"format": 0})])
def test_statistics_that_are_missing_or_anothers_begin_anew(text):
    assert load_statistics(text) == Recurrence()
