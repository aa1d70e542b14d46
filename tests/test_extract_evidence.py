import pytest

from pipelines.extract import extract_article
from pipelines.model import Address, Candidate, Channel
from tests.extract_pages import PARAGRAPHS, article, document, page


def evidence(html: str, **asked):
    return extract_article(page(html, **asked)).evidence


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://h.example/", Address.HOME),
        ("https://h.example/de/", Address.HOME),
        ("https://h.example/2026/11/", Address.LIST),
        ("https://h.example/tag/harbour", Address.LIST),
        ("https://h.example/thema/hafen/", Address.LIST),
        ("https://h.example/politics/old-bridge-to-close-for-repairs", Address.ARTICLE),
        ("https://h.example/a/12345678", Address.ARTICLE),
        ("https://h.example/politics", Address.OTHER),
    ],
)
def test_an_address_tells_what_stands_there(url, address):
    assert evidence(article(), url=url).address is address


def test_declarations_add_up():
    plain = evidence(article())
    head = '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-22">'
    declared = evidence(article(head=head))
    assert plain.declared == 0 < declared.declared <= 1
    assert declared.declarations == ("OpenGraph says article", "a time of publication is declared")


def test_a_feed_vouches_for_its_entries():
    candidate = Candidate(
        url="https://h.example/a", source="h", channel=Channel.FEED, found_on="https://h.example/feed"
    )
    assert evidence(article(), candidate=candidate).declarations == ("it was listed in a feed",)


def test_a_headline_linked_elsewhere_on_the_site_before_a_line_is_a_teaser():
    teaser = '<h3><a href="/n/1">Council votes on budget tonight</a></h3>'
    away = '<h3><a href="https://other.example/n/1">Council votes on budget tonight</a></h3>'
    assert len(evidence(article(inside=teaser)).teasers) == 1
    assert not evidence(article(inside=away)).teasers


def test_only_a_page_of_little_text_is_kept_whole():
    assert evidence(document(f"<p>{PARAGRAPHS[0]}</p>")).small_page == PARAGRAPHS[0]
    assert evidence(document(f"<p>{PARAGRAPHS[0]}</p>" * 40)).small_page == ""


def test_a_form_for_a_password_and_a_shell_are_noticed():
    assert evidence(document("<form><input type='password'></form>")).asks_password
    assert evidence(document("<div id='root'></div>")).needs_scripts
    assert not evidence(document("<div id='root'><p>Text is here.</p></div>")).needs_scripts


def test_json_ld_gives_its_text():
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "The bridge."}</script>'
    assert evidence(article(head=head)).described_body == "The bridge."
