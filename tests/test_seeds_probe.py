"""A site, told by a function from URL to page -> its seed."""

from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import attrs
import pytest

from crawler.fetch import AddressGuard
from crawler.seeds import FetchedPage, Probe, Visitor, dump_seed, fetch_page, fetching, load_seed, probe_source
from crawler.seeds.identity import Identity, read_identity
from pipelines.errors import FetchError, ForbiddenAddressError, SettingsError

SITE = "https://courier.example"
TODAY = date(2026, 11, 23)
HOME = """<!doctype html><html lang="en-gb"><head><title>News and sport - The Courier</title>
<meta property="og:site_name" content="The Courier">
<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" type="application/atom+xml" href="/gone.xml">
</head><body><nav><ul><li><a href="/politics/">Politics</a></li><li><a href="/sport/">Sport</a></li>
<li><a href="/culture/">Culture</a></li></ul></nav>
<main><h2><a href="/2026/11/02/bridge-reopens-after-two-years-of-work">Bridge reopens after two years of work</a></h2>
</main></body></html>"""
RSS = """<rss version="2.0"><channel><title>The Courier</title><language>de-at</language>
<item><title>Bridge reopens</title><link>https://courier.example/2026/11/02/bridge</link></item></channel></rss>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://courier.example/2026/11/02/bridge</loc></url></urlset>"""


class Site:
    """Answers from a dict of URL -> text, page or exception; what it lacks is 404. Remembers what was asked."""

    def __init__(self, pages: dict[str, str | FetchedPage | Exception]) -> None:
        self.pages = {SITE + path if path.startswith("/") else path: page for path, page in pages.items()}
        self.asked: list[str] = []
        self.slept: list[float] = []

    def __call__(self, url: str) -> FetchedPage:
        self.asked.append(url)
        page = self.pages.get(url, FetchedPage(url=url, status=404))
        if isinstance(page, Exception):
            raise page
        if isinstance(page, str):
            kind = "text/html" if page.startswith("<!doctype") else "text/plain"
            return FetchedPage(url=url, status=200, body=page.encode(), media_type=kind)
        return attrs.evolve(page, url=url)

    def visitor(self, delay: float = 0.0) -> Visitor:
        return Visitor(self, agent="newskeep", delay=delay, sleep=self.slept.append)

    def probe(self, url: str = f"{SITE}/") -> Probe:
        return probe_source(url, self.visitor(), today=TODAY)


def redirect(to: str) -> FetchedPage:
    return FetchedPage(url="", status=301, location=to)


@pytest.fixture
def pages() -> dict[str, str | FetchedPage | Exception]:
    return {
        "/": HOME,
        "/rss.xml": RSS,
        "/robots.txt": f"User-agent: *\nDisallow: /admin/\n\nSitemap: {SITE}/map.xml\nSitemap: {SITE}/lost.xml\n",
        "/map.xml": SITEMAP,
    }


def test_a_site_tells_name_language_feeds_sitemaps_and_sections(pages):
    source = Site(pages).probe().source

    assert (source.id, source.name, source.language) == ("the-courier", "The Courier", "en-GB")
    assert source.home_page == f"{SITE}/"
    assert source.feeds == (f"{SITE}/rss.xml",)
    assert source.sitemaps == (f"{SITE}/map.xml",)
    assert source.sections == (f"{SITE}/politics/", f"{SITE}/sport/", f"{SITE}/culture/")
    assert source.verified == TODAY


def test_a_probed_seed_can_be_saved_as_it_is_printed(pages, tmp_path):
    source = Site(pages).probe().source
    path = tmp_path / f"{source.id}.toml"
    path.write_text(dump_seed(source), encoding="utf-8")

    assert load_seed(path) == source


def test_what_the_site_names_and_cannot_show_is_left_out_with_a_note(pages):
    notes = Site(pages).probe().notes

    assert f"feeds: left out {SITE}/gone.xml: answers 404" in notes
    assert f"sitemaps: left out {SITE}/lost.xml: answers 404" in notes


def test_a_feed_without_entries_or_that_is_a_page_is_left_out(pages):
    pages |= {"/rss.xml": '<rss version="2.0"><channel/></rss>', "/gone.xml": HOME}

    probe = Site(pages).probe()

    assert probe.source.feeds == ()
    assert f"feeds: left out {SITE}/rss.xml: a feed without entries" in probe.notes
    assert any(note.startswith(f"feeds: left out {SITE}/gone.xml: not a feed") for note in probe.notes)


