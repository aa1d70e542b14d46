import gzip

import pytest

from pipelines.errors import SettingsError
from pipelines.extract import find_saved, read_saved


def test_a_saved_page_is_named_by_its_canonical_link(tmp_path):
    file = tmp_path / "a.html"
    file.write_text('<link rel="canonical" href="https://harbour.example/a"><p>x</p>')
    page = read_saved(file)
    assert (page.capture.url, page.capture.payload_digest[:7]) == ("https://harbour.example/a", "sha256:")


def test_a_given_url_wins_and_gzip_is_undone(tmp_path):
    file = tmp_path / "a.html.gz"
    file.write_bytes(gzip.compress(b"<p>x</p>"))
    page = read_saved(file, "https://harbour.example/b")
    assert (page.capture.url, page.payload) == ("https://harbour.example/b", b"<p>x</p>")


def test_a_folder_gives_its_pages_in_order_of_names(tmp_path):
    for name in ("b.html", "a.htm", "notes.txt", "c.html.gz"):
        (tmp_path / name).write_bytes(b"")
    assert [file.name for file in find_saved(tmp_path)] == ["a.htm", "b.html", "c.html.gz"]


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nope\.html: no such file"):
        list(find_saved(tmp_path / "nope.html"))
    with pytest.raises(SettingsError, match="no saved page"):
        list(find_saved(tmp_path))


def test_cut_gzip_data_cannot_be_read(tmp_path):
    file = tmp_path / "a.html.gz"
    file.write_bytes(gzip.compress(b"<p>x</p>" * 1000)[:-20])
    with pytest.raises(SettingsError, match="cannot be read"):
        read_saved(file)
