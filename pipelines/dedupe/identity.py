"""Which pages are one article."""

import hashlib
import re

from pipelines.model import Article
from pipelines.urls import url_key


def article_id(article: Article) -> str:
    """Return the 32 hex digits that stand for the article, whichever of its URLs it was read from.

    They follow from the canonical URL where it can be believed, else from the URL that answered. A canonical URL on
    another host names the original of a copy, and one that is a home page is a mistake; in both cases the page
    speaks for itself.
    """
    key = url_key(article.url)
    if article.canonical_url:
        canonical, host = url_key(article.canonical_url), re.match(r"[^/?]+", key)
        key = canonical if host and re.match(re.escape(host[0]) + r"[/?].", canonical) else key
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]
