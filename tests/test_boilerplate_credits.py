import pytest

from pipelines.boilerplate import parse_credit, split_credit
from pipelines.boilerplate.credits import license_in
from pipelines.model import ImageCredit


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        (
            "Photo Credit: The White House via Flickr",
            ImageCredit(credit_text="The White House via Flickr", creator="The White House", via="Flickr"),
        ),
        (
            "Photo by Jane Doe/AFP via Getty Images",
            ImageCredit(
                credit_text="Jane Doe/AFP via Getty Images", creator="Jane Doe", agency="AFP", via="Getty Images"
            ),
        ),
        ("Foto: dpa", ImageCredit(credit_text="dpa", agency="dpa")),
        ("© Reuters", ImageCredit(credit_text="Reuters", agency="Reuters", copyright_notice="© Reuters")),
        ("(Photo: Lena Orr)", ImageCredit(credit_text="Lena Orr", creator="Lena Orr")),
        ("Photo: Tom Ray.", ImageCredit(credit_text="Tom Ray", creator="Tom Ray")),
        ("Photo: Acme Inc.", ImageCredit(credit_text="Acme Inc.", creator="Acme Inc.")),
        ("写真:共同通信", ImageCredit(credit_text="共同通信", agency="共同通信")),
        ("צילום: דנה לוי", ImageCredit(credit_text="דנה לוי", creator="דנה לוי")),
        ("Crédit photo : L’Atelier", ImageCredit(credit_text="L’Atelier", creator="L’Atelier")),
        (
            "Foto: Nina Roth/Hafenpost",
            ImageCredit(credit_text="Nina Roth/Hafenpost", creator="Nina Roth", agency="Hafenpost"),
        ),
        (
            "Photo: Jane Doe/Reuters/File",
            ImageCredit(credit_text="Jane Doe/Reuters/File", creator="Jane Doe", agency="Reuters"),
        ),
        (
            "AFP via Getty Images",
            ImageCredit(credit_text="AFP via Getty Images", agency="AFP", via="Getty Images"),
        ),
        (
            "Photo: John Smith for The Times",
            ImageCredit(credit_text="John Smith for The Times", creator="John Smith", agency="The Times"),
        ),
        ("Courtesy of the museum", ImageCredit(credit_text="the museum", agency="the museum")),
        (
            "Foto: dpa / picture alliance",
            ImageCredit(credit_text="dpa / picture alliance", agency="dpa/picture alliance"),
        ),
        (
            "Foto: Urs Lind (Keystone)",
            ImageCredit(credit_text="Urs Lind (Keystone)", creator="Urs Lind", agency="Keystone"),
        ),
        ("[撮影]山田太郎", ImageCredit(credit_text="山田太郎", creator="山田太郎")),
    ],
)
def test_a_credit_line_is_read_into_its_parts(line, credit):
    assert parse_credit(line) == credit


@pytest.mark.parametrize(
    "line",
    [
        "Photo: that single word on the back of the print was the only clue she had.",
        "Das Foto: ein Mann vor dem Rathaus in Ulm.",
        "Picture this: a harbour without a single boat.",
        "Photos: how the storm changed a coast and the people who live there",
        "She paid for the photo.",
        "",
    ],
)
def test_prose_about_photos_is_no_credit(line):
    assert parse_credit(line) is None
    assert split_credit(line) is None


@pytest.mark.parametrize(
    ("line", "caption", "source"),
    [
        ("Lavrov with Trump. Photo: AP", "Lavrov with Trump.", "AP"),
        ("Blick auf den Hafen (Foto: dpa)", "Blick auf den Hafen", "dpa"),
        ("Vue de Lens, lundi © AFP", "Vue de Lens, lundi", "AFP"),
        ("市役所の庁舎(写真:共同通信)", "市役所の庁舎", "共同通信"),
        ("Photo: AP", None, "AP"),
    ],
)
def test_a_line_of_caption_and_credit_is_split(line, caption, source):
    found = split_credit(line)

    assert found is not None
    assert (found[0], found[1].credit_text) == (caption, source)


def test_a_notice_beside_a_caption_is_only_the_notice():
    found = split_credit("Vue de Lens, lundi © AFP")

    assert found is not None
    assert found[1].copyright_notice == "© AFP"


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("Ann Brown, CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("Ann Brown (CC0)", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("Ann Brown, CC BY", "CC BY"),
        ("Ann Brown/AFP", None),
    ],
)
def test_a_creative_commons_licence_is_read_as_its_url(line, url):
    assert license_in(line) == url


def test_a_source_alone_is_no_credit_away_from_an_image():
    assert parse_credit("Source: Reuters", at_image=False) is None
    assert parse_credit("Photo: Reuters", at_image=False) is not None
