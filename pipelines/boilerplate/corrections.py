"""Notes of correction: cut from the text, kept as a field of the article."""

import attrs

from pipelines.model import Article

CATEGORY = "correction"


def keep_corrections(article: Article) -> Article:
    """Return `article` with the blocks that were removed as corrections in `corrections`, as printed, in order."""
    notes = dict.fromkeys(removed.block.text for removed in article.removed if removed.category == CATEGORY)
    return attrs.evolve(article, corrections=(*article.corrections, *notes)) if notes else article
