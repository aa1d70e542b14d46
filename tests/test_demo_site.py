"""The demonstration newspaper's pages: what the truth says of them is so."""

import gzip
import http.client
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
import pytest

from crawler.demo import FOLDER, DemoServer

SITE = tomllib.loads((FOLDER / "site.toml").read_text("utf-8"))
PAGES = [(host["name"], page) for host in SITE["host"] for page in host["page"]]
REDIRECTS = [(host["name"], redirect) for host in SITE["host"] for redirect in host.get("redirect", ())]
TRUTH = [json.loads(line) for line in (FOLDER / "truth.jsonl").read_text("utf-8").splitlines()]
SEEDS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in (FOLDER / "seeds").glob("*.toml")}
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"

every_article = pytest.mark.parametrize("article", TRUTH, ids=lambda article: article["url"].split("//")[1])


@pytest.fixture(scope="module")
def get() -> Iterator:
    """A function from URL to (content type, body) that fails when the status is not 200."""
    with DemoServer() as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)

        @cache
        def get(url: str) -> tuple[str, bytes]:
            client.request("GET", url)
            response = client.getresponse()
            body = response.read()
            assert response.status == 200, url
            return response.headers["Content-Type"], body

        yield get
        client.close()


@pytest.fixture(scope="module")
def text_of(get):
    """A function from URL to the page's visible text, white space collapsed."""

    def text_of(url: str) -> str:
        content_type, body = get(url)
        declared = re.search(r"charset=([\w-]+)", content_type) or re.search(
            r"charset=([\w-]+)", body[:400].decode("latin-1")
        )
        root = lxml.html.document_fromstring(body.decode(declared[1]))
        for element in root.xpath("//script | //style | //title"):
            element.drop_tree()
        return collapse(root.text_content())

    return text_of


def collapse(text: str) -> str:
    return " ".join(text.split())


def locations(body: bytes, tag: str = "loc") -> list[str]:
    root = lxml.etree.fromstring(body)
    return [element.text or element.get("href") for element in root.iter("{*}" + tag)]


@pytest.mark.parametrize(("host", "page"), PAGES, ids=lambda value: value if isinstance(value, str) else value["path"])
def test_a_listed_page_is_served_with_its_type_and_charset(get, host, page):
    content_type, _ = get(f"http://{host}{page['path']}")
    media_type = page.get("type", "text/html")
    says_charset = page.get("declared", True) and media_type not in {"image/jpeg", "application/gzip"}

    assert content_type == (f"{media_type}; charset={page.get('charset', 'utf-8')}" if says_charset else media_type)


def test_every_file_is_served():
    listed = {FOLDER / host / page["file"] for host, page in PAGES}

    assert listed == {path for host in SITE["host"] for path in (FOLDER / host["name"]).rglob("*") if path.is_file()}


def test_a_redirect_leads_to_a_page(get):
    assert [get(redirect["to"])[0] for _, redirect in REDIRECTS] == ["text/html; charset=utf-8"] * 5


@every_article
def test_the_paragraphs_stand_in_the_page_in_order(text_of, article):
    text, position = text_of(article["url"]), 0
    for paragraph in article["paragraphs"]:
        found = text.find(collapse(paragraph), position)
        assert found >= 0, paragraph
        position = found + len(paragraph)


@every_article
@pytest.mark.parametrize("kind", ["credit_lines", "captions", "furniture"])
def test_what_is_not_text_stands_in_the_page_but_not_in_a_paragraph(text_of, article, kind):
    text, body = text_of(article["url"]), "\n".join(article["paragraphs"])

    assert [line for line in article[kind] if collapse(line) not in text] == []
    assert [line for line in article[kind] if line in body] == []


@every_article
def test_each_credit_is_its_printed_line_without_the_label(article):
    pairs = zip(article["credits"], article["credit_lines"], strict=True)

    assert all(line.endswith(credit) and line != credit for credit, line in pairs)
    assert article["credits"]


@every_article
def test_headline_and_authors_stand_in_the_page(text_of, article):
    text = text_of(article["url"])

    assert collapse(article["headline"]) in text
    assert all(author in text for author in article["authors"])


