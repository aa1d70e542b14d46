import json

import pytest

from pipelines.extract import extract_article
from pipelines.extract.article import parse_html
from pipelines.extract.captions import lines_beside, loose_lines
from pipelines.extract.imageurls import image_key
from pipelines.extract.segments import read_layout
from pipelines.model import Image, LinePlace, LineRole
from tests.extract_pages import PARAGRAPHS, article, document, page

IMG = '<img src="/media/bridge-harbour.jpg" width="640" height="360">'
CAPTION, CREDIT = "The bridge on Sunday", "Ann Brown/Harbour Post"


def pictures(html: str) -> list[Image]:
    """Return the images that the page holds; lines that may be a picture's make one without an address."""
    return [image for image in extract_article(page(html)).images if image.content_url]


@pytest.mark.parametrize(
    "markup",
    [
        f'<figure>{IMG}<figcaption>{CAPTION} <span class="credit">{CREDIT}</span></figcaption></figure>',
        f'<div class="wp-caption">{IMG}<p class="wp-caption-text">{CAPTION}</p><p class="credit">{CREDIT}</p></div>',
        f'<div>{IMG}<div class="legend">{CAPTION}<div class="photographer">{CREDIT}</div></div></div>',
        f"<figure>{IMG}</figure><figcaption>{CAPTION}<cite>{CREDIT}</cite></figcaption>",
        f'<div class="photo" data-credit="{CREDIT}" data-caption="{CAPTION}">{IMG}</div>',
    ],
)
def test_caption_and_credit_are_told_apart_by_their_marks(markup):
    (image,) = extract_article(page(article(before=f"<div>{markup}</div>"))).images
    lines = {line.role: line.text for line in image.lines if line.place is LinePlace.FRAME}

    assert image.content_url == "https://harbour.example/media/bridge-harbour.jpg"
    assert lines == {LineRole.CAPTION: CAPTION, LineRole.CREDIT: CREDIT}


@pytest.mark.parametrize(
    ("img", "url"),
    [
        (
            '<img data-src="/a/large-photo.jpg" src="data:image/gif;base64,R0">',
            "https://harbour.example/a/large-photo.jpg",
        ),
        ('<img srcset="/a/photo-1.jpg 320w, /a/photo-2.jpg 1280w">', "https://harbour.example/a/photo-2.jpg"),
        ('<picture><source srcset="/a/photo-9.webp 900w"><img></picture>', "https://harbour.example/a/photo-9.webp"),
    ],
)
def test_the_address_is_found_where_lazy_loading_hides_it(img, url):
    assert extract_article(page(article(before=img))).images[0].content_url == url


@pytest.mark.parametrize(
    "img",
    [
        '<img src="/static/logo.png">',
        '<img src="/x/photo.jpg" width="1" height="1">',
        '<img src="/u/avatar-12.jpg">',
        '<img src="http://[bad/x.jpg">',
    ],
)
def test_decoration_is_no_image_of_the_article(img):
    assert pictures(article(inside=img)) == []


def test_lines_left_in_the_body_point_to_the_image_they_stand_at():
    markup = f"<p>{IMG}</p><p>Photo: Ann Brown</p><p>The bridge seen from the north bank</p>"
    blocks = {block.text: block.image for block in extract_article(page(article(inside=markup))).blocks}
    assert blocks["Photo: Ann Brown"] == blocks["The bridge seen from the north bank"] == 0


def test_the_image_of_the_metadata_is_not_in_the_body():
    head = '<meta property="og:image" content="/media/share-picture.jpg">'
    (image,) = extract_article(page(article(head=head))).images
    assert image.in_body is False


def test_a_teasers_picture_is_not_the_articles():
    teaser = '<a href="/other"><img src="/media/other-story.jpg"><span>Council votes on the new budget</span></a>'
    assert pictures(article(inside=teaser)) == []


