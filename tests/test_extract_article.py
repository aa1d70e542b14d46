from datetime import UTC, datetime

import attrs
import pytest

from pipelines.errors import IncompletePageError, NotHtmlError
from pipelines.extract import component_versions, extract_article
from pipelines.model import BlockKind, Candidate, Channel, Source
from pipelines.workers import read_article
from tests.extract_pages import PARAGRAPHS, URL, article, document, page

JSON_LD = """<script type="application/ld+json">{"@type": "OpinionNewsArticle", "headline": "Old bridge to close",
 "datePublished": "2026-11-22", "dateModified": "2026-11-22T12:00:00+01:00", "isAccessibleForFree": "False",
 "author": [{"@type": "Person", "name": "By Mira Holt"}, {"@type": "Person", "name": "Jan Berg"}],
 "publisher": {"name": "Harbour Post"}, "articleSection": "Local", "keywords": "bridge, harbour",}</script>"""


def candidate(**hints):
    return Candidate(url=URL, source="harbour", channel=Channel.FEED, found_on="https://harbour.example/feed", **hints)


def clean(html):
    """Return the article of a page as it is archived: decided, not only found."""
    return read_article(page(html), min_confidence=0)


def test_the_body_is_the_paragraphs_without_headline_and_menus():
    assert clean(article()).article_body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "shape", ["<div class='paragraph'>{}</div>", "{}<br><br>", "<p><span style='font-size:12pt'>{}</span></p>"]
)
def test_paragraphs_in_every_markup_are_found(shape):
    text = "".join(shape.format(line) for line in PARAGRAPHS)
    html = document(f"<div class='wrap'><h1>Old bridge to close</h1><div class='text'>{text}</div></div>")
    assert clean(html).article_body == "\n\n".join(PARAGRAPHS)


def test_a_page_laid_out_by_a_table_is_read():
    side = "".join(f"<li><a href='/n/{n}'>Another story with a long headline</a></li>" for n in range(6))
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    html = document(f"<table><tr><td><h1>Old bridge to close</h1>{text}</td><td><ul>{side}</ul></td></tr></table>")
    assert clean(html).article_body == "\n\n".join(PARAGRAPHS)


def test_react_comments_do_not_cut_the_text():
    html = article().replace("harbour will", "harbour <!-- -->will")
    assert PARAGRAPHS[0] in clean(html).article_body


def test_blocks_know_kind_and_place():
    quote = "<blockquote><p>It was high time, they say here.</p></blockquote>"
    inside = f"<h2>What is known</h2><ul><li>The works cost nine million crowns in all.</li></ul>{quote}"
    blocks = clean(article(inside=inside)).blocks
    assert [block.kind for block in blocks[:4]] == [
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.LIST_ITEM,
        BlockKind.QUOTE,
    ]
    assert blocks[0].path == "main > article > div.story > p"


def test_json_ld_gives_the_fields_and_origins_name_it():
    found = extract_article(page(article(head=JSON_LD)))
    assert (found.headline, found.authors, found.publisher) == (
        "Old bridge to close",
        ("Mira Holt", "Jan Berg"),
        "Harbour Post",
    )
    assert (found.article_section, found.keywords, found.type) == ("Local", ("bridge", "harbour"), "OpinionNewsArticle")
    assert found.is_accessible_for_free is False
    assert found.origins["authors"] == found.origins["date_published"] == "json-ld"


def test_a_page_that_does_not_say_leaves_access_open():
    assert extract_article(page(article())).is_accessible_for_free is None


@pytest.mark.parametrize(
    "title", ["Old bridge to close - Harbour Post", "Old bridge to close | Local | Harbour Post", "Harbour Post: x"]
)
def test_the_sites_name_is_no_part_of_the_headline(title):
    head = f'<title>{title}</title><meta property="og:site_name" content="Harbour Post">'
    assert extract_article(page(article(head=head))).headline == "Old bridge to close"


def test_the_feeds_instant_refines_a_bare_day():
    published = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert (
        extract_article(page(article(head=JSON_LD), candidate=candidate(published=published))).date_published
        == published
    )


