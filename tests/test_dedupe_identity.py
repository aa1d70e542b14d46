import pytest

from pipelines.dedupe import article_id
from pipelines.model import Article

PAGE = "https://www.courier.example/2026/11/bridge-reopens-at-last?utm_source=feed"


def identity(url=PAGE, canonical_url=None):
    return article_id(Article(url=url, canonical_url=canonical_url))


@pytest.mark.parametrize(
    "same",
    [
        {"url": "http://courier.example/2026/11/bridge-reopens-at-last/"},
        {"url": "https://courier.example/amp/2026/11/bridge-reopens-at-last"},
        {"url": "https://courier.example/?p=17", "canonical_url": PAGE},
        {"canonical_url": "https://agency.example/wire/bridge"},
        {"canonical_url": "https://courier.example/"},
        {"canonical_url": "not a url"},
    ],
)
def test_all_urls_of_an_article_give_one_id(same):
    assert identity(**same) == identity()


@pytest.mark.parametrize(
    "other",
    [
        {"url": "https://courier.example/2026/11/bridge-closes"},
        {"url": "https://agency.example/2026/11/bridge-reopens-at-last"},
        {"canonical_url": "https://courier.example/2026/11/bridge-opened"},
    ],
)
def test_another_article_has_another_id(other):
    assert identity(**other) != identity()


def test_an_id_is_32_hex_digits():
    assert len(bytes.fromhex(identity())) == 16
