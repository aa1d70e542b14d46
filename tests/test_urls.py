import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.urls import is_variant, normalize_url, url_key


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://WWW.Example.COM:80/a", "http://www.example.com/a"),
        ("https://example.com:443", "https://example.com/"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com/a#top", "https://example.com/a"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("https://example.com/a/./b/../c/..", "https://example.com/a/"),
        ("https://example.com/../../a", "https://example.com/a"),
        ("https://example.com\\news\\a", "https://example.com/news/a"),
        ("https://example.com/a?", "https://example.com/a"),
        ("https://example.com/a?b=2&&a=1&", "https://example.com/a?b=2&a=1"),
        ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/%C3%A4"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://example.com/новости дня?q=ё", "https://example.com/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8%20%D0%B4%D0%BD%D1%8F?q=%D1%91"),
        ("https://example.com/%7euser/%c3%a9?q=%41%2f", "https://example.com/~user/%C3%A9?q=A%2F"),
        ("https://example.com/50%", "https://example.com/50%25"),
        ("https://example.com/%2e%2e/a", "https://example.com/a"),
        ("https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&b=2"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
    ],
)  # fmt: skip
def test_a_url_takes_its_normal_form(url, normal):
    assert normalize_url(url) == normal


@pytest.mark.parametrize(
    "parameter",
    ["utm_source=x", "utm_id=7", "fbclid=a", "gclid=b", "mc_cid=c", "ref=rss", "from=homepage_hero", "partner=rss",
     "source=newsletter-daily", "share=twitter", "at_custom1=x", "wt_mc=a.b", "_ga=2.1", "UTM_Medium=mail",
     "PHPSESSID=a1", "jsessionid=0", "ASPSESSIONIDQQ=X", "sid=9f86d081884c7d659a2feaa0c55ad015",
     "session_id=0b9d3f3a-5f0e-4a8e-9d5b-0a8f4f5c1e2d", "replytocom=12"],
)  # fmt: skip
def test_what_tracks_the_reader_is_dropped(parameter):
    assert normalize_url(f"https://example.com/a?{parameter}") == "https://example.com/a"
    assert normalize_url(f"https://example.com/a?x=1&{parameter}&y=2") == "https://example.com/a?x=1&y=2"


@pytest.mark.parametrize(
    "parameter",
    ["id=1", "p=12", "page=2", "article=abc", "story=7", "sid=1234", "source=ap", "ref=2026-113", "s=budget+vote+2026",
     "from=2026-01-01", "session=42", "print=1", "amp", "m=202611", "cid=77", "feature=xenon", "via=rail"],
)  # fmt: skip
def test_what_may_select_content_is_kept(parameter):
    assert normalize_url(f"https://example.com/a?{parameter}") == f"https://example.com/a?{parameter}"


@pytest.mark.parametrize("path", ["/a;jsessionid=1A2B.node1", "/(S(4rlm1jq5o2tfx0qvh0u1mx55))/a", "/a;PHPSESSID=77"])
def test_session_ids_leave_the_path(path):
    assert normalize_url(f"https://example.com{path}") == "https://example.com/a"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("b", "https://example.com/news/b"),
        ("/b", "https://example.com/b"),
        ("//other.example/b", "https://other.example/b"),
        ("?page=2", "https://example.com/news/a?page=2"),
        ("../b?x#y", "https://example.com/b?x"),
        ("", "https://example.com/news/a?x=1"),
    ],
)
def test_a_relative_url_is_resolved(href, url):
    assert normalize_url(href, "https://example.com/news/a?x=1") == url


@pytest.mark.parametrize(
    "url",
    ["", "a", "/a", "mailto:a@example.com", "javascript:void(0)", "tel:+491", "data:text/html,a", "ftp://example.com/",
     "http://", "http:///a", "http://[::1", "http://example.com:99999/", "http://a.com:x/", "http://a b.com/",
     "http://a..b/", "https://user:secret@example.com/", "https://editor@example.com", "http://-/", "http://\ud800/"],
)  # fmt: skip
def test_what_cannot_be_fetched_is_none(url):
    assert normalize_url(url) is None


def same(*urls):
    return len({url_key(url) for url in urls}) == 1


