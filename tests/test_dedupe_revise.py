import attrs
import pytest

from pipelines.archive import open_catalog, revision_key
from pipelines.dedupe import article_id, plan_revision
from pipelines.model import RevisionKind


@pytest.fixture
def history(tmp_path):
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield catalog
    catalog.close()


@pytest.fixture
def plan(article, capture, candidate, history):
    """Plan a revision of the article with some changes; remember it as archived."""

    def make(payload="ab", **changes):
        revision = plan_revision(
            attrs.evolve(article, **changes),
            capture=attrs.evolve(capture, payload_digest=f"sha256:{payload * 32}"),
            candidate=candidate,
            history=history,
            versions={"newskeep": "1"},
        )
        if revision:
            history.add_revision(revision, revision_key(revision))
        return revision

    return make


def test_an_unknown_article_is_a_first_revision(plan, article, capture, candidate):
    revision = plan()

    assert (revision.number, revision.kind, revision.previous) == (1, RevisionKind.FIRST, None)
    assert revision.article_id == article_id(article)
    assert (revision.article, revision.candidate, dict(revision.versions)) == (article, candidate, {"newskeep": "1"})


def test_the_same_article_again_is_no_revision_even_in_other_bytes(plan):
    plan()

    assert plan() is None
    assert plan(payload="99") is None


def test_a_changed_article_is_the_next_revision_and_names_the_one_before(plan):
    first = plan()
    second = plan(payload="99", headline="Bridge reopens late")

    assert (second.number, second.kind, second.previous) == (2, RevisionKind.CHANGED, revision_key(first))
    assert second.article_id == first.article_id


def test_another_reading_of_the_same_bytes_is_reprocessed_not_changed(plan):
    plan()

    assert plan(headline="Bridge reopens!").kind is RevisionKind.REPROCESSED


def test_a_return_to_an_earlier_text_is_a_revision_of_its_own(plan):
    first = plan()
    plan(payload="99", headline="Other")
    third = plan(payload="77")

    assert (third.number, third.fingerprint) == (3, first.fingerprint)