def test_feeds_and_sitemaps_in_the_usual_places_are_found_and_missing_ones_are_not_noted():
    site = Site({"/": "<!doctype html><title>The Courier</title>", "/feed/": RSS, "/sitemap_index.xml": SITEMAP})

    probe = site.probe()

    assert probe.source.feeds == (f"{SITE}/feed/",)
    assert probe.source.sitemaps == (f"{SITE}/sitemap_index.xml",)
    assert not any("left out" in note for note in probe.notes)


def test_the_feed_tells_the_language_when_the_page_does_not(pages):
    pages["/"] = HOME.replace(' lang="en-gb"', "")

    assert Site(pages).probe().source.language == "de-AT"


def test_what_nobody_tells_is_noted():
    notes = Site({"/": "<!doctype html><title></title>"}).probe().notes

    assert [note.partition(":")[0] for note in notes] == [
        "language",
        "feeds",
        "sitemaps",
        "sections",
        "country, timezone",
    ]


def test_a_sitemap_too_large_to_read_whole_is_kept(pages):
    pages["/map.xml"] = FetchedPage(url="", status=200, body=SITEMAP[:50].encode(), truncated=True)

    assert Site(pages).probe().source.sitemaps == (f"{SITE}/map.xml",)


def test_the_home_page_is_where_redirects_lead_and_https_is_assumed(pages):
    pages["https://old.example/"] = redirect("https://courier.example/")

    probe = Site(pages).probe("old.example")

    assert probe.source.home_page == f"{SITE}/"
    assert f"home_page: https://old.example/ leads to {SITE}/" in probe.notes


def test_what_robots_txt_forbids_is_never_asked_for(pages):
    site = Site(pages | {"/robots.txt": "User-agent: newskeep\nDisallow: /rss.xml\nDisallow: /sitemap\n"})

    probe = site.probe()

    assert not {f"{SITE}/rss.xml", f"{SITE}/sitemap.xml"} & set(site.asked)
    assert f"feeds: left out {SITE}/rss.xml: forbidden to robots (robots.txt); ask its publisher" in probe.notes


@pytest.mark.parametrize(
    "robots", ["User-agent: *\nDisallow: /\n", FetchedPage(url="", status=503), FetchError("no answer")]
)
def test_a_site_that_refuses_robots_or_whose_robots_txt_fails_is_not_asked(pages, robots):
    site = Site(pages | {"/robots.txt": robots})

    with pytest.raises(FetchError):
        site.probe()
    assert site.asked == [f"{SITE}/robots.txt"]


def test_a_redirect_is_not_followed_where_robots_txt_forbids(pages):
    site = Site(pages | {"/": redirect("/admin/"), "/admin/": HOME})

    with pytest.raises(FetchError, match="forbidden to robots"):
        site.probe()
    assert f"{SITE}/admin/" not in site.asked


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (FetchedPage(url="", status=403), "answers 403"),
        (FetchedPage(url="", status=200, media_type="application/pdf"), "is application/pdf, not HTML"),
        (redirect("/"), "more than 5 redirects"),
        (redirect("ftp://courier.example/"), "which is no web address"),
    ],
)
def test_a_page_that_is_no_home_page_is_refused(pages, page, reason):
    with pytest.raises(FetchError, match=reason):
        Site(pages | {"/": page}).probe()


