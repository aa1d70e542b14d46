import time
from datetime import UTC, datetime

import pytest

from crawler.discovery import UrlShapes, read_hub
from pipelines.model import Channel, Source

SOURCE = Source(id="example", name="The Example", home_page="https://www.example.com/", allowed_hosts=("example.net",))
HOME = "https://www.example.com/"


def read(body, *, url=HOME, **options):
    page = body if isinstance(body, bytes) else f"<html><body>{body}</body></html>".encode()
    return read_hub(page, base_url=url, source=SOURCE, **options)


def found(body, **options):
    return [candidate.url.removeprefix("https://www.example.com") for candidate in read(body, **options).candidates]


CARD = """<article><a href="/2026/11/23/bridge"><img src="/b.jpg" alt=""></a>
  <h3><a href="/2026/11/23/bridge?utm_source=home#top"> Bridge
  reopens after years </a></h3><time datetime="2026-11-23T09:00:00+01:00">9:00</time>
  <p>The bridge ... <a href="/2026/11/23/bridge">Read more</a></p></article>"""


def test_a_card_is_one_candidate_with_headline_and_date():
    (candidate,) = read(CARD, channel=Channel.HOME).candidates
    assert candidate.url == "https://www.example.com/2026/11/23/bridge"
    assert candidate.title == "Bridge reopens after years"
    assert candidate.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert (candidate.source, candidate.channel, candidate.found_on) == ("example", Channel.HOME, HOME)


def test_a_date_that_stands_beside_two_articles_is_nobodys():
    body = """<ul><li><a href="/2026/11/23/a-one">A</a><a href="/2026/11/23/b-two">B</a>
      <time datetime="2026-11-23">x</time></ul>"""
    assert [candidate.published for candidate in read(body).candidates] == [None, None]


def test_a_short_link_text_is_no_title():
    (candidate,) = read('<a href="/2026/11/23/bridge">Read more</a>').candidates
    assert candidate.title is None


def test_the_heading_within_a_link_is_its_title():
    body = '<a href="/2026/11/23/bridge"><span>Local</span><h2>Bridge reopens after years</h2><p>Long teaser</p></a>'
    assert read(body).candidates[0].title == "Bridge reopens after years"


def test_links_resolve_against_base_and_stay_with_the_source():
    page = b"""<html><head><base href="/news/"></head><body><a href="2026/11/23/one">x</a>
      <a href="https://sub.example.com/2026/11/23/two">x</a><a href="https://example.net/2026/11/23/three">x</a>
      <a href="https://other.example/2026/11/23/four">x</a><a href="mailto:a@example.com">x</a>
      <a href="#top">x</a><a>x</a></body></html>"""
    assert [candidate.url for candidate in read(page).candidates] == [
        "https://www.example.com/news/2026/11/23/one",
        "https://sub.example.com/2026/11/23/two",
        "https://example.net/2026/11/23/three",
    ]


def test_forms_of_one_article_are_one_candidate_the_plain_one():
    body = """<a href="/amp/2026/11/23/bridge">AMP</a><a href="/2026/11/23/bridge?print=1">Print</a>
      <a href="http://example.com/2026/11/23/bridge/">Bridge reopens after years</a>"""
    (candidate,) = read(body).candidates
    assert candidate.url == "http://example.com/2026/11/23/bridge/"


def test_a_page_is_no_candidate_of_its_own():
    url = "https://www.example.com/2026/11/23/live-list-of-events"
    assert found('<a href="/2026/11/23/live-list-of-events?utm_source=x">self</a>', url=url) == []


def test_links_that_are_hidden_or_for_sale_are_left_out():
    body = """<a href="/2026/11/23/a-a" style="display: none">trap</a>
      <a href="/2026/11/23/b-b" rel="nofollow sponsored">ad</a><a href="/2026/11/23/c-c" hidden>trap</a>
      <a href="/2026/11/23/d-d">news</a>"""
    assert found(body) == ["/2026/11/23/d-d"]


def test_sections_are_hubs_and_labels_are_minor_ones():
    hub = read(
        """<nav><a href="/">Home</a><a href="/politics/">Politics</a><a href="/section/sport">Sport</a>
        <a href="/author/jo-doe">Jo Doe</a><a href="/tag/bridges">Bridges</a></nav>
        <footer><a href="/about">About</a><a href="/privacy">Privacy</a><a href="/archive/">Archive</a></footer>"""
    )
    assert hub.hubs == (
        "https://www.example.com/politics/",
        "https://www.example.com/section/sport",
        "https://www.example.com/archive/",
    )
    assert hub.minor_hubs == ("https://www.example.com/author/jo-doe", "https://www.example.com/tag/bridges")
    assert hub.candidates == ()


