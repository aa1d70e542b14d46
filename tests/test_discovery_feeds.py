import time
from datetime import UTC, datetime

import pytest

from crawler.discovery import find_feeds, read_feed
from crawler.discovery.dates import parse_date
from pipelines.errors import FeedError
from pipelines.model import Channel

BASE = "https://example.com/feed.xml"


def read(body, **options):
    return read_feed(body.encode() if isinstance(body, str) else body, base_url=BASE, source="example", **options)


def rss(items, head=""):
    return f"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"
      xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>The Example</title>
      <link>https://example.com/</link><language>en_GB</language>{head}{items}</channel></rss>"""


def atom(entries, attributes=""):
    return f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" {attributes}><title>Beispiel</title>
      <author><name>The Publisher</name></author>{entries}</feed>"""


def test_an_rss_item_gives_every_hint():
    (candidate,) = read(
        rss(
            """<item><title>Bridge &lt;b&gt;reopens&lt;/b&gt; &amp;amp; all cheer</title>
            <link> https://example.com/a?utm_source=rss </link><dc:creator>Jo Doe</dc:creator>
            <media:title>Picture</media:title><category>Local</category><category>Traffic</category>
            <pubDate>Mon, 23 Nov 2026 09:00:00 +0100</pubDate></item>"""
        )
    )
    assert candidate.url == "https://example.com/a"
    assert candidate.source == "example"
    assert candidate.channel == Channel.FEED
    assert candidate.found_on == BASE
    assert candidate.title == "Bridge reopens & all cheer"
    assert candidate.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert candidate.modified is None
    assert candidate.authors == ("Jo Doe",)
    assert candidate.keywords == ("Local", "Traffic")
    assert candidate.language == "en-GB"
    assert candidate.publication == "The Example"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/a</link>", "https://example.com/a"),
        ("<link><![CDATA[https://example.com/a?x=1&y=2]]></link>", "https://example.com/a?x=1&y=2"),
        ("<guid>https://example.com/g</guid>", "https://example.com/g"),
        (
            '<link>https://example.com/a</link><guid isPermaLink="false">https://example.com/g</guid>',
            "https://example.com/a",
        ),
        (
            "<link>https://proxy.example/1</link><feedburner:origLink>https://example.com/o</feedburner:origLink>",
            "https://example.com/o",
        ),
        (
            '<atom:link rel="self" href="https://example.com/s"/><link>https://example.com/a</link>',
            "https://example.com/a",
        ),
    ],
)
def test_the_right_rss_link_counts(item, url):
    assert [candidate.url for candidate in read(rss(f"<item>{item}</item>"))] == [url]


@pytest.mark.parametrize(
    "item",
    [
        "<title>No link</title>",
        '<guid isPermaLink="false">https://example.com/g</guid>',
        "<link>mailto:a@b.example</link>",
    ],
)
def test_an_item_without_a_usable_link_is_skipped(item):
    assert read(rss(f"<item>{item}</item>")) == ()


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("<author>jo@example.com (Jo Doe)</author>", ("Jo Doe",)),
        ("<author>desk@example.com</author>", ()),
        ("<author>Jo Doe</author>", ("Jo Doe",)),
        ("<dc:creator>Jo</dc:creator><dc:creator>Al</dc:creator><dc:creator>Jo</dc:creator>", ("Jo", "Al")),
    ],
)
def test_authors_are_names(author, names):
    (candidate,) = read(rss(f"<item><link>/a</link>{author}</item>"))
    assert candidate.authors == names


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link href="/a"/>', "https://example.com/a"),
        ('<link rel="self" href="/s"/><link rel="alternate" href="/a"/>', "https://example.com/a"),
        (
            '<link type="application/pdf" href="/p"/><link type="text/html" href="/a"/>',
            "https://example.com/a",
        ),
        ('<link rel="enclosure" href="/e"/><id>https://example.com/i</id>', "https://example.com/i"),
        (
            '<link rel="edit" href="/e"/><source><link href="/other"/></source><link href="/a"/>',
            "https://example.com/a",
        ),
        ('<content type="xhtml"><div><link href="/inline"/></div></content><link href="/a"/>', "https://example.com/a"),
    ],
)
def test_the_right_atom_link_counts(links, url):
    assert [candidate.url for candidate in read(atom(f"<entry>{links}</entry>"))] == [url]


def test_an_atom_entry_gives_every_hint():
    (candidate,) = read(
        atom(
            """<entry xml:base="https://example.com/news/"><link href="a"/><published>2026-11-23T08:00:00Z</published>
            <title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Rat <em>stimmt</em> zu</div></title>
            <updated>2026-11-23T10:30:00+01:00</updated>
            <author><name>Jo Doe</name><email>jo@example.com</email></author>
            <category term="pol" label="Politik"/></entry>"""
        )
    )
    assert candidate.url == "https://example.com/news/a"
    assert candidate.title == "Rat stimmt zu"
    assert candidate.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert candidate.modified == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert candidate.authors == ("Jo Doe",)
    assert candidate.keywords == ("Politik",)
    assert candidate.language == "de"
    assert candidate.publication == "Beispiel"


def test_the_feeds_own_author_is_no_byline():
    (candidate,) = read(atom('<entry><link href="/a"/></entry>'))
    assert candidate.authors == ()


def test_rdf_is_read():
    (candidate,) = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title><dc:language>fr</dc:language>
        <items><rdf:Seq/></items></channel><item rdf:about="https://example.com/a"><title>A</title>
        <dc:date>2026-11-23</dc:date></item></rdf:RDF>"""
    )
    assert candidate.url == "https://example.com/a"
    assert candidate.published == datetime(2026, 11, 23, tzinfo=UTC)
    assert (candidate.publication, candidate.language) == ("Old", "fr")