def test_the_feed_fills_what_the_page_lacks():
    hints = candidate(authors=("Mira Holt",), published=datetime(2026, 11, 20, 9, tzinfo=UTC), keywords=("bridge",))
    found = extract_article(page(article(), candidate=hints))
    assert (found.authors, found.keywords, found.date_published) == (hints.authors, hints.keywords, hints.published)
    assert found.origins["date_published"] == "feed"


def test_a_printed_date_is_read_in_the_sources_zone():
    source = Source(id="harbour", name="Harbour Post", home_page="https://harbour.example/", timezone="Asia/Tokyo")
    found = extract_article(
        page(
            article(before="<p>By Jane Doe | 21.11.2026 10:30</p>"),
            url="https://harbour.example/old-bridge-to-close-now",
        ),
        source=source,
    )
    assert found.date_published.isoformat() == "2026-11-21T10:30:00+09:00"


def test_a_sources_own_selectors_are_left_out():
    source = Source(
        id="harbour", name="Harbour Post", home_page="https://harbour.example/", boilerplate_selectors=(".box",)
    )
    html = article(
        inside="<div class='box'><p>Our reporters are out every day so that you know what is going on.</p></div>"
    )
    assert "reporters" not in extract_article(page(html), source=source).article_body
    assert "reporters" in extract_article(page(html)).article_body


def test_the_canonical_address_is_absolute():
    head = '<base href="https://harbour.example/x/"><link rel="canonical" href="../old-bridge">'
    assert extract_article(page(article(head=head))).canonical_url == "https://harbour.example/old-bridge"


def test_a_cut_page_is_refused():
    whole = page(article())
    with pytest.raises(IncompletePageError):
        extract_article(attrs.evolve(whole, capture=attrs.evolve(whole.capture, truncated="disconnect")))


@pytest.mark.parametrize("payload", [b"%PDF-1.4", b"", b"<!-- nothing -->"])
def test_what_is_no_html_is_refused(payload):
    with pytest.raises(NotHtmlError):
        extract_article(page(payload))


def test_every_component_that_shapes_an_article_names_its_version():
    assert {"newskeep", "python", "trafilatura", "lxml", "libxml2", "htmldate"} <= set(component_versions())


def test_the_reading_of_ruby_is_said_once():
    html = article(
        inside="<p><ruby>法律<rt>ほうりつ</rt></ruby>ができて、橋は二〇二七年まで閉鎖されることになりました。</p>"
    )
    assert "法律ができて" in clean(html).article_body


def test_only_the_first_h1_is_the_headline():
    assert "What is known" in clean(article(inside="<h1>What is known</h1>")).article_body


def test_long_comments_do_not_take_the_articles_place():
    comments = "".join(
        f"<li><p>{line} I have said so all along, and more than once.</p></li>" for line in PARAGRAPHS * 6
    )
    html = article().replace("</main>", f'</main><div id="comments"><ol>{comments}</ol></div>')
    assert clean(html).article_body == "\n\n".join(PARAGRAPHS)


def test_an_organization_is_the_author_only_where_no_person_is_named():
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Old bridge to close",
     "author": {"@type": "Organization", "name": "Harbour Wire"}}</script>"""
    named = extract_article(page(article(head=head, before='<p class="byline">By Mira Holt</p>')))
    assert (named.authors, extract_article(page(article(head=head))).authors) == (("Mira Holt",), ("Harbour Wire",))


def test_a_date_printed_far_from_the_headline_is_the_last_resort():
    html = article().replace("</main>", "</main><p>Stand: 21.11.2026</p>")
    found = extract_article(page(html, url="https://harbour.example/old-bridge"))
    assert found.date_published.date().isoformat() == "2026-11-21"


def test_short_items_of_a_list_in_the_text_are_kept():
    items = "<ul class='facts'><li>Eleven months</li><li>Nine million crowns</li></ul>"
    body = clean(article(inside=items)).article_body
    assert "Eleven months\n\nNine million crowns" in body
