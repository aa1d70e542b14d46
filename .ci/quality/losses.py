"""What the scorer does not tell: true words that were cut, by which rule, and image texts that were kept."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import attrs

from pipelines.model import UNSPACED
from quality.places import Row

WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
SHINGLE = 4
TRUE = 0.5
"""Share of a line's shingles that must stand in the truth for the line to be text of the article."""


@attrs.frozen(kw_only=True)
class Cut:
    """A removed line and how many of its words the article lacks for it."""

    rule: str
    category: str
    text: str
    true_words: int


@attrs.frozen(kw_only=True)
class Loss:
    """What one page lost.

    Attributes:
        true_words: words of the truth that stood in the candidate blocks and are in no kept block.
        share: their share of all words of the truth.
    """

    page: Row
    cuts: tuple[Cut, ...]
    true_words: int
    share: float


def words_of(text: str) -> list[str]:
    """Return the words without case; one character each in scripts that put no space between them."""
    return [word.casefold() for word in WORD.findall(text)]


def measure_loss(truth: Row, kept: str, removed: Sequence[Row]) -> Loss:
    """Return what was cut from a page though it is in its truth.

    Only removed lines that stand in the truth as they are (by shingles) count, so that furniture does not lose words
    by chance; each lost word counts once.
    """
    true = words_of(truth["body"])
    runs = {length: set(_shingles(true, length)) for length in range(1, SHINGLE + 1)}
    missing = Counter(true) - Counter(words_of(kept))
    cuts = []
    for line in removed:
        words = words_of(line["text"])
        lost = Counter(words) & missing if _stands_in(words, runs) else Counter[str]()
        missing -= lost
        cuts.append(Cut(rule=line["rule"], category=line["category"], text=line["text"], true_words=lost.total()))
    total = sum(cut.true_words for cut in cuts)
    return Loss(page=truth, cuts=tuple(cuts), true_words=total, share=total / max(1, len(true)))


def lost_beside(truth: Row, ours: str, theirs: str) -> float:
    """Return the share of the truth's words that another extractor's text has and ours has not."""
    true = Counter(words_of(truth["body"]))
    return ((true & Counter(words_of(theirs))) - Counter(words_of(ours))).total() / max(1, true.total())


def rule_table(losses: Iterable[Loss]) -> list[tuple[str, str, int, int, int]]:
    """Return (rule, category, lines cut, of them true, true words cut), the costliest rules first."""
    lines: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    words: Counter[tuple[str, str]] = Counter()
    for loss in losses:
        for cut in loss.cuts:
            key = (cut.rule, cut.category)
            lines[key] += 1
            wrong[key] += cut.true_words > 0
            words[key] += cut.true_words
    order = sorted(lines, key=lambda key: (-words[key], -lines[key]))
    return [(*key, lines[key], wrong[key], words[key]) for key in order]


def image_texts_kept(truth: Row, text: str) -> tuple[int, int]:
    """Return how many of the page's known captions and credits stand in `text`, and how many are known.

    One counts as kept when its words occur more often than in the true body; a single word only as a line of its own.
    """
    known = {tuple(words_of(line)) for line in (*(truth.get("captions") or ()), *(truth.get("photo_credits") or ()))}
    ours, true = f" {' '.join(words_of(text))} ", f" {' '.join(words_of(truth['body']))} "
    lines = Counter(tuple(words_of(line)) for line in text.splitlines())
    true_lines = Counter(tuple(words_of(line)) for line in truth["body"].splitlines())
    kept = 0
    for words in known - {()}:
        if len(words) == 1:
            kept += lines[words] > true_lines[words]
        else:
            phrase = f" {' '.join(words)} "
            kept += ours.count(phrase) > true.count(phrase)
    return kept, len(known - {()})


def captions_kept(texts: Mapping[str, str], truths: Iterable[Row]) -> float:
    """Return the share of all known captions and credits that stand in the texts."""
    counts = [image_texts_kept(truth, texts.get(truth["id"], "")) for truth in truths if truth.get("body")]
    return sum(kept for kept, _ in counts) / max(1, sum(known for _, known in counts))


def rules_by_category(losses: Iterable[Loss]) -> list[tuple[str, int, int]]:
    """Return (category, lines cut, true words cut) by category, most lines first."""
    lines: Counter[str] = Counter()
    words: dict[str, int] = defaultdict(int)
    for loss in losses:
        for cut in loss.cuts:
            lines[cut.category] += 1
            words[cut.category] += cut.true_words
    return [(category, count, words[category]) for category, count in lines.most_common()]


def _shingles(words: Sequence[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]


def _stands_in(words: Sequence[str], runs: Mapping[int, set[tuple[str, ...]]]) -> bool:
    if not words:
        return False
    length = min(SHINGLE, len(words))
    own = _shingles(words, length)
    return sum(run in runs[length] for run in own) >= TRUE * len(own)