def test_a_json_feed_is_read():
    (candidate, second) = read(
        """{"version": "https://jsonfeed.org/version/1.1", "title": "The Example", "language": "sv", "items": [
        {"id": "1", "url": "/a", "title": "A &amp; B", "date_published": "2026-11-23T08:00:00Z", "tags": ["x"],
         "date_modified": "2026-11-23T09:00:00Z", "authors": [{"name": "Jo"}]},
        {"id": "https://example.com/b"}, {"id": "3"}, "nonsense", {"url": 7}]}"""
    )
    assert (candidate.url, second.url) == ("https://example.com/a", "https://example.com/b")
    assert (candidate.title, candidate.publication, candidate.language) == ("A & B", "The Example", "sv")
    assert candidate.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert candidate.modified == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert (candidate.authors, candidate.keywords) == (("Jo",), ("x",))


ITEM = "<item><title>{}</title><link>https://example.com/{}</link></item>"


@pytest.mark.parametrize(
    "body",
    [
        "\ufeff\n <!-- cached --> \n" + rss(ITEM.format("Fish & chips", 1) + ITEM.format("b", 2)),
        rss(ITEM.format("Caf&eacute;&nbsp;&mdash; x", 1) + ITEM.format("b", 2)),
        rss("<item><description>open <p> tag <br></description><link>/1</link></item>" + ITEM.format("b", 2)),
        rss("<item><title>open<link>https://example.com/1</link></item>" + ITEM.format("b", 2)),
        rss(ITEM.format("a", 1) + ITEM.format("b", 2)).replace("</channel></rss>", "<item><title>cut"),
        rss(ITEM.format("a\x0b\x00", 1) + ITEM.format("b", 2)),
        rss(ITEM.format("a", 1) + "<nope:x>y</nope:x>" + ITEM.format("b", 2)),
        "<br />\n<b>Warning</b>: mysql down\n" + rss(ITEM.format("a", 1) + ITEM.format("b", 2)),
        rss(ITEM.format("a", 1) + ITEM.format("b", 2)).replace("&", "&&#0;"),
        rss(ITEM.format("&#xD800; &#99999999; &#0; &x", 1) + ITEM.format("b", 2)),
    ],
)
def test_a_broken_feed_is_read_on(body):
    assert [candidate.url for candidate in read(body)] == ["https://example.com/1", "https://example.com/2"]


def test_many_open_tags_do_not_drown_the_items_after_them():
    items = "".join(
        f"<item><description><p></description><link>https://example.com/{n}</link></item>" for n in range(500)
    )
    assert len(read(rss(items))) == 500