def test_shapes_reach_the_judgement():
    shapes = UrlShapes.from_urls(f"https://www.example.com/read/x{n}" for n in range(100, 110))
    body = '<a href="/read/y777">Bridge</a>'
    assert found(body) == []
    assert found(body, shapes=shapes) == ["/read/y777"]


@pytest.mark.parametrize(
    ("url", "body", "pages"),
    [
        ("/news/", '<link rel="next" href="/news/page/2/">', ["/news/page/2/"]),
        ("/news/", '<a rel="next" href="?page=2">2</a>', ["/news/?page=2"]),
        (
            "/news/",
            '<a href="/news/page/2/">2</a><a href="/news/page/3/">3</a><a href="/news/page/9/">9</a>',
            ["/news/page/2/", "/news/page/3/", "/news/page/9/"],
        ),
        (
            "/news/page/2/",
            '<a href="/news/">1</a><a href="/news/page/1/">1</a><a href="/news/page/3/">3</a>',
            ["/news/page/3/"],
        ),
        ("/news?page=2&x=y", '<a href="?x=y&page=3">3</a><a href="?x=y&page=1">1</a>', ["/news?x=y&page=3"]),
        ("/news/", '<a href="/sport/page/2/">2</a>', []),
        ("/archive/", '<a href="/archive/2026/10/">« Older posts</a>', ["/archive/2026/10/"]),
        ("/archiv/", '<a href="/archiv/alt/">Ältere Beiträge →</a>', ["/archiv/alt/"]),
        ("/arhiv/", '<a href="/arhiv/b/">Следующая страница</a>', ["/arhiv/b/"]),
        ("/news/", '<a rel="next" href="/2026/11/22/another-bridge-opens">Next: another bridge</a>', []),
    ],
)
def test_the_next_pages_of_a_list_are_found(url, body, pages):
    hub = read(body, url=f"https://www.example.com{url}")
    assert [page.removeprefix("https://www.example.com") for page in hub.next_pages] == pages
    assert not set(hub.next_pages) & {candidate.url for candidate in hub.candidates}


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/new", f"{HOME}new"),
        ("5;URL='https://www.example.com/new'", f"{HOME}new"),
        ("0;/new", f"{HOME}new"),
        ("30", None),
        ("0; url=javascript:x", None),
    ],
)
def test_a_meta_refresh_is_told(content, target):
    assert read(f'<meta http-equiv="Refresh" content="{content}">').refresh == target


def test_the_canonical_address_and_the_feeds_are_told():
    hub = read(
        '<link rel="canonical" href="/x?utm_source=a"><link rel="alternate" type="application/rss+xml" href="/rss">'
    )
    assert (hub.canonical, hub.feeds) == (f"{HOME}x", (f"{HOME}rss",))


@pytest.mark.parametrize("body", [b"", b"\0\0", b"<!-- -->", b"\xff\xfe", b"<" * 1000])
def test_a_page_with_nothing_in_it_is_an_empty_hub(body):
    assert read(body).candidates == ()


def test_links_are_read_in_the_pages_own_charset_and_sent_as_utf8():
    page = '<meta charset="windows-1251"><a href="/2026/11/23/мост">Мост открыт после долгого ремонта</a>'.encode(
        "cp1251"
    )
    (candidate,) = read(page).candidates
    assert candidate.url == "https://www.example.com/2026/11/23/%D0%BC%D0%BE%D1%81%D1%82"
    assert candidate.title == "Мост открыт после долгого ремонта"


@pytest.mark.parametrize(
    "body",
    [
        "<div><time datetime='2026-11-23'>" * 20_000,
        "<p><time datetime='2026-11-23'></time>x</p>" * 20_000,
        "<a href='/2026/11/23/x'><b>x" * 20_000,
    ],
)
def test_a_hostile_page_is_read_in_bounded_time(body):
    start = time.process_time()
    read(body)
    assert time.process_time() - start < 5


def test_an_endless_page_is_read_in_bounded_time():
    body = "".join(
        f'<div><a href="/2026/11/23/story-number-{n}">x</a><time datetime="2026-11-23"></time>' for n in range(30_000)
    )
    start = time.process_time()
    assert 0 < len(read(body).candidates) <= 5_000
    assert time.process_time() - start < 10
