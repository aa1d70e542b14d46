import pytest

from pipelines.errors import NotHtmlError
from pipelines.extract.decode import codec_for, decode_html

RUSSIAN = (
    "<p>Мост закроют на ремонт на одиннадцать месяцев, решил городской совет. Жители недовольны этим решением.</p>"
)


@pytest.mark.parametrize(
    ("payload", "charset", "text"),
    [
        ("<p>café</p>".encode(), "iso-8859-1", "<p>café</p>"),
        ("<p>café</p>".encode("latin-1"), "iso-8859-1", "<p>café</p>"),
        ("<p>“café”</p>".encode("cp1252"), "iso-8859-1", "<p>“café”</p>"),
        ("<p>“café”</p>".encode("cp1252"), "utf-8", "<p>“café”</p>"),
        ('<meta charset="shift_jis"><p>写真①</p>'.encode("cp932"), None, '<meta charset="shift_jis"><p>写真①</p>'),
        ("<p>图片镕</p>".encode("gb18030"), "gb2312", "<p>图片镕</p>"),
        (
            '<?xml version="1.0" encoding="koi8-r"?><p>мост</p>'.encode("koi8-r"),
            None,
            '<?xml version="1.0" encoding="koi8-r"?><p>мост</p>',
        ),
        ("\ufeff<p>é</p>".encode(), "latin-1", "<p>é</p>"),
        ("\ufeff<p>é</p>".encode("utf-16"), None, "<p>é</p>"),
        ("<p>Größe und Maß</p>".encode("utf-16-le"), None, "<p>Größe und Maß</p>"),
        (b"<p>one\x00 and two\x01 and three</p>", None, "<p>one and two and three</p>"),
        ("<p>é</p>".encode(), "x-no-such-charset", "<p>é</p>"),
        (RUSSIAN.encode("cp1251"), None, RUSSIAN),
    ],
)
def test_bytes_become_the_text_that_was_meant(payload, charset, text):
    assert decode_html(payload, charset).removeprefix("\ufeff") == text


def test_a_utf8_page_with_few_damaged_bytes_stays_utf8():
    payload = ("<p>" + "größer " * 200).encode() + b"\xff\xfe</p>"
    assert "größer" in decode_html(payload, "utf-8")


@pytest.mark.parametrize(
    "payload", [b"", b"  \n", b"%PDF-1.7 ...", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", bytes(range(9)) * 50]
)
def test_other_formats_are_refused(payload):
    with pytest.raises(NotHtmlError):
        decode_html(payload, "utf-8")


@pytest.mark.parametrize("label", ["", None, "no-such", "base64", "rot13"])
def test_a_label_that_is_no_charset_counts_as_none(label):
    assert codec_for(label) is None