@pytest.mark.parametrize(
    ("encoded", "charset"),
    [
        (rss(ITEM.format("Zoë", 1)).encode("cp1252"), None),
        (rss(ITEM.format("Zoë", 1)).replace('"1.0"', '"1.0" encoding="utf-8"').encode("cp1252"), "utf-8"),
        (rss(ITEM.format("Zoë", 1)).replace('"1.0"', '"1.0" encoding="iso-8859-1"').encode(), "iso-8859-1"),
        (rss(ITEM.format("Zoë", 1)).encode("utf-16"), None),
        (rss(ITEM.format("Zoë", 1)).replace('"1.0"', '"1.0" encoding="nonsense"').encode(), "also-nonsense"),
    ],
)
def test_a_wrong_charset_declaration_does_no_harm(encoded, charset):
    assert read(encoded, charset=charset)[0].title == "Zoë"


def test_a_declared_charset_is_used():
    body = (
        '<?xml version="1.0" encoding="windows-1251"?>'
        "<rss><channel><item><title>Мост</title><link>/1</link></item></channel></rss>"
    )
    assert read(body.encode("cp1251"))[0].title == "Мост"


def test_entities_are_never_expanded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("TOP SECRET")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    dtd = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}<!ENTITY x SYSTEM "file://{secret}">]>'
    body = rss("<item><title>&l9; &x;</title><link>/1</link></item>").replace("<rss", dtd + "<rss", 1)
    (candidate,) = read(body)
    assert candidate.title == "&l9; &x;"


def test_ten_thousand_items_take_under_a_second():
    """On 2 busy cores lxml reads 10,000 items in 0.65 s where feedparser 6 takes 2.6 s, and it loses none of them."""
    body = rss("".join(ITEM.format(n, n) for n in range(10_000))).encode()
    start = time.process_time()
    assert len(read(body)) == 10_000
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<html><body><rss></rss></body></html>",
        b"{}",
        b"{broken",
        b'{"items": 3}',
        b"[" * 100_000,
        b"{" * 9,
        b"\x1f\x8bbroken",
    ],
)
def test_what_is_no_feed_is_refused(body):
    with pytest.raises(FeedError):
        read(body)


def test_a_feed_over_ten_megabytes_is_refused():
    with pytest.raises(FeedError, match="over"):
        read(rss(" " * (10 * 2**20)))


def test_deeply_nested_json_is_refused():
    with pytest.raises(FeedError):
        read('{"items": ' + "[" * 200_000)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 23 Nov 2026 08:00:00 GMT", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("Mo, 23 Nov 2026 08:00:00 CET", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("23 Nov 2026 08:00 EST", datetime(2026, 11, 23, 13, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 08:00:00 +05:30", datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
        ("2026-11-23T08:00:00.123456789Z", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23 08:00:00 +0100", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23T08:00", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("2026-13-45", None),
        ("yesterday", None),
        ("Mon, 99 Nov 2026 08:00:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read_as_utc(text, date):
    assert parse_date(text) == date


def test_a_page_names_its_feeds_declared_ones_first():
    page = b"""<html><head><base href="https://example.com/x/">
      <link rel="alternate" type="application/rss+xml" href="/rss.xml">
      <link rel="Alternate" type="application/atom+xml; charset=utf-8" href="atom.xml">
      <link rel="alternate" type="application/feed+json" href="/feed.json"><link rel="stylesheet" href="/a.css">
      <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
      <link rel="alternate" hreflang="de" href="/de/"></head>
      <a href="/sport/rss">RSS</a><a href="/feeding-the-ducks">Ducks</a><a href="https://other.example/feed/">Other</a></html>"""
    assert find_feeds(page, "https://example.com/") == (
        "https://example.com/rss.xml",
        "https://example.com/x/atom.xml",
        "https://example.com/feed.json",
        "https://example.com/sport/rss",
    )


@pytest.mark.parametrize("page", [b"", b"<!-- nothing -->", b"<p>no feeds"])
def test_a_page_without_feeds_names_none(page):
    assert find_feeds(page, "https://example.com/") == ()
