"""Source -> seed file -> Source."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.seeds import dump_seed, load_seed, write_seed
from pipelines.errors import SeedError
from pipelines.model import Pace, Source

COURIER = Source(id="courier", name="The Courier", home_page="https://courier.example/")

lines = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20)
    .filter(lambda text: bool(text.strip()))
    .map(str.strip)
)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map(str.strip).filter(bool)
urls = st.from_regex(r"(?a)https?://[a-z]{1,8}\.example(:8\d)?/[a-z0-9~%?=&é-]{0,12}", fullmatch=True).filter(
    lambda url: "%" not in url
)
some_urls = st.lists(urls, max_size=3).map(tuple)
patterns = st.lists(st.sampled_from([r"/\d{4}/", "it's", '"quoted"', r"\\", "é", " a ", r"'\w'"]), max_size=3).map(
    tuple
)
sources = st.builds(
    Source,
    id=st.just("courier"),
    name=lines,
    home_page=st.sampled_from(["https://courier.example/", "http://127.0.0.1:8000/en/"]),
    language=st.sampled_from([None, "en", "pt-BR", "zh-Hant-TW", "sr-Latn"]),
    country=st.sampled_from([None, "FR", "GB"]),
    timezone=st.sampled_from([None, "Europe/Paris", "UTC", "America/Argentina/Buenos_Aires"]),
    feeds=some_urls,
    sitemaps=some_urls,
    sections=some_urls,
    allowed_hosts=st.sampled_from([(), ("a.example", "b.example")]),
    take=patterns,
    leave=patterns,
    pace=st.builds(Pace, delay=st.none() | st.floats(0, 1e6), concurrency=st.integers(1, 99)),
    render=st.booleans(),
    verify_certificates=st.booleans(),
    contact_note=st.just("") | texts,
    boilerplate_selectors=st.sampled_from([(), ("div.a > p", 'a[href="x"]')]),
    boilerplate_phrases=st.lists(lines, max_size=3).map(tuple),
    template_keep=st.lists(lines, max_size=3).map(tuple),
    template_drop=st.lists(lines, max_size=3).map(tuple),
    verified=st.none() | st.dates(),
)


@given(source=sources)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_dumped_seed_reads_back_equal(tmp_path, source):
    path = tmp_path / "courier.toml"
    path.write_text(dump_seed(source), encoding="utf-8", newline="")

    assert load_seed(path) == source


def test_a_seed_that_was_never_probed_says_so_and_how_to_probe():
    first, *rest = dump_seed(COURIER).splitlines()

    assert first == "# Unverified: never probed. Run: scrapy seeds probe https://courier.example/"
    assert rest == ['name = "The Courier"', 'home_page = "https://courier.example/"']


def test_a_probed_seed_tells_when():
    text = dump_seed(Source(id="c", name="C", home_page="https://c.example/", verified=date(2026, 11, 2)))

    assert text.startswith("# Probed by newskeep on 2026-11-02.\n")


def test_an_existing_seed_is_kept_unless_overwriting_is_asked_for(tmp_path):
    path = write_seed(COURIER, tmp_path / "new" / "seeds")
    path.write_text("mine")

    with pytest.raises(SeedError, match=r"courier\.toml: exists and is kept; --overwrite"):
        write_seed(COURIER, path.parent)
    assert path.read_text() == "mine"
    write_seed(COURIER, path.parent, overwrite=True)
    assert load_seed(path) == COURIER
    assert [entry.name for entry in path.parent.iterdir()] == ["courier.toml"]


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SeedError, match=r"cannot be written .*; choose another directory"):
        write_seed(COURIER, tmp_path / "file" / "seeds")
