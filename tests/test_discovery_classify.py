import pytest

from crawler.discovery import LinkKind, Place, UrlShapes, judge_link, page_number

SITE = "https://example.com"


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/23/bridge-reopens",
        "/2026/nov/23/bridge",
        "/politics/2026-11-23/vote",
        "/news/council-votes-on-new-budget",
        "/local/council-approves-budget-a48213",
        "/article?id=48213",
        "/?p=48213",
        "/story.php?storyid=77",
        "/News/48213/Vote.aspx",
        "/nachrichten/rat-stimmt-dem-haushalt-zu.html",
        "/notizie/ponte-riapre-al-traffico-48213/",
        "/a/48213456",
        "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/%D0%BC%D0%BE%D1%81%D1%82-%D1%81%D0%BD%D0%BE%D0%B2%D0%B0-%D0%BE%D1%82%D0%BA%D1%80%D1%8B%D1%82",
        "/%E6%96%B0%E9%97%BB/%E5%A4%A7%E6%A1%A5%E4%BB%8A%E5%A4%A9%E9%87%8D%E6%96%B0%E5%BC%80%E6%94%BE",
        "/article/9b2f3c4d5e6f7a8b9c0d",
        "/archive/2026/11/how-the-bridge-was-rebuilt/48213/",
        "/jobs/factory-to-hire-two-hundred-workers",
        "/columnists/jo-doe/2026/11/23/on-bridges",
    ],
)
def test_an_article_is_told_by_its_url_alone(path):
    assert judge_link(SITE + path).kind == LinkKind.ARTICLE


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/de-at",
        "/politics",
        "/world/middle-east/",
        "/section/sport/",
        "/category/local-news",
        "/rubrik/politik",
        "/rubrique/monde",
        "/seccion/deportes/",
        "/sezione/cultura",
        "/thema/klimaschutz-in-der-stadt",
        "/kategori/ekonomi",
        "/%D1%80%D1%83%D0%B1%D1%80%D0%B8%D0%BA%D0%B0/%D1%81%D0%BF%D0%BE%D1%80%D1%82",
        "/2026/11/",
        "/2026/11/23/",
        "/archive/",
        "/archiv/2026",
        "/hemeroteca",
        "/latest-news",
        "/?cat=7",
        "/?category=sport",
        "/index.php?view=category&layout=x",
        "/page/3/",
        "/news?page=2",
        "/politik/seite-4",
        "/sport?start=20",
    ],
)
def test_a_list_is_told_by_its_url_alone(path):
    judgement = judge_link(SITE + path, text="Bridge reopens after a year of works")
    assert (judgement.kind, judgement.is_minor) == (LinkKind.HUB, False)


@pytest.mark.parametrize(
    "path",
    [
        "/tag/war-in-the-middle-of-europe",
        "/author/jo-doe",
        "/schlagwort/haushalt",
        "/autor/jo-doe/",
        "/etiqueta/rio",
        "/authors",
        "/?tag=rio",
        "/people/jo-doe",
    ],
)
def test_labels_and_people_are_minor_hubs(path):
    judgement = judge_link(SITE + path)
    assert (judgement.kind, judgement.is_minor) == (LinkKind.HUB, True)


@pytest.mark.parametrize(
    "path",
    [
        "/about",
        "/contact-us/",
        "/impressum",
        "/datenschutz/",
        "/mentions-legales",
        "/aviso-legal",
        "/chi-siamo",
        "/o-nas",
        "/gizlilik",
        "/login?next=x",
        "/search?q=bridge",
        "/?s=bridge",
        "/subscribe/now",
        "/cart",
        "/media/bridge.jpg",
        "/reports/budget-2026-full-text.pdf",
        "/2026/11/23/bridge-reopens?share=mail",
        "/feed/",
        "/wp-content/uploads/2026/x",
        "/41418-about-us.html",
        "/%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B",
    ],
)
def test_files_and_pages_of_the_house_are_neither(path):
    assert judge_link(SITE + path).kind == LinkKind.OTHER


def test_a_later_page_of_an_article_is_neither():
    assert judge_link(f"{SITE}/2026/11/23/bridge-reopens?page=2").kind == LinkKind.OTHER


def test_text_and_place_decide_where_the_url_does_not():
    url = f"{SITE}/bridge-reopens"
    assert judge_link(url).kind == LinkKind.HUB
    assert (
        judge_link(url, text="Bridge reopens after a year of noisy works", place=Place.HEADING).kind == LinkKind.ARTICLE
    )
    assert judge_link(url, text="Bridge", place=Place.NAVIGATION).kind == LinkKind.HUB


def test_a_judgement_gives_its_reasons_and_they_add_up():
    judgement = judge_link(f"{SITE}/2026/11/23/bridge-reopens-early", text="Bridge reopens early", place=Place.HEADING)
    assert judgement.reasons == ("+3 date in path", "+2 slug of 3 words", "+1.5 in a heading")
    assert judgement.score == sum(float(reason.split()[0]) for reason in judgement.reasons)


ARTICLES = [f"{SITE}/{section}/name-{n}" for n, section in enumerate(["politics", "sport", "world"] * 4, start=48213)]


def test_the_sites_own_shape_lifts_what_fits_it():
    shapes = UrlShapes.from_urls(ARTICLES)
    url = f"{SITE}/culture/opera-50001"
    assert shapes.fits(url) is True
    assert judge_link(url, shapes=shapes).score == judge_link(url).score + 3


def test_the_sites_own_shape_lowers_what_does_not_fit_it():
    shapes = UrlShapes.from_urls(ARTICLES)
    url = f"{SITE}/how-we-work-and-why"
    assert shapes.fits(url) is False
    assert judge_link(url, shapes=shapes).score == judge_link(url).score - 1


@pytest.mark.parametrize(
    ("known", "url"),
    [
        (ARTICLES[:4], f"{SITE}/culture/opera-50001"),
        ([], f"{SITE}/a"),
        ([f"{SITE}/news/word{'abcdefgh'[n]}" for n in range(8)], f"{SITE}/news/politics"),
        ([f"{SITE}/news/name-{n}" for n in range(1000, 1012)], f"{SITE}/shop/name-1000"),
    ],
    ids=["too few", "none", "plain words only", "another first word"],
)
def test_shapes_say_nothing_when_they_know_too_little(known, url):
    assert UrlShapes.from_urls(known).fits(url) is None


def test_a_repeated_url_teaches_once():
    assert UrlShapes.from_urls([ARTICLES[0]] * 20).fits(ARTICLES[0]) is None


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/page/3", 3),
        ("/news/page-12/", 12),
        ("/nachrichten/seite/2", 2),
        ("/news?page=4", 4),
        ("/news?paged=2", 2),
        ("/x?start=20", 20),
        ("/news", None),
        ("/page/about", None),
        ("/article-2", None),
        ("/news?page=all", None),
        ("/2026/11", None),
    ],
)
def test_pages_are_numbered(path, number):
    assert page_number(SITE + path) == number