def test_an_authors_portrait_is_not_the_articles():
    box = f'<div class="author-box">{IMG}<p>Ann Brown</p></div>'
    assert pictures(article(inside=box)) == []


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        (f"<p>{CREDIT}</p>", (CREDIT,)),
        (f"<div><span>{CREDIT}</span></div><p>{CAPTION}</p>", (CREDIT, CAPTION)),
        ("<h2>What is known</h2>", ()),
        (f"<p><a href='/n/1'>{CAPTION}</a></p>", ()),
        (f"<p></p><p></p><p>{CREDIT}</p>", ()),
    ],
)
def test_short_lines_right_after_the_image_stand_beside_it(after, lines):
    layout = read_layout(parse_html(document(f"<div><div>{IMG}</div>{after}</div>")))
    (spot,) = layout.image_spots
    assert tuple(line.text for line in lines_beside(spot.element, spot.before, layout, set(), None)) == lines


def test_long_lines_of_the_text_do_not_stand_beside_an_image():
    story = "The old bridge closes in March. " * 8
    layout = read_layout(parse_html(document(f"<div><div>{IMG}</div><p>{story}</p></div>")))
    (spot,) = layout.image_spots
    assert list(lines_beside(spot.element, spot.before, layout, {0}, None)) == []


IMAGE_OBJECT = {
    "@context": "https://schema.org",
    "@type": "ImageObject",
    "contentUrl": "https://harbour.example/other/bridge-harbour.jpg",
    "creditText": "Ann Brown/Harbour Post",
    "copyrightNotice": "© Harbour Post",
    "license": "https://harbour.example/licence",
    "acquireLicensePage": "https://harbour.example/buy",
}


@pytest.mark.parametrize(
    ("head", "before"),
    [
        (f'<script type="application/ld+json">{json.dumps(IMAGE_OBJECT)}</script>', f"<figure>{IMG}</figure>"),
        ("", f'<figure><script type="application/ld+json">{json.dumps(IMAGE_OBJECT)}</script>{IMG}</figure>'),
    ],
)
def test_json_ld_gives_credit_notice_and_licence_of_an_image_in_the_page(head, before):
    (image,) = extract_article(page(article(head=head, before=before))).images

    assert (image.license, image.acquire_license_page) == (
        "https://harbour.example/licence",
        "https://harbour.example/buy",
    )
    assert (image.credit.credit_text, image.credit.copyright_notice) == ("Ann Brown/Harbour Post", "© Harbour Post")
    assert image.in_body


def test_a_licence_linked_in_the_frame_is_the_images():
    link = '<a href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0</a>'
    (image,) = extract_article(
        page(article(before=f"<figure>{IMG}<figcaption>{CAPTION} {link}</figcaption></figure>"))
    ).images
    assert image.license == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_marked_lines_that_stand_in_no_frame_are_loose():
    layout = read_layout(parse_html(article(before=f'<p class="photo-credit">{CREDIT}</p><p>{"News " * 80}</p>')))
    story = [segment for segment in layout.segments if segment.text in PARAGRAPHS]
    loose = [line.line for line in loose_lines(layout, story, set()) if line.line.role]
    assert [(line.text, line.role, line.place) for line in loose] == [(CREDIT, LineRole.CREDIT, LinePlace.APART)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://h.example/a/bridge-harbour-640x360.jpg", "https://h.example/b/bridge-harbour.jpg?w=90", True),
        ("https://h.example/a/harbour-104~_v-hd.jpg", "https://h.example/a/harbour-104~_v-s.jpg", True),
        ("https://h.example/_next/image?url=%2Fa%2F1.jpg&w=9", "https://h.example/_next/image?url=%2Fa%2F2.jpg", False),
        ("https://h.example/1/image.jpg", "https://h.example/2/image.jpg", False),
    ],
)
def test_sizes_of_one_file_are_one_image(one, other, same):
    assert (image_key(one) == image_key(other)) is same
