import pytest

from pipelines.extract.article import extract_article
from pipelines.model import Dateline, Genre
from tests.extract_pages import PARAGRAPHS, URL, document, page

STANDFIRST = "A closed bridge, eleven months of detours, and a ferry that nobody has ordered yet."


def read(html, url=URL):
    return extract_article(page(html, url=url))


def story(top, head="", url=URL, title="<h1>Old bridge to close</h1>", lang="en"):
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    return read(document(f"<main><article>{title}{top}<div>{text}</div></article></main>", head, lang), url)


def ld(fields):
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


def claims_of(found, field):
    return {claim.value: (claim.origins, claim.chosen, claim.reason) for claim in found.claims if claim.field == field}


@pytest.mark.parametrize(
    ("head", "title", "headline"),
    [
        ("<title>Bridge - Harbour Post</title>", "<h1>Old bridge closes</h1>", "Old bridge closes"),
        ("<title>Old bridge to close | Local | harbour.example</title>", "", "Old bridge to close"),
        ("<title>Old bridge to close</title>", "<h1>Harbour Post</h1>", "Old bridge to close"),
        (
            '<meta property="og:title" content="Old bridge to close">',
            '<h1><span class="kicker">Harbour</span> Old bridge to close</h1>',
            "Old bridge to close",
        ),
        (
            '<meta property="og:title" content="Old bridge to close">',
            "<h1>Harbour works: Old bridge to close</h1>",
            "Old bridge to close",
        ),
        (
            '<meta property="og:title" content="Old bridge to close for months">',
            '<h1 class="breadcrumb-title">Bridge closed: all you need to know</h1>',
            "Old bridge to close for months",
        ),
        (ld('"headline": "Bridge to close"'), "<h1>Bridge to close, council says after all</h1>", "Bridge to close"),
        ("<title>Old bridge to close</title>", "<h1>Weather</h1><h1>Old bridge to close</h1>", "Old bridge to close"),
    ],
)
def test_the_headline_is_what_readers_see_without_kicker_and_site(head, title, headline):
    site = '<meta property="og:site_name" content="Harbour Post">'
    assert story("", site + head, title=title).headline == headline


def test_every_headline_is_kept_with_who_said_it():
    found = story("", '<meta property="og:title" content="Old bridge to close"><title>Bridge news</title>')
    assert claims_of(found, "headline") == {
        "Old bridge to close": (("html", "og"), True, "the heading that readers see; repeated by og"),
        "Bridge news": (("title",), False, "another voice is trusted more"),
    }


@pytest.mark.parametrize(
    "top",
    [
        f'<p class="standfirst">{STANDFIRST}</p>',
        f'<div class="article-intro"><p>{STANDFIRST}</p></div>',
        f"<h2>{STANDFIRST}</h2>",
    ],
)
def test_the_standfirst_is_the_one_printed(top):
    found = story(top, '<meta name="description" content="What the page says of itself to search engines.">')
    assert (found.description, found.origins["description"]) == (STANDFIRST, "html")


def test_a_page_without_standfirst_gives_its_own_summary():
    found = story("", '<meta property="og:description" content="The bridge closes.">')
    assert (found.description, found.origins["description"]) == ("The bridge closes.", "og")


@pytest.mark.parametrize("top", ['<figure><figcaption class="lead">{}</figcaption></figure>', '<p class="lead">{}</p>'])
def test_captions_and_the_headline_again_are_no_standfirst(top):
    again = top.format("Old bridge to close, and it is a long way round the harbour")
    title = "<h1>Old bridge to close, and it is a long way round the harbour</h1>"
    assert story(again, title=title).description is None


@pytest.mark.parametrize(
    ("head", "url", "day", "reason"),
    [
        (ld('"datePublished": "2031-01-01"'), "https://a.example/x", None, "later than the fetch"),
        (
            ld('"datePublished": "2026-11-22"') + '<meta property="article:published_time" content="2026-11-02">',
            "https://harbour.example/2026/11/02/old-bridge",
            "2026-11-02",
            "far from the day in the address",
        ),
        (ld('"datePublished": "soon"'), "https://a.example/x", None, "no date can be read in it"),
    ],
)
def test_a_date_that_cannot_be_is_kept_as_a_claim_and_not_believed(head, url, day, reason):
    found = story("", head, url)
    assert (str(found.date_published.date()) if found.date_published else None) == day
    assert reason in {why for _, chosen, why in claims_of(found, "date_published").values() if not chosen}


def test_a_date_printed_far_from_the_addresss_day_loses():
    assert str(story("<p>Stand: 01.02.2020</p>").date_published.date()) == "2026-11-22"


def test_a_change_before_the_publication_is_none():
    found = story("", ld('"datePublished": "2026-11-22T10:00:00Z", "dateModified": "2026-11-20T10:00:00Z"'))
    assert found.date_modified is None
    assert [why for _, _, why in claims_of(found, "date_modified").values()] == ["before the publication"]


