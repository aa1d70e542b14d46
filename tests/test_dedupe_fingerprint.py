from datetime import UTC, datetime

import attrs
import pytest

from pipelines.dedupe import content_fingerprint
from pipelines.model import Block, Image, ImageCredit, RemovedBlock

IMAGE = Image(content_url="https://i.example/a.jpg?w=1", caption="C", credit=ImageCredit(credit_text="Eve"))


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "Other"},
        {"description": "New"},
        {"authors": ("Ben",)},
        {"date_published": datetime(2026, 1, 1, tzinfo=UTC)},
        {"blocks": (Block(text="The bridge is open again."),)},
        {"blocks": (Block(text="The bridge is open again. Trams follow in May."),)},
        {"images": (IMAGE,)},
    ],
)
def test_what_a_reader_would_notice_changes_the_fingerprint(article, changes):
    assert content_fingerprint(attrs.evolve(article, **changes)) != content_fingerprint(article)


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "Bridge \n reopens "},
        {"date_modified": datetime(2026, 11, 3, tzinfo=UTC)},
        {"date_published": datetime(2026, 11, 2, 8, tzinfo=UTC)},
        {"removed": (RemovedBlock(block=Block(text="Share"), position=0, rule="r", category="share"),)},
        {"origins": {}},
        {"keywords": ("new",)},
    ],
)
def test_what_a_reader_would_not_notice_does_not(article, changes):
    assert content_fingerprint(attrs.evolve(article, **changes)) == content_fingerprint(article)


def test_composed_and_decomposed_letters_are_the_same(article):
    composed, decomposed = (attrs.evolve(article, headline=text) for text in ("Br\u00fccke", "Bru\u0308cke"))

    assert content_fingerprint(composed) == content_fingerprint(decomposed)


def test_the_size_an_image_server_was_asked_for_does_not_count_but_caption_and_credit_do(article):
    def fingerprint(**changes):
        return content_fingerprint(attrs.evolve(article, images=(attrs.evolve(IMAGE, **changes),)))

    assert fingerprint(content_url="https://i.example/a.jpg?w=2#x") == fingerprint()
    assert fingerprint(content_url="https://i.example/b.jpg?w=1") != fingerprint()
    assert fingerprint(caption="D") != fingerprint()
    assert fingerprint(credit=None) != fingerprint()


def test_a_fingerprint_names_its_algorithm_and_survives_lone_surrogates(article):
    algorithm, digits = content_fingerprint(attrs.evolve(article, headline="\ud800")).split(":")

    assert (algorithm, len(digits)) == ("sha256", 64)
