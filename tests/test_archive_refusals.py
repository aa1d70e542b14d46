from datetime import UTC, datetime

import pytest

from crawler.commands.catalog import print_refusals
from pipelines.archive import open_catalog

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
URL = "https://harbour.example/gone"


@pytest.fixture
def catalog(tmp_path):
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield catalog
    catalog.close()


def refuse(catalog, state="failed", reason="no-article/hub"):
    catalog.note_outcome("harbour.example/gone", url=URL, source="harbour", state=state, reason=reason, now=NOW)
    catalog.refusals.note(
        "harbour.example/gone", cause="hub", confidence=0.012, told=f"{URL}: not an article (a list)", now=NOW
    )


def test_a_refused_page_is_listed_with_reason_and_confidence(catalog, capsys):
    refuse(catalog)
    print_refusals(catalog.refusals.listed("harbour"))
    assert capsys.readouterr().out.splitlines()[1].split("\t") == [
        *("0.012", "hub", "harbour", "2026-11-23T08:00:00Z", URL),
        "not an article (a list)",
    ]


def test_other_sources_are_not_listed(catalog):
    refuse(catalog)
    assert list(catalog.refusals.listed("other")) == []


def test_what_became_an_article_is_listed_no_more(catalog):
    refuse(catalog)
    catalog.note_outcome("harbour.example/gone", url=URL, source="harbour", state="done", now=NOW)
    assert list(catalog.refusals.listed()) == []
