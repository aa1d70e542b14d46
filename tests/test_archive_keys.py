import attrs
import pytest

from pipelines.archive import revision_key
from pipelines.errors import WarcError
from pipelines.warc import segment_key


def test_the_same_content_has_the_same_key(revision):
    key = "documents/courier/00000000000000000000000000000001/0001-cdcdcdcdcdcd.json"

    assert revision_key(revision) == revision_key(attrs.evolve(revision, versions={})) == key


def test_another_revision_has_another_key_that_sorts_after(revision):
    later = attrs.evolve(revision, number=2, fingerprint=f"sha256:{'00' * 32}")

    assert revision_key(later) > revision_key(revision)


@pytest.mark.parametrize(
    "name",
    [
        "newskeep-20261102093000123-00000-host.0a1b2c3d.warc.gz",
        "CC-NEWS-20261102093000-00123.warc.gz",
        "20261102093000.warc.gz",
    ],
)
def test_a_segment_lies_under_the_day_in_its_name(name):
    assert segment_key(name) == f"warc/2026/11/02/{name}"


@pytest.mark.parametrize("name", ["crawl.warc.gz", "a-20261102-b.warc.gz", "../a-20261102093000-0-h.warc.gz"])
def test_a_name_without_a_timestamp_is_no_segment(name):
    with pytest.raises(WarcError, match="not the name of a segment"):
        segment_key(name)
