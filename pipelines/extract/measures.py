"""What a line's form and place in the page measure: the evidence for the learned judgement of blocks.

Nothing here knows a language or a site: lengths, tags, the words that publishing systems put into class names, the
company that a line keeps. After Kohlschütter et al. (WSDM 2010: text and link density of a block and of its
neighbours), Vogels et al. (ECIR 2018: features of blocks and of their edges) and Leonhardt et al. (WWW 2020: tags and
classes of the ancestors). What did not help across publishers is left out (`training/blocks.py` shows what helps).
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

import attrs

from pipelines.extract.company import Company
from pipelines.extract.frames import Frames
from pipelines.extract.segments import SENTENCE_END, Segment
from pipelines.model import UNSPACED, BlockKind

MEASURES = (
    # the text itself
    *("length", "words", "link_density", "ends_sentence", "sentences", "capitals", "commas", "quotes", "marks"),
    *("is_row", "is_item", "is_emphasised"),
    # what the page says elsewhere
    *("like_headline", "like_description", "in_declared_body", "said_before", "said_again", "names_author"),
    # its element and what holds it (`Frames`)
    *("level", "is_div", "depth", "in_footer", "in_article", "in_main"),
    *("own_lead", "near_controls", "near_comments", "near_related"),
    *("above_facts", "above_controls", "above_text", "above_subscribe", "above_comments", "above_box"),
    # the lines around it (`Company`)
    *("is_chosen", "is_in_region", "is_prose", "order", "before", "from_first", "to_last", "from_headline"),
    *("own_prose", "parent_prose", "steps", "below", "children"),
    *("alike", "alike_prose", "alike_chosen", "alike_links", "usual"),
    *("in_story", "is_branch", "branch_lines", "branch_place", "branch_links", "branch_chosen", "branch_prose"),
    *("nearest_chosen", "window_links", "before2_links", "before2_length", "before1_length"),
    *("after1_links", "after1_length", "after2_chosen", "after2_length"),
    # the page
    *("chosen_share", "lines", "prose"),
)
"""The names of the measures, in their order."""

MARKS = re.compile(r"[|•·/›»>#]")
DENSE = re.compile(f"[{UNSPACED}]")
FIRST_DENSE = "\u0e00"
SENTENCE = re.compile(r"[.!?…؟।]+[\"'”’»)\]]*(?=\s|$)|[。！？]")
QUOTES = re.compile(r"[\"“„«「]")
MANY = 60.0


@attrs.frozen(kw_only=True)
class Known:
    """What the page says of its article elsewhere.

    Attributes:
        headline, description: as found in the metadata.
        body: key of the text that the page declares (JSON-LD `articleBody`); empty when it declares none.
        authors: keys of their names.
    """

    headline: str | None = None
    description: str | None = None
    body: str = ""
    authors: frozenset[str] = frozenset()


def measure_lines(
    lines: Sequence[Segment], *, chosen: Collection[int], region: Collection[int], known: Known
) -> list[tuple[float, ...]]:
    """Return the `MEASURES` of each of `lines`, which stand in page order.

    `chosen` are the indexes of those that trafilatura took, `region` of those in the page's main prose.
    """
    if not lines:
        return []
    company = Company(lines, chosen, region)
    frames = Frames()
    echoes = _Echoes(lines, known)
    company.find_headline(known.headline)
    page = company.page()
    return [
        (
            *_form(line),
            *echoes.of(line),
            *frames.measures(line.element),
            *company.measures(place),
            *page,
        )
        for place, line in enumerate(lines)
    ]


def _form(line: Segment) -> tuple[float, ...]:
    text = line.text
    dense = len(DENSE.findall(text)) if line.key[:1] >= FIRST_DENSE else 0
    tokens = text.split()
    lettered = [token for token in tokens if token[0].isalpha()]
    return (
        math.log1p(len(text) + 1.5 * dense),
        min(MANY, len(tokens)),
        line.link_density,
        float(SENTENCE_END.search(text[-12:]) is not None),
        min(MANY, len(SENTENCE.findall(text))),
        sum(token[0].isupper() for token in lettered) / len(lettered) if lettered else -1.0,
        text.count(",") / len(tokens),
        float(QUOTES.search(text) is not None),
        min(MANY, len(MARKS.findall(text))),
        float(line.kind is BlockKind.TABLE_ROW),
        float(line.kind is BlockKind.LIST_ITEM),
        float(line.emphasis in {"em", "i"}),
    )


class _Echoes:
    """What of a line is said elsewhere in the page."""

    def __init__(self, lines: Sequence[Segment], known: Known) -> None:
        self._headline = words_of(known.headline or "")
        self._description = words_of(known.description or "")
        self._known = known
        self._count = Counter(line.key for line in lines)
        self._seen: set[str] = set()

    def of(self, line: Segment) -> tuple[float, ...]:
        """Measure `line`; lines are asked in page order."""
        words = words_of(line.text)
        before = line.key in self._seen
        self._seen.add(line.key)
        return (
            _overlap(words, self._headline),
            _overlap(words, self._description),
            float(line.key in self._known.body) if self._known.body else -1.0,
            float(before),
            float(self._count[line.key] > 1),
            float(any(name in line.key for name in self._known.authors)),
        )


def words_of(text: str) -> frozenset[str]:
    """Return the words of `text` without case; in scripts without spaces, its pairs of characters."""
    if DENSE.search(text[:20]):
        return frozenset(map("".join, pairwise(text)))
    return frozenset(text.casefold().split())


def _overlap(words: frozenset[str], others: frozenset[str]) -> float:
    """Return Dice's coefficient."""
    return 2 * len(words & others) / (len(words) + len(others)) if words and others else 0.0