@pytest.mark.parametrize("url", ["ftp://courier.example/", "https://", "", "https://a b/"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(url):
    site = Site({})

    with pytest.raises(SettingsError, match=r"^URL: "):
        site.probe(url)
    assert site.asked == []


def test_the_longer_of_our_delay_and_the_crawl_delay_is_kept_between_requests(pages):
    site = Site(pages | {"/robots.txt": "User-agent: *\nCrawl-delay: 7\n"})
    visitor = site.visitor(delay=2)

    for path in ("/", "/rss.xml"):
        visitor.visit(f"{SITE}{path}")
    visitor.visit("https://other.example/")

    assert [round(seconds) for seconds in site.slept] == [7, 7, 2]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="og:site_name" content=" The  Courier "><title>x</title>', "The Courier"),
        ('<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"Courier"}]}</script>', "Courier"),
        (
            '<script type="application/ld+json">[{"@type":["NewsMediaOrganization"],"name":"Courier"}]</script>',
            "Courier",
        ),
        ('<script type="application/ld+json">{"name": </script><title>Courier</title>', "Courier"),
        ('<script type="application/ld+json">{"@type":[{}],"name":"x"}</script><title>Courier</title>', "Courier"),
        ('<meta name="application-name" content="Courier">', "Courier"),
        ("<title>Latest news, sport and weather | Courier</title>", "Courier"),
        ("<title>Nachrichten – Abendblatt</title>", "Nachrichten"),
        ('<meta property="og:site_name" content="The&#8232;Cou\u200brier&#1;">', "The Courier"),
        ("<title></title>", None),
    ],
)
def test_a_home_page_tells_its_name(head, expected):
    page = f"<!doctype html><html><head>{head}</head><body></body></html>".encode()

    assert read_identity(page, base_url="https://www.courier.example/").name == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<html lang="de-AT">', "de-AT"),
        ('<html lang="en_gb">', "en-GB"),
        ('<html lang="german"><meta property="og:locale" content="de_DE">', "de-DE"),
        ('<html><meta http-equiv="Content-Language" content="fr">', "fr"),
        ("<html>", None),
    ],
)
def test_a_home_page_tells_its_language(page, expected):
    assert read_identity(f"{page}<body>x".encode(), base_url=SITE).language == expected


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>Zürich</title>".encode(), None),
        ("<title>Zürich</title>".encode("latin-1"), "iso-8859-1"),
        ('<meta charset="iso-8859-1"><title>Zürich</title>'.encode("latin-1"), None),
        ("<title>Zürich</title>".encode("latin-1"), "no-such-charset"),
    ],
)
def test_names_are_read_in_the_charset_of_the_page(body, charset):
    assert read_identity(body, base_url=SITE, charset=charset).name == "Zürich"


@pytest.mark.parametrize("body", [b"", b"\x00", b"<!-- -->"])
def test_an_empty_page_tells_nothing(body):
    assert read_identity(body, base_url=SITE) == Identity()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["User-Agent"]))
        if self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"short")
            return
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Content-Type", "text/HTML; charset=UTF-8")
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * 100)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.seen = []
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


LOOPBACK = AddressGuard.from_names(["127.0.0.0/8"])


def url_of(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def test_a_page_is_fetched_with_our_name_and_redirects_are_told_not_followed(server):
    page = fetch_page(url_of(server, "/moved"), user_agent="newskeep/0 (+https://us.example)", guard=LOOPBACK)

    assert (page.status, page.location) == (302, "/elsewhere")
    assert (page.media_type, page.charset, page.body) == ("text/html", "utf-8", b"x" * 100)
    assert server.seen == [("/moved", "newskeep/0 (+https://us.example)")]


def test_a_private_address_is_refused_unless_its_network_is_allowed(server):
    with pytest.raises(ForbiddenAddressError, match="ALLOWED_NETWORKS"):
        fetch_page(url_of(server, "/"), user_agent="newskeep", guard=AddressGuard())
    assert server.seen == []


def test_a_name_that_resolves_to_a_private_address_is_refused(server, monkeypatch):
    class Guard(AddressGuard):
        async def resolve(self, host: str, port: int) -> str:
            raise ForbiddenAddressError(host, "127.0.0.1")

    with pytest.raises(ForbiddenAddressError):
        fetch_page(f"http://news.example:{server.server_port}/", user_agent="newskeep", guard=Guard())
    assert server.seen == []


def test_a_proxy_is_honoured_and_literal_private_addresses_are_refused_all_the_same(server, monkeypatch):
    monkeypatch.setenv("http_proxy", url_of(server, ""))

    page = fetch_page("http://news.example/a", user_agent="newskeep", guard=AddressGuard())

    assert (page.status, server.seen[0][0]) == (200, "http://news.example/a")
    with pytest.raises(ForbiddenAddressError):
        fetch_page("http://10.0.0.1/", user_agent="newskeep", guard=AddressGuard())


def test_a_body_over_the_limit_is_cut_and_says_so(server, monkeypatch):
    monkeypatch.setattr(fetching, "MAX_BYTES", 60)

    page = fetch_page(url_of(server, "/"), user_agent="newskeep", guard=LOOPBACK)

    assert (len(page.body), page.truncated) == (60, True)


@pytest.mark.parametrize("path", ["/cut", ":1/"])
def test_no_whole_answer_is_one_line(server, path):
    url = url_of(server, path) if path == "/cut" else f"http://127.0.0.1{path}"

    with pytest.raises(FetchError, match="no answer") as caught:
        fetch_page(url, user_agent="newskeep", guard=LOOPBACK)
    assert len(str(caught.value).splitlines()) == 1
