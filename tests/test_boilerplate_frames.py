import pytest

from pipelines.boilerplate import remove_boilerplate
from pipelines.boilerplate.frames import read_image
from pipelines.model import Article, Block, Image, ImageCredit, ImageLine, LinePlace, LineRole

STORY = tuple(
    Block(
        text=f"The council decided on part {number} of the works on Monday, said the mayor, and it will go on.",
        path="body > main > p",
    )
    for number in range(6)
)


def framed(*texts: str, role: LineRole | None = None) -> Image:
    return Image(content_url="https://h.example/a.jpg", lines=tuple(ImageLine(text=text, role=role) for text in texts))


@pytest.mark.parametrize(
    ("texts", "caption", "credit"),
    [
        (("The bridge on Sunday", "Photo: Ann Brown"), "The bridge on Sunday", "Ann Brown"),
        (("The bridge on Sunday", "Ann Brown"), "The bridge on Sunday", "Ann Brown"),
        (("Ann Brown/Reuters", "The bridge seen on Sunday"), "The bridge seen on Sunday", "Ann Brown/Reuters"),
        (("1 / 12", "The bridge on Sunday", "dpa"), "The bridge on Sunday", "dpa"),
        (("The bridge on Sunday. Isithombe: Sithunyelwe",), "The bridge on Sunday.", "Sithunyelwe"),
        (("The bridge on Sunday (Xyz: Ann Brown/Reuters)",), "The bridge on Sunday", "Ann Brown/Reuters"),
        (("The bridge on Sunday. Ann Brown",), "The bridge on Sunday.", "Ann Brown"),
        (("The bridge on Sunday Photo provided by Ann Brown",), "The bridge on Sunday", "Ann Brown"),
        (("The bridge on Sunday Reuters",), "The bridge on Sunday", "Reuters"),
        (("The bridge, with the mayor (left).",), "The bridge, with the mayor (left).", None),
        (("Crowds on the bridge. They stayed for hours.",), "Crowds on the bridge. They stayed for hours.", None),
    ],
)
def test_in_a_frame_the_form_tells_credit_from_caption(texts, caption, credit):
    image = read_image(framed(*texts))
    assert (image.caption, image.credit and image.credit.credit_text) == (caption, credit)
    assert image.lines == ()


def test_beside_an_image_only_wording_makes_a_credit():
    lines = tuple(ImageLine(text=text, place=LinePlace.BESIDE) for text in ("The bridge on Sunday", "Ann Brown"))
    image = read_image(Image(content_url="https://h.example/a.jpg", lines=lines))
    assert (image.caption, image.credit) == (None, None)


def test_a_credit_in_its_own_element_needs_no_label():
    line = ImageLine(text="The bridge on Sunday Ann Brown", parts=("The bridge on Sunday ", "Ann Brown"))
    image = read_image(Image(lines=(line,)))
    assert (image.caption, image.credit.creator) == ("The bridge on Sunday", "Ann Brown")


def test_what_is_printed_wins_over_what_is_declared():
    declared = Image(
        caption="A bridge",
        credit=ImageCredit(credit_text="Harbour Post"),
        lines=(ImageLine(text="The bridge on Sunday", role=LineRole.CAPTION), ImageLine(text="Photo: Ann Brown")),
    )
    image = read_image(declared)
    assert (image.caption, image.credit.credit_text) == ("The bridge on Sunday", "Ann Brown")


def test_a_credit_in_the_alternative_text_is_the_last_resort():
    line = ImageLine(text="The bridge seen from the north | Photo: Ann Brown", role=LineRole.DESCRIPTION)
    image = read_image(Image(lines=(line,)))
    assert (image.caption, image.credit.credit_text, image.description) == (None, "Ann Brown", line.text)


def test_a_licence_is_read_from_the_credit():
    image = read_image(framed("The bridge on Sunday", "Photo: Ann Brown / Wikimedia Commons / CC BY-SA 4.0"))
    assert image.license == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert image.credit.creator == "Ann Brown"


def cleaned(block: Block, image: Image) -> list[str]:
    article = Article(url="https://h.example/", blocks=(*STORY[:2], block, *STORY[2:]), images=(image,))
    return [removed.rule for removed in remove_boilerplate(article, ()).removed]


def test_prose_in_a_marked_frame_is_a_caption():
    text = "Pictured from left are the mayor, two of her deputies and the engineer who leads the works on the bridge."
    block = Block(text=text, image=0, path="body > main > div.image-box > p")
    assert cleaned(block, framed(text)) == ["caption-in-frame"]


def test_frames_that_hold_the_story_hold_no_captions():
    blocks = tuple(Block(text=block.text, image=0, path="body > div.media > p") for block in STORY)
    article = Article(url="https://h.example/", blocks=blocks, images=(framed(*(block.text for block in STORY)),))
    assert remove_boilerplate(article, ()).removed == ()


def test_a_line_that_repeats_an_images_description_is_its_caption():
    image = Image(lines=(ImageLine(text="The bridge seen from the north", role=LineRole.DESCRIPTION),))
    block = Block(text="The bridge seen from the north", path="body > main > p")
    assert cleaned(block, image) == ["caption-repeated"]


@pytest.mark.parametrize("text", ["What happens next", "The mayor listed three reasons:"])
def test_a_line_in_the_storys_own_element_after_an_image_stays(text):
    assert (
        cleaned(Block(text=text, image=0, path="body > main > p"), Image(content_url="https://h.example/a.jpg")) == []
    )


def test_names_in_bold_after_a_bare_image_are_its_caption():
    block = Block(text="Ann Brown Holt.", image=0, emphasis="strong", path="body > main > p")
    assert cleaned(block, Image(content_url="https://h.example/a.jpg")) == ["caption-at-image"]


def test_an_image_at_which_nothing_was_said_is_left_out():
    plain = ImageLine(text="Monday in the harbour", place=LinePlace.APART)
    article = Article(url="https://h.example/", blocks=STORY, images=(Image(lines=(plain,)),))
    assert remove_boilerplate(article, ()).images == ()
