import gzip
import time
from datetime import UTC, datetime

import pytest

from crawler.discovery import SitemapLink, find_sitemaps, read_sitemap
from pipelines.errors import SitemapError
from pipelines.model import Channel

BASE = "https://example.com/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(body, **options):
    return read_sitemap(body.encode() if isinstance(body, str) else body, base_url=BASE, source="example", **options)


def urlset(entries):
    return f"""<?xml version="1.0" encoding="UTF-8"?><urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">{entries}</urlset>"""


def urls(body):
    return [candidate.url for candidate in read(body).candidates]


def test_lastmod_is_when_it_was_modified_never_when_published():
    (candidate,) = read(urlset("<url><loc>/a</loc><lastmod>2026-11-23T08:00:00Z</lastmod></url>")).candidates
    assert candidate.url == "https://example.com/a"
    assert candidate.channel == Channel.SITEMAP
    assert candidate.published is None
    assert candidate.modified == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_a_news_entry_gives_every_hint():
    (candidate,) = read(
        urlset(
            """<url><loc>https://example.com/a</loc><image:image><image:loc>https://example.com/a.jpg</image:loc>
            <image:title>Picture</image:title></image:image><news:news>
            <news:publication><news:name>The Example</news:name><news:language>pt-br</news:language></news:publication>
            <news:publication_date>2026-11-23</news:publication_date>
            <news:title>Ponte reabre &amp;amp; fica</news:title>
            <news:keywords>ponte, obras,</news:keywords></news:news></url>"""
        )
    ).candidates
    assert candidate.channel == Channel.NEWS_SITEMAP
    assert candidate.title == "Ponte reabre & fica"
    assert candidate.published == datetime(2026, 11, 23, tzinfo=UTC)
    assert candidate.modified is None
    assert (candidate.publication, candidate.language) == ("The Example", "pt-br")
    assert candidate.keywords == ("ponte", "obras")


def test_an_images_address_is_no_page():
    assert urls(urlset("<url><image:image><image:loc>/a.jpg</image:loc></image:image><loc>/a</loc></url>")) == [
        "https://example.com/a"
    ]


def test_the_newest_come_first_and_the_undated_last():
    body = urlset(
        """<url><loc>/undated</loc></url><url><loc>/old</loc><lastmod>2020-01-01</lastmod></url>
        <url><loc>/new</loc><lastmod>2026-01-01</lastmod></url><url><loc>/undated2</loc></url>"""
    )
    assert urls(body) == [f"https://example.com/{name}" for name in ("new", "old", "undated", "undated2")]


def test_an_index_names_its_sitemaps_the_newest_first():
    sitemap = read(
        f"""<sitemapindex {NS}><sitemap><loc>/1.xml.gz</loc></sitemap>
        <sitemap><loc>https://example.com/2.xml</loc><lastmod>2026-11-01</lastmod></sitemap><sitemap/></sitemapindex>"""
    )
    assert sitemap.candidates == ()
    assert sitemap.sitemaps == (
        SitemapLink(url="https://example.com/2.xml", modified=datetime(2026, 11, 1, tzinfo=UTC)),
        SitemapLink(url="https://example.com/1.xml.gz"),
    )


@pytest.mark.parametrize(
    "body",
    [
        "https://example.com/1\r\n\nhttps://example.com/2\n",
        "\ufeffhttps://example.com/1\nnonsense\nhttps://example.com/2",
        "<rss><channel><item><link>https://example.com/1</link></item><item><link>/2</link></item></channel></rss>",
        '<feed xmlns="http://purl.org/atom/ns#"><entry><link href="1"/></entry><entry><link href="2"/></entry></feed>',
        urlset("<url><loc>/1</loc></url><url><loc>/2</loc></url>").replace(
            NS, 'xmlns="http://www.google.com/schemas/sitemap/0.84"'
        ),
        urlset("<url><loc>/1</loc></url><url><loc>/2</loc></url>").replace(NS, ""),
        urlset("<url><loc> https://example.com/1 </loc></url><url><loc>\n/2</loc></url><url><loc></loc></url>"),
        urlset("<url><loc>/1<lastmod>x</lastmod></url><url><loc>/2</loc></url>"),
        urlset("<url><loc>/1</loc></url><url><loc>/2</loc></url><url><lo")[:-9],
        "junk\n" + urlset("<url><loc>/1</loc></url><url><loc>/2</loc></url>"),
    ],
)
def test_every_form_of_sitemap_is_read_and_broken_ones_are_read_on(body):
    assert urls(body) == ["https://example.com/1", "https://example.com/2"]


def test_a_raw_ampersand_stays_in_the_url():
    assert urls(urlset("<url><loc>/a?x=1&y=2</loc></url>")) == ["https://example.com/a?x=1&y=2"]


def test_gzip_is_told_by_its_first_bytes():
    assert urls(gzip.compress(urlset("<url><loc>/a</loc></url>").encode())) == ["https://example.com/a"]


def test_gzip_in_several_members_is_one_sitemap():
    body = urlset("<url><loc>/a</loc></url>").encode()
    assert urls(gzip.compress(body[:90]) + gzip.compress(body[90:])) == ["https://example.com/a"]


def test_a_gzip_stream_cut_short_gives_what_came():
    body = gzip.compress(urlset("".join(f"<url><loc>/{n * 7919}</loc></url>" for n in range(1000))).encode())
    assert 0 < len(urls(body[: len(body) // 2])) < 1000


def test_a_gzip_bomb_is_refused_before_it_opens():
    bomb = gzip.compress(bytes(60 * 2**20), 9)
    with pytest.raises(SitemapError, match="over"):
        read(bomb)


def test_external_entities_are_never_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("topsecret")
    dtd = f'<!DOCTYPE u [<!ENTITY a SYSTEM "file://{secret}"><!ENTITY b SYSTEM "http://127.0.0.1:9/x">]>'
    body = urlset("<url><loc>https://example.com/&a;&b;</loc></url>").replace("<urlset", dtd + "<urlset", 1)
    assert urls(body) == ["https://example.com/&a;&b;"]


def test_fifty_thousand_urls_are_read_fast():
    body = urlset("".join(f"<url><loc>/story-{n}.html</loc></url>" for n in range(50_000))).encode()
    start = time.process_time()
    assert len(read(body).candidates) == 50_000
    assert time.process_time() - start < 4


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Not found</body></html>", b"\x1f\x8bbroken", b"<svg/>", b"Not found"]
)
def test_what_is_no_sitemap_is_refused(body):
    with pytest.raises(SitemapError):
        read(body)


def test_robots_txt_names_sitemaps_wherever_they_stand():
    robots = (
        "User-agent: *\r\nDisallow: /\rsitemap:https://example.com/1.xml # x\n"
        "SITEMAP : https://example.com/2.xml\nSitemap: /rel.xml\nSitemap: https://example.com/1.xml\n"
    )
    assert find_sitemaps(robots) == ("https://example.com/1.xml", "https://example.com/2.xml")