@every_article
def test_the_look_alikes_are_paragraphs(article):
    assert set(article["keeps"]) <= set(article["paragraphs"])


@every_article
def test_a_variant_says_which_page_it_is_a_variant_of(get, article):
    redirects = {f"http://{host}{redirect['path']}": redirect["to"] for host, redirect in REDIRECTS}
    for url in {article["url"], *article["variants"]}:
        root = lxml.html.fromstring(get(redirects.get(url, url))[1])
        assert root.xpath("//link[@rel='canonical']/@href") == [article["url"]]


@every_article
def test_the_date_is_past_and_of_march_2026(article):
    published = datetime.fromisoformat(article["published"])

    assert published.replace(tzinfo=published.tzinfo or UTC) < datetime(2026, 3, 21, tzinfo=UTC)
    assert (published.year, published.month) == (2026, 3)


def articles_of(host: str) -> set[str]:
    return {article["url"] for article in TRUTH if urlsplit(article["url"]).hostname == host}


def test_there_are_fifteen_articles_and_each_outlet_has_look_alikes():
    assert len(TRUTH) == 15
    assert {urlsplit(article["url"]).hostname for article in TRUTH if article["keeps"]} == {
        h["name"] for h in SITE["host"]
    }


def test_the_gazettes_feed_lists_its_latest_four_with_tracking_parameters(get):
    body = get("http://harbour-gazette.example/feed/")[1]
    links = lxml.etree.fromstring(body).xpath("//item/link/text()")

    assert len(links) == 4
    assert all(
        "?utm_source=rss" in link and link.partition("?")[0] in articles_of("harbour-gazette.example") for link in links
    )


def test_the_gazettes_sitemap_index_leads_to_all_its_articles(get):
    children = locations(get("http://harbour-gazette.example/wp-sitemap.xml")[1])
    listed = {url for child in children for url in locations(get(child)[1])}

    assert articles_of("harbour-gazette.example") < listed


def test_the_gazettes_home_page_names_its_feed(get):
    root = lxml.html.fromstring(get("http://harbour-gazette.example/")[1])

    assert "http://harbour-gazette.example/feed/" in root.xpath("//link[@type='application/rss+xml']/@href")


def test_the_grenzblatt_lists_four_in_its_feed_three_in_its_news_sitemap_and_all_in_its_gzip_sitemap(get):
    articles = articles_of("grenzblatt.example")
    feed = lxml.etree.fromstring(get("http://grenzblatt.example/atom.xml")[1])
    entries = set(feed.xpath("//*[local-name()='entry']/*[local-name()='link']/@href"))
    news = lxml.etree.fromstring(get("http://grenzblatt.example/sitemap-news.xml")[1])
    packed = get("http://grenzblatt.example/sitemap.xml.gz")[1]

    assert len(entries & articles) == len(entries) == 4
    assert len(news.findall(f".//{NEWS}publication_date")) == 3
    assert articles < set(locations(gzip.decompress(packed)))


def test_the_meridian_sitemap_lacks_the_article_that_only_the_last_page_of_a_section_lists(get):
    host = "http://meridian-desk.example"
    missing = articles_of("meridian-desk.example") - set(locations(get(f"{host}/sitemap.xml")[1]))
    last = lxml.html.fromstring(get(f"{host}/dispatches/?page=3")[1])

    assert missing == {f"{host}/es/2026/03/mercado.html"}
    assert any(href.startswith("/es/2026/03/mercado.html") for href in last.xpath("//a/@href"))


@pytest.mark.parametrize("host", [host["name"] for host in SITE["host"]])
def test_the_home_page_tempts_with_what_robots_txt_forbids(get, host):
    home = lxml.html.fromstring(get(f"http://{host}/")[1])

    assert "/private/" in home.xpath("//a/@href")
    assert "Disallow: /private/" in get(f"http://{host}/robots.txt")[1].decode()


def test_the_seeds_name_the_outlets_and_the_first_knows_no_more_than_that():
    assert {urlsplit(seed["home_page"]).hostname for seed in SEEDS.values()} == {host["name"] for host in SITE["host"]}
    assert set(SEEDS["harbour-gazette"]) == {"name", "home_page"}


def test_the_folder_stays_small():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 300_000
