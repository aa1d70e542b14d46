import pytest

from pipelines.errors import NoArticleError
from pipelines.extract import extract_article
from tests.extract_pages import PARAGRAPHS, URL, article, document, page

TITLES = (
    "Council votes on budget tonight",
    "Ferry line to run again in spring",
    "School gets a new roof at last",
    "Harbour fair draws crowds again",
    "Library opens on Sundays now",
)


def listing(teaser: str) -> str:
    rows = "".join(
        f'<div class="teaser"><h3><a href="/n/{number}">{title}</a></h3>{teaser}</div>'
        for number, title in enumerate(TITLES * 2)
    )
    return document(f"<nav><a href='/'>Home</a></nav><main><h1>Politics</h1>{rows}</main>")


def cause(html: str, url: str = URL) -> str:
    with pytest.raises(NoArticleError) as caught:
        extract_article(page(html, url=url))
    return caught.value.cause


@pytest.mark.parametrize(
    "teaser",
    [
        "<p>The mayor said on Monday that the plan would go ahead as it was...</p>",
        f"<p>{PARAGRAPHS[1]}</p>",
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


def test_an_empty_page_is_refused():
    assert cause(document("<div id='app'></div>")) == "empty"


def test_the_home_page_is_refused_with_the_reasons():
    with pytest.raises(NoArticleError, match="home page"):
        extract_article(page(listing(f"<p>{PARAGRAPHS[2]}</p>"), url="https://harbour.example/"))


def test_an_article_among_teasers_is_an_article():
    related = "".join(f"<li><a href='/n/{number}'>{title}</a></li>" for number, title in enumerate(TITLES))
    assert extract_article(page(article(inside=f"<ul>{related}</ul>"))).article_body.startswith(PARAGRAPHS[0])


def test_an_article_about_cookies_is_an_article():
    text = "The regulator fined the shop because its cookie banner gave no choice, and said consent must be free. "
    html = document(f"<h1>Cookie banner costs shop dearly</h1>{''.join(f'<p>{text}{line}</p>' for line in PARAGRAPHS)}")
    assert "regulator" in extract_article(page(html)).article_body


def test_a_short_report_that_declares_itself_is_an_article():
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Old bridge to close"}</script>'
    html = document(f"<article><h1>Old bridge to close</h1><p>{PARAGRAPHS[0]}</p></article>", head)
    assert extract_article(page(html)).article_body == PARAGRAPHS[0]


def test_a_dated_article_among_linked_headlines_is_an_article():
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Old bridge to close", '
        '"datePublished": "2026-11-22"}</script>'
    )
    links = [f'<h4><a href="/n/{number}">{title}</a></h4>' for number, title in enumerate(TITLES)]
    text = "".join(f"{link}<p>{line}</p>" for link, line in zip(links, PARAGRAPHS, strict=False))
    html = document(f"<article><h1>Old bridge to close</h1>{text}</article>", head)
    assert PARAGRAPHS[0] in extract_article(page(html)).article_body
    assert cause(html, "https://harbour.example/section/local/") == "hub"
