import json
import pickle

import attrs
import pytest

from pipelines.confidence import default_minimum, judge_confidence, read_minimum, read_signals, require_confidence
from pipelines.confidence.judge import MODEL
from pipelines.confidence.signals import DIRECTIONS
from pipelines.errors import NoArticleError, SettingsError
from pipelines.extract import extract_article
from pipelines.model import Article, Block, Evidence
from pipelines.workers import read_article
from tests.extract_pages import PARAGRAPHS, URL, article, document, page

TITLES = (
    "Council votes on budget tonight",
    "Ferry line to run again in spring",
    "School gets a new roof at last",
    "Harbour fair draws crowds again",
    "Library opens on Sundays now",
)


LEADS = (
    "The vote is to be held in the open, and every household is to get the figures by post before it.",
    "Two boats are to cross the bay each day from April, the company told passengers in a letter this week.",
    "Rain had come through for years. Parents collected half of the money, and the town gave the rest.",
    "More than nine thousand people came to see the old ships, a third more than in the year before.",
    "Students had asked for it in a petition. The first Sunday drew more readers than any Saturday.",
)


def listing(teaser: str) -> str:
    """Return a section's page, in which `{}` of the teaser is each story's own lead."""
    rows = "".join(
        f'<div class="teaser"><h3><a href="/n/{number}">{title}</a></h3>{teaser.format(lead)}</div>'
        for number, (title, lead) in enumerate(zip(TITLES, LEADS, strict=True))
    )
    return document(f"<nav><a href='/'>Home</a></nav><main><h1>Politics</h1>{rows}</main>")


def cause(html: str, url: str = URL) -> str:
    with pytest.raises(NoArticleError) as caught:
        read_article(page(html, url=url))
    return caught.value.cause


@pytest.mark.parametrize(
    "teaser",
    [
        "<p>The mayor said on Monday that the plan would go ahead as it was...</p>",
        "<p>{}</p>",
        "",
        "<time>2026-11-22</time>",
    ],
)
def test_a_list_of_stories_is_no_article(teaser):
    assert cause(listing(teaser), "https://harbour.example/politics/") in {"hub", "short"}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Page not found", "Sorry, we could not find this page.", "not-found"),
        ("404", "Perhaps it was moved.", "not-found"),
        ("Seite nicht gefunden", "Bitte nutzen Sie die Suche.", "not-found"),
        ("ページが見つかりません", "トップページへ", "not-found"),
        ("Just a moment...", "Checking your browser before you go on.", "challenge"),
        ("About us", "The Harbour Post is published daily.", "short"),
    ],
)
def test_pages_in_an_articles_place_are_named(title, text, expected):
    assert cause(document(f"<h1>{title}</h1><p>{text}</p>", f"<title>{title}</title>")) == expected


def test_a_consent_wall_is_refused():
    text = (
        "We and our 812 partners store cookies on your device to personalise advertising. "
        "You may accept all or manage your preferences. Some partners process your data on legitimate interest; "
        "see our privacy policy for how to withdraw consent to personalised ads."
    )
    assert cause(document(f"<h1>Your privacy</h1><p>{text}</p><button>Accept</button>")) == "consent"


def test_a_login_form_is_refused():
    assert cause(document("<h1>Members</h1><p>Please sign in.</p><form><input type='password'></form>")) == "login"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<p> </p>", "empty"),
        ("<div id='app'></div>", "shell"),
        ("<noscript>Please turn JavaScript on to read.</noscript>", "shell"),
    ],
)
def test_a_page_without_text_is_refused(inner, expected):
    assert cause(document(inner)) == expected


def test_the_home_page_is_refused_with_the_reasons():
    with pytest.raises(NoArticleError, match="linked headlines"):
        read_article(page(listing("<p>{}</p>"), url="https://harbour.example/"))


def test_an_article_among_teasers_is_an_article():
    related = "".join(f"<li><a href='/n/{number}'>{title}</a></li>" for number, title in enumerate(TITLES))
    assert read_article(page(article(inside=f"<ul>{related}</ul>"))).article_body.startswith(PARAGRAPHS[0])


def test_an_article_about_cookies_is_an_article():
    text = "The regulator fined the shop because its cookie banner gave no choice, and said consent must be free. "
    html = document(f"<h1>Cookie banner costs shop dearly</h1>{''.join(f'<p>{text}{line}</p>' for line in PARAGRAPHS)}")
    assert "regulator" in read_article(page(html)).article_body


def test_a_short_report_that_declares_itself_is_an_article():
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Old bridge to close"}</script>'
    html = document(f"<article><h1>Old bridge to close</h1><p>{PARAGRAPHS[0]}</p></article>", head)
    assert read_article(page(html)).article_body == PARAGRAPHS[0]


def test_a_dated_article_among_linked_headlines_is_an_article():
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Old bridge to close", '
        '"datePublished": "2026-11-22"}</script>'
    )
    links = [f'<h4><a href="/n/{number}">{title}</a></h4>' for number, title in enumerate(TITLES)]
    text = "".join(f"{link}<p>{line}</p>" for link, line in zip(links, PARAGRAPHS, strict=False))
    html = document(f"<article><h1>Old bridge to close</h1>{text}</article>", head)
    found = read_article(page(html))
    assert PARAGRAPHS[0] in found.article_body
    listed = page(html)
    listed = attrs.evolve(listed, capture=attrs.evolve(listed.capture, url="https://harbour.example/section/local/"))
    assert read_article(listed, min_confidence=0.0).confidence.article < found.confidence.article


