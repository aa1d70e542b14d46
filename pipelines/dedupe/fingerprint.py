"""Whether two captures say the same."""

import hashlib
import json
import unicodedata
from datetime import UTC

from pipelines.model import Article, Image


def content_fingerprint(article: Article) -> str:
    """Return `sha256:<hex>` of what a reader would call the article's content.

    That is headline, description, authors, publication time, text and images with caption and credit, in NFC and
    with white space collapsed. Furniture that was removed and the modification date do not count: both change
    while the article stays as it is.
    """
    published = article.date_published.astimezone(UTC).isoformat() if article.date_published else None
    content = [
        _plain(article.headline),
        _plain(article.description),
        [_plain(name) for name in article.authors],
        published,
        [_plain(block.text) for block in article.blocks],
        [_image(image) for image in article.images],
    ]
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _image(image: Image) -> list[str | None]:
    """Leave the query out: image servers put sizes and signatures there that differ from one fetch to the next."""
    address = (image.content_url or "").partition("?")[0]
    credit = image.credit.credit_text if image.credit else None
    return [address.partition("#")[0], _plain(image.caption), _plain(credit)]


def _plain(text: str | None) -> str | None:
    return " ".join(unicodedata.normalize("NFC", text).split()) if text else None