def test_times_without_a_zone_are_read_in_the_countrys():
    found = story("", ld('"datePublished": "2026-11-22T10:00:00"'), "https://zeitung.example.de/2026/11/22/bruecke")
    assert found.date_published.isoformat() == "2026-11-22T10:00:00+01:00"


@pytest.mark.parametrize(
    ("head", "top", "url", "genre", "type_"),
    [
        ('"@type": "OpinionNewsArticle"', "", URL, Genre.OPINION, "OpinionNewsArticle"),
        ('"@type": "LiveBlogPosting"', "", URL, Genre.LIVE_BLOG, "LiveBlogPosting"),
        ('"@type": "ReviewNewsArticle"', "", URL, Genre.ARTICLE, "ReviewNewsArticle"),
        ("", "", "https://a.example/kommentare/x", Genre.OPINION, "OpinionNewsArticle"),
        ("", "", "https://a.example/liveticker/x", Genre.LIVE_BLOG, "LiveBlogPosting"),
        ("", "", "https://a.example/fotostrecke/x", Genre.GALLERY, "ImageGallery"),
        ("", "", "https://a.example/pressemitteilung/x", Genre.PRESS_RELEASE, "NewsArticle"),
        ("", "<p>Sponsored content</p>", URL, Genre.SPONSORED, "AdvertiserContentArticle"),
        ("", "<span>Anzeige</span>", URL, Genre.SPONSORED, "AdvertiserContentArticle"),
        ('"@type": "OpinionNewsArticle"', "<p>Advertorial</p>", URL, Genre.SPONSORED, "AdvertiserContentArticle"),
        ("", "<ul><li>Opinion</li></ul>", URL, Genre.ARTICLE, "NewsArticle"),
    ],
)
def test_the_genre_has_its_schema_org_type(head, top, url, genre, type_):
    data = f'<script type="application/ld+json">{{{head}, "headline": "Old bridge to close"}}</script>' if head else ""
    found = story(top, data, url)
    assert (found.genre, found.type) == (genre, type_)


@pytest.mark.parametrize(
    ("head", "top", "free", "evidence"),
    [
        (ld('"isAccessibleForFree": true'), "", True, "isAccessibleForFree of the article"),
        (
            ld('"hasPart": {"isAccessibleForFree": "False", "cssSelector": ".locked"}'),
            "",
            False,
            "hasPart: .locked is not free",
        ),
        ('<meta name="article:content_tier" content="locked">', "", False, "article:content_tier: locked"),
        ("", '<div class="paywall-box">Subscribe now to go on</div>', False, "paywall-box: Subscribe now to go on"),
        ("", "<p>Subscribe to continue reading</p>", False, "Subscribe to continue reading"),
        (
            "",
            "<p>Dieser Artikel ist exklusiv für Abonnenten.</p>",
            False,
            "Dieser Artikel ist exklusiv für Abonnenten.",
        ),
        ("", "<p>Subscribe to our newsletter</p>", None, None),
    ],
)
def test_whether_the_article_is_free_is_told_with_its_evidence(head, top, free, evidence):
    found = story(top, head)
    assert found.is_accessible_for_free is free
    assert [why for _, _, why in claims_of(found, "is_accessible_for_free").values()] == (
        [evidence] if evidence else []
    )


@pytest.mark.parametrize(
    ("opening", "dateline"),
    [
        ("BERLIN (dpa) — ", Dateline(text="BERLIN (dpa) —", place="BERLIN", agency="dpa")),
        ("Berlin (dpa/bb) - ", Dateline(text="Berlin (dpa/bb) -", place="Berlin", agency="dpa/bb")),
        ("Berlin (dpa) - ", Dateline(text="Berlin (dpa) -", place="Berlin", agency="dpa")),
        (
            "WASHINGTON, Nov 22 (Reuters) - ",
            Dateline(text="WASHINGTON, Nov 22 (Reuters) -", place="WASHINGTON", agency="Reuters"),
        ),
        ("KHAN YOUNIS, GAZA — ", Dateline(text="KHAN YOUNIS, GAZA —", place="KHAN YOUNIS, GAZA", agency=None)),
        ("UPDATE — ", None),
        ("SPD-", None),
        ("", None),
    ],
)
def test_the_dateline_is_read_and_the_text_left(opening, dateline):
    text = f"{opening}{PARAGRAPHS[0]}"
    found = read(document(f"<article><h1>Old bridge to close</h1><p>{text}</p><p>{PARAGRAPHS[1]}</p></article>"))
    assert found.dateline == dateline
    assert text in [block.text for block in found.blocks]


def test_the_amp_version_is_named():
    found = story("", '<link rel="amphtml" href="/amp/x">')
    assert found.amp_url == "https://harbour.example/amp/x"


def test_claims_are_few_and_short():
    metas = "".join(f'<meta name="date" content="2026-11-{day:02d}">' for day in range(1, 23))
    found = story("", metas + f'<meta name="description" content="{"long " * 200}">')
    assert len(claims_of(found, "date_published")) <= 12
    assert all(len(claim.value) <= 300 for claim in found.claims)
