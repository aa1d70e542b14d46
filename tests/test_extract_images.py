import pytest

from pipelines.extract import extract_article
from pipelines.extract.article import parse_html
from pipelines.extract.captions import nearby_lines
from pipelines.extract.segments import read_layout
from tests.extract_pages import article, document, page

IMG = '<img src="/media/bridge-harbour.jpg" width="640" height="360">'
CAPTION, CREDIT = "The bridge on Sunday", "Ann Brown/Harbour Post"


@pytest.mark.parametrize(
    "markup",
    [
        f'<figure>{IMG}<figcaption>{CAPTION} <span class="credit">{CREDIT}</span></figcaption></figure>',
        f'<div class="wp-caption">{IMG}<p class="wp-caption-text">{CAPTION}</p><p class="credit">{CREDIT}</p></div>',
        f'<div>{IMG}<div class="legend">{CAPTION}<div class="photographer">{CREDIT}</div></div></div>',
    ],
)
def test_caption_and_credit_are_read_from_their_own_elements(markup):
    (image,) = extract_article(page(article(before=markup))).images
    assert (image.content_url, image.caption) == ("https://harbour.example/media/bridge-harbour.jpg", CAPTION)
    assert image.credit.credit_text == CREDIT


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
    assert extract_article(page(article(inside=img))).images == ()


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
    assert extract_article(page(article(inside=teaser))).images == ()


@pytest.mark.parametrize(
    ("after", "taken", "lines"),
    [
        (f"<p>{CREDIT}</p>", set(), (CREDIT,)),
        (f"<div><span>{CREDIT}</span></div><p>{CAPTION}</p>", set(), (CREDIT, CAPTION)),
        (f"<p>{CREDIT}</p>", {0}, ()),
        ("<h2>What is known</h2>", set(), ()),
        (f"<p><a href='/n/1'>{CAPTION}</a></p>", set(), ()),
        (f"<p></p><p></p><p>{CREDIT}</p>", set(), ()),
    ],
)
def test_short_lines_right_after_the_image_are_nearby_unless_they_are_text(after, taken, lines):
    layout = read_layout(parse_html(document(f"<div><div>{IMG}</div>{after}</div>")))
    (spot,) = layout.image_spots
    assert nearby_lines(spot.element, spot.before, layout, taken, None) == lines


def test_lines_of_the_text_are_not_nearby():
    (image,) = extract_article(page(article(inside=f"<p>{IMG}</p>"))).images
    assert image.nearby == ()
