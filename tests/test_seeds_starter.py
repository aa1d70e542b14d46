"""The seeds that come with newskeep."""

from pathlib import Path

import pytest

from crawler.seeds import check_seeds, dump_seed, unverified_note

SEEDS = Path(__file__).parent.parent / "seeds"
FILES = sorted(SEEDS.glob("*.toml"))


def test_all_load_without_a_problem():
    check = check_seeds(SEEDS)

    assert check.problems == ()
    assert len(check.sources) == len(FILES)


def test_they_are_at_least_thirty_from_fifteen_countries_in_ten_languages():
    sources = check_seeds(SEEDS).sources

    assert len(sources) >= 30
    assert len({source.country for source in sources} - {None}) >= 15
    assert len({source.language.partition("-")[0] for source in sources if source.language}) >= 10


def test_each_tells_where_its_publication_is_at_home():
    assert [s.id for s in check_seeds(SEEDS).sources if not (s.language and s.country and s.timezone)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_seed_is_written_as_newskeep_writes_them_and_says_whether_it_was_probed(path):
    (source,) = [source for source in check_seeds(SEEDS).sources if source.id == path.stem]
    note = None if source.verified else unverified_note(source, "written from public knowledge, never probed")

    assert path.read_text(encoding="utf-8") == dump_seed(source, note=note)
