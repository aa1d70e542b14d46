"""The regression guard measures what it says; the corpora themselves are needed for none of this."""

from importlib import import_module
from pathlib import Path

import pytest

from pipelines.errors import NoArticleError

ROOT = Path(__file__).parent.parent
CLEAN = "The bridge over the river Orr was closed on Monday.\n\nIt will open again in spring, the mayor said."


@pytest.fixture(autouse=True)
def quality(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))


def load(name):
    return import_module(f"quality.{name}")


def truth(**fields):
    return {"id": "one", "body": CLEAN.replace("\n\n", "\n"), **fields}


def cut(text, rule="some-rule"):
    return {"rule": rule, "category": "some", "text": text}


def test_a_true_line_that_was_cut_is_a_loss():
    kept, removed = CLEAN.split("\n\n")

    loss = load("losses").measure_loss(truth(), kept, [cut(removed)])

    assert loss.true_words == 9
    assert loss.share == pytest.approx(9 / 19)


def test_furniture_that_was_cut_is_no_loss_though_it_shares_words_with_the_truth():
    loss = load("losses").measure_loss(truth(), CLEAN, [cut("The mayor said it: subscribe in spring")])

    assert loss.true_words == 0


def test_furniture_does_not_lose_the_words_that_the_extractor_missed():
    kept = CLEAN.split("\n\n", maxsplit=1)[0]

    loss = load("losses").measure_loss(truth(), kept, [cut("Will you subscribe again in spring?")])

    assert loss.true_words == 0


def test_a_line_that_was_cut_twice_is_lost_once():
    kept, removed = CLEAN.split("\n\n")

    loss = load("losses").measure_loss(truth(), kept, [cut(removed), cut(removed)])

    assert loss.true_words == 9


def test_words_of_unspaced_scripts_are_counted_by_characters():
    assert load("losses").words_of("橋は閉鎖 today") == ["橋", "は", "閉", "鎖", "today"]


def test_the_rule_that_costs_most_true_words_is_named_first():
    losses = load("losses")
    kept, removed = CLEAN.split("\n\n")
    loss = losses.measure_loss(truth(), kept, [cut("Subscribe now", rule="good"), cut(removed, rule="bad")])

    assert losses.rule_table([loss])[0] == ("bad", "some", 1, 1, 9)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (CLEAN, 0),
        (f"{CLEAN}\n\nThe closed bridge, seen from the east", 1),
        (f"{CLEAN}\n\nReuters", 1),
        (f"{CLEAN}\n\nReuters was told of it.", 0),
    ],
)
def test_captions_and_credits_kept_in_the_text_are_counted(text, kept):
    known = truth(captions=["The closed bridge, seen from the east"], photo_credits=["Reuters"])

    assert load("losses").image_texts_kept(known, text) == (kept, 2)


def test_what_stands_in_the_true_body_is_no_caption_kept():
    known = truth(captions=["the river Orr was closed on Monday"])

    assert load("losses").image_texts_kept(known, CLEAN) == (0, 1)


def test_a_broken_or_missing_figure_breaks_the_guard(capsys):
    bounds = {"low": {"min": 0.9}, "high": {"max": 0.1}, "gone": {"min": 1}}

    assert load("report").print_bounds({"low": 0.8, "high": 0.1}, bounds) == 2
    assert "MISSING" in capsys.readouterr().out


def test_a_goal_that_is_missed_is_told():
    goals = [
        {"name": "one", "figure": "corpus one", "min": 0.9},
        {"name": "two", "figure": "corpus two", "max": 0.1},
        {"name": "three", "figure": "corpus three", "min": 0.9},
    ]

    lines = load("report").goal_table({"corpus one": 0.8, "corpus two": 0.05}, goals).splitlines()[-3:]

    assert [line.split()[-1] for line in lines] == ["missed", "reached", "measured"]


def test_the_ratio_is_of_all_time_taken():
    speed = load("speed")

    assert speed.ratio_of_means([(1.0, 0.5), (3.0, 2.5)]) == 0.75
    low, high = speed.bootstrap_ratio([(1.0, 0.5), (3.0, 2.5)] * 20)
    assert low < 0.75 < high


def test_every_mechanism_can_still_be_switched_off():
    for mechanism in load("mechanisms").MECHANISMS:
        with mechanism.switched_off():
            pass


def test_a_mechanism_that_is_switched_off_comes_back():
    mechanisms, workers = load("mechanisms"), import_module("pipelines.workers")
    before = workers.load_rules

    with next(known for known in mechanisms.MECHANISMS if known.name == "all rules").switched_off():
        assert workers.load_rules() == ()
    assert workers.load_rules is before


def test_a_page_is_read_once_for_all_that_only_judges_it(monkeypatch):
    variants, workers = load("variants"), import_module("pipelines.workers")
    read = []

    def refuse(page, **_):
        read.append(page)
        raise NoArticleError("empty", "https://news.example/1: no text")

    monkeypatch.setattr(workers, "extract_article", refuse)
    page = variants.as_page(b"<html><body><p>Nothing</p></body></html>", "https://news.example/1")
    outcomes = variants.read_variants(page)

    assert set(outcomes) == set(variants.VARIANTS)
    anew = sum(mechanism.shapes_extraction for mechanism in variants.MECHANISMS)
    assert len(read) == 1 + anew