JSON_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Old bridge to close", '
    '"datePublished": "2026-11-22"}</script>'
)


def test_an_article_has_a_confidence_with_its_causes():
    confidence = read_article(page(article(head=JSON_LD))).confidence
    assert default_minimum() < confidence.value <= 1
    assert "running text" in " ".join(cause.signal for cause in confidence.causes)
    assert [abs(cause.effect) for cause in confidence.causes] == sorted(
        (abs(cause.effect) for cause in confidence.causes), reverse=True
    )


def test_what_speaks_for_an_article_never_lowers_its_confidence():
    plain = extract_article(page(article()))
    vouched = attrs.evolve(plain, evidence=attrs.evolve(plain.evidence, declared=1.0))
    assert judge_confidence(vouched).confidence.value >= judge_confidence(plain).confidence.value


def test_a_teaser_gives_less_confidence_than_the_whole_story():
    whole = extract_article(page(article(head=JSON_LD)))
    teaser = attrs.evolve(whole, blocks=whole.blocks[:1])
    assert judge_confidence(teaser).confidence.value < judge_confidence(whole).confidence.value


def test_the_minimum_decides_what_is_refused():
    found = extract_article(page(article()))
    sure = judge_confidence(found).confidence.article
    assert require_confidence(found, sure).confidence.article == sure
    with pytest.raises(NoArticleError, match="confidence"):
        require_confidence(found, sure + 0.001)


def test_no_text_is_no_article_at_any_minimum():
    with pytest.raises(NoArticleError) as caught:
        require_confidence(Article(url=URL, evidence=Evidence()), 0.0)
    assert (caught.value.cause, caught.value.confidence) == ("empty", 0.0)


def test_a_refusal_survives_the_way_back_from_a_worker():
    error = pickle.loads(pickle.dumps(NoArticleError("hub", "a list", 0.04)))
    assert (error.cause, str(error), error.confidence) == ("hub", "a list", 0.04)


def test_signals_that_nobody_asked_for_are_not_made_up():
    article = Article(url=URL, blocks=(Block(text=PARAGRAPHS[0]),), evidence=Evidence())
    assert {"agreement", "certainty", "described"}.isdisjoint(signal.name for signal in read_signals(article))


def test_votes_and_scores_are_heard():
    votes = frozenset({"region", "trafilatura"})
    blocks = (Block(text=PARAGRAPHS[0], votes=votes, score=0.9), Block(text=PARAGRAPHS[1], votes=frozenset({"region"})))
    signals = {signal.name: signal.value for signal in read_signals(Article(url=URL, blocks=blocks))}
    assert signals["agreement"] == pytest.approx(len(PARAGRAPHS[0]) / (len(PARAGRAPHS[0]) + len(PARAGRAPHS[1])))
    assert signals["certainty"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("described", "held"), [("".join(PARAGRAPHS), 1.0), ("Quite another story stands here. " * 9, 0.0)]
)
def test_the_text_is_compared_with_what_json_ld_describes(described, held):
    blocks = tuple(Block(text=text) for text in PARAGRAPHS)
    article = Article(url=URL, blocks=blocks, evidence=Evidence(described_body=described))
    assert {signal.name: signal.value for signal in read_signals(article)}["described"] == held


@pytest.mark.parametrize(
    ("headline", "text", "echoed"),
    [
        ("Old bridge to close", "The old bridges are closed, the council said.", 0.5),
        ("法律ができて四年", "この法律ができて四年になる。", 1.0),
        ("法律ができて四年", "クッキーの利用に同意してください。", 0.0),
    ],
)
def test_a_headline_is_looked_for_in_the_text(headline, text, echoed):
    article = Article(url=URL, headline=headline, blocks=(Block(text=text),))
    value = {signal.name: signal.value for signal in read_signals(article)}["headline-echoed"]
    assert value >= echoed if echoed else value < 0.2


def test_every_signal_is_between_0_and_1_and_known():
    for signal in read_signals(extract_article(page(article(head=JSON_LD)))):
        assert 0 <= signal.value <= 1, signal
        assert signal.name in DIRECTIONS


def test_every_weight_of_the_model_points_the_way_its_signal_speaks():
    model = json.loads(MODEL.read_text("utf-8"))
    weights = [*model["article"]["weights"].items(), *model["text"]["weights"].items()]
    assert all(DIRECTIONS[name] * weight > 0 for name, weight in weights)
    assert model["record"]["pages"] > 1000


@pytest.mark.parametrize(("setting", "minimum"), [("", None), (None, None), ("0.2", 0.2), (0, 0.0), (1, 1.0)])
def test_the_setting_is_a_number_from_0_to_1_or_empty(setting, minimum):
    assert read_minimum(setting) == minimum


@pytest.mark.parametrize("setting", ["much", "1.5", "-1", "nan"])
def test_a_wrong_setting_is_named(setting):
    with pytest.raises(SettingsError, match="EXTRACTION_MIN_CONFIDENCE"):
        read_minimum(setting)