@pytest.mark.parametrize(
    "variant",
    ["http://example.com/politics/a", "https://www.example.com:443/politics/a/", "https://m.example.com/politics/a",
     "https://amp.example.com/politics/a", "https://mobile.example.com/politics/a", "https://example.com//politics/a",
     "https://example.com/politics/a/index.html", "https://example.com/politics/a/Default.aspx",
     "https://example.com/politics/a?amp=1", "https://example.com/politics/a?amp", "https://example.com/amp/politics/a",
     "https://example.com/politics/a/amp/", "https://example.com/politics/a?outputType=amp",
     "https://example.com/politics/a?print=1", "https://example.com/print/politics/a",
     "https://example.com/politics/a/print", "https://example.com/politics/a?view=print",
     "https://example.com/politics/a?output=print", "https://example.com/politics/a?m=1",
     "https://example.com/politics/a?tmpl=component&print=1&utm_source=x"],
)  # fmt: skip
def test_forms_of_one_article_share_a_key(variant):
    assert same("https://example.com/politics/a", variant)


def test_suffixed_amp_and_print_pages_share_the_plain_key():
    assert same("https://example.com/a.html", "https://example.com/a.amp.html", "https://example.com/a,print.html")


def test_the_order_of_parameters_does_not_make_an_article():
    assert same("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/News/Story.aspx?id=1", "https://example.com/news/story.ASPX?id=1"),
        ("https://example.com/Local/New-Bridge-Opens", "https://example.com/local/new-bridge-opens"),
    ],
)
def test_case_of_the_path_is_folded_where_it_is_safe(one, other):
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/aBc", "https://example.com/abc"),
        ("https://example.com/a?id=aB", "https://example.com/a?id=Ab"),
        ("https://example.com/a", "https://example.com:8080/a"),
        ("https://example.com/a?id=1", "https://example.com/a?id=2"),
        ("https://news.example.com/a", "https://example.com/a"),
        ("https://example.com/a?page=2", "https://example.com/a"),
        ("https://example.com/guitar-amp", "https://example.com/guitar"),
        ("https://example.com/?m=202611", "https://example.com/"),
        ("https://example.com/amp", "https://example.com/"),
        ("https://m.com/a", "https://com/a"),
    ],
)
def test_different_articles_keep_different_keys(one, other):
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize(
    ("url", "claim"),
    [
        ("https://example.com/amp/a", True),
        ("https://amp.example.com/a", True),
        ("https://example.com/a?print=1", True),
        ("https://example.com/a.amp.html", True),
        ("https://example.com/a?amp=0", False),
        ("https://example.com/amplifiers/blueprint", False),
        ("https://example.com/print/", False),
        ("https://www.example.com/a?id=1", False),
        ("mailto:a@example.com", False),
    ],
)
def test_amp_and_print_forms_are_told(url, claim):
    assert is_variant(url) is claim


PIECES = st.sampled_from(
    ["http:", "https:", "//", "/", "example.com", "www.", "amp", "print", ":80", ":443", "?", "&", "=", "#", ";", "..",
     ".", "%2e", "%", "%zz", "%C3%A9", "é", "utm_source=a", "amp;", "jsessionid=1", "(S(a))", "\\", "@", "[", "]", " ",
     "index.html", "İ", "ß", "\u3002", "\ud800", "sid=", "0123456789abcdef"],
)  # fmt: skip
URLS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=10).map("".join),
    st.lists(PIECES, max_size=10).map(lambda pieces: "https://example.com/" + "".join(pieces)),
)


@given(URLS)
@example("https://example.com/.;jsessionid=1/../a")
@example("https://example.com/?%75tm_source=a")
def test_normalizing_twice_changes_nothing(url):
    normal = normalize_url(url)
    assert normal is None or normalize_url(normal) == normal


@given(URLS)
def test_the_key_is_that_of_the_normal_form(url):
    normal = normalize_url(url)
    assert normal is None or url_key(normal) == url_key(url)


@given(URLS, URLS)
def test_nothing_raises(url, base):
    normalize_url(url, base)
    assert isinstance(url_key(url), str)
    assert is_variant(url) in {True, False}
