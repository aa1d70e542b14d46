"""A clean article and its page's evidence -> the signals that confidence is worked out from.

Each is a number that only ever speaks in one direction, and says in plain words what was seen. What was not asked
(no votes, no learned scores, no text in JSON-LD) gives no signal, which counts as the usual.
"""

import math
import re
from collections.abc import Iterator, Sequence

import attrs

from pipelines.confidence.walls import find_wall
from pipelines.model import UNSPACED, Address, Article, Block, BlockKind, Evidence

SENTENCE = re.compile(r"[.!?…؟।]+[\"'”’»)\]]*(?:\s|$)|[。！？]")
ELLIPSIS = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\W*$")
NOT_WORD = re.compile(r"[\W_]+")
DENSE = re.compile(f"[{UNSPACED}]")
PROSE_CHARACTERS = 60
LINKED = 0.8
ENDING = 16
# East Asian text says the same in about a third of the characters.
DENSE_WEIGHT = 3
TEASER_REACH = 3
# Lists show one to three lines a story; the longest teasers seen run to 350 characters.
TEASER_LENGTH = 400
MIN_TEASERS = 3
ENOUGH_PROSE = 3000
ENOUGH_SENTENCES = 8
PROBES = 12
PROBE = 20
# Languages that are not written in Latin letters.
OWN_SCRIPTS = frozenset(
    (
        *("am", "ar", "bg", "bn", "el", "fa", "gu", "he", "hi", "hy", "ja", "ka", "km", "kn", "ko", "lo", "mk", "ml"),
        *("mr", "my", "ne", "pa", "ru", "si", "ta", "te", "th", "uk", "ur", "zh"),
    )
)
LATIN = re.compile(r"[a-zA-ZÀ-ɏ]")
LETTER = re.compile(r"[^\W\d_]")
SAMPLE = 2000
LETTERS = re.compile(r"[^\W\d_]+")
STEM = 5
MIN_ECHO = 4
ECHO_REACH = 8000
LITTLE_PROSE = 800


@attrs.frozen(kw_only=True)
class Signal:
    """One thing that was seen: `value` is 0 to 1, `told` says it in plain words."""

    name: str
    value: float
    told: str


# name -> what it says: 1 that more of it makes an article surer, -1 that it makes it less sure.
DIRECTIONS = {
    "prose": 1,
    "sentences": 1,
    "prose-share": 1,
    "declared": 1,
    "address-article": 1,
    "address-list": -1,
    "address-home": -1,
    "list": -1,
    "teasers": -1,
    "cut-lines": -1,
    "links": -1,
    "wall": -1,
    "scripts": -1,
    "removed": -1,
    "coverage": 1,
    "agreement": 1,
    "certainty": 1,
    "described": 1,
    "headline": 1,
    "date": 1,
    "cut-short": -1,
    "paywall": -1,
    "script": -1,
    "headline-echoed": 1,
    "summary-echoed": 1,
    "unvouched": -1,
    "strange": -1,
}


def read_signals(article: Article) -> tuple[Signal, ...]:
    """Return what is seen in an article that is extracted and cleaned, in the order of `DIRECTIONS`."""
    evidence = article.evidence or Evidence()
    text = "\n".join(block.text for block in article.blocks)
    prose = [block.text for block in article.blocks if _is_prose(block)]
    return (
        *_length_signals(text, prose, evidence),
        *_echo_signals(article, text, prose),
        *_page_signals(evidence),
        *_list_signals(article.blocks, text, evidence),
        *_wall_signals(article, text, evidence),
        *_decision_signals(article),
        *_described_signals(text, evidence),
        *_field_signals(article, text),
    )


def _is_prose(block: Block) -> bool:
    """Whether a block reads as text: whole, not mostly links, longer than a headline."""
    if block.link_density >= 0.5 or block.kind is BlockKind.HEADING or ELLIPSIS.search(block.text[-ENDING:]):
        return False
    if len(block.text) >= PROSE_CHARACTERS or _length(block.text) >= PROSE_CHARACTERS:
        return True
    return len(SENTENCE.findall(block.text)) > 1


def _length(text: str) -> int:
    """Return the characters of `text`; those of scripts without spaces count threefold."""
    if text.isascii():
        return len(text)
    return len(text) + (DENSE_WEIGHT - 1) * len(DENSE.findall(text))


def _length_signals(text: str, prose: Sequence[str], evidence: Evidence) -> Iterator[Signal]:
    length = sum(map(len, prose))
    if length < ENOUGH_PROSE:
        length = sum(map(_length, prose))
    lines = "line" if len(prose) == 1 else "lines"
    enough = math.log1p(length / 150) / math.log1p(ENOUGH_PROSE / 150)
    told = f"{sum(map(len, prose))} characters of running text in {len(prose)} {lines}"
    yield Signal(name="prose", value=min(1.0, enough), told=told)
    sentences = sum(len(SENTENCE.findall(line)) for line in prose)
    yield Signal(name="sentences", value=min(1.0, sentences / ENOUGH_SENTENCES), told=f"{sentences} sentences")
    share = sum(map(len, prose)) / len(text) if text else 0.0
    yield Signal(name="prose-share", value=share, told=f"{share:.0%} of the text is running text")
    covered = min(1.0, len(text) / evidence.prose) if evidence.prose else 1.0
    yield Signal(name="coverage", value=covered, told=f"the text is {covered:.0%} of the running text on the page")


def _echo_signals(article: Article, text: str, prose: Sequence[str]) -> Iterator[Signal]:
    """Compare the text with its headline and summary: a wall or a list speaks of something else.

    Little text weighs more when nothing vouches for it, or when it is not about its headline.
    """
    folded = text[:ECHO_REACH].casefold()
    headline, summary = (_echoed(said, folded) for said in (article.headline, article.description))
    if headline is not None:
        yield Signal(
            name="headline-echoed", value=headline, told=f"the text says {headline:.0%} of the headline’s words"
        )
    if summary is not None:
        yield Signal(name="summary-echoed", value=summary, told=f"the text says {summary:.0%} of the summary’s words")
    length = sum(map(len, prose))
    little = 1 - min(1.0, (length if length >= LITTLE_PROSE else sum(map(_length, prose))) / LITTLE_PROSE)
    declared = article.evidence.declared if article.evidence else 0.0
    yield Signal(name="unvouched", value=little * (1 - declared), told="little text, and nothing vouches for it")
    if headline is not None:
        yield Signal(name="strange", value=little * (1 - headline), told="little text, and not about its headline")


def _echoed(said: str | None, folded: str) -> float | None:
    """Return the share of the words in `said` that occur in a text without case; None when too few can be looked for.

    Of a word its beginning is looked for, since languages bend its end; of East Asian text, pairs of characters.
    """
    words = (said or "").casefold()
    dense = DENSE.findall(words)
    stems = {word[:STEM] for word in LETTERS.findall(words) if len(word) >= MIN_ECHO}
    if len(dense) >= MIN_ECHO:
        stems = {words[place : place + 2] for place in range(len(words) - 1) if DENSE.match(words, place)}
    if len(stems) < 2:
        return None
    return sum(stem in folded for stem in stems) / len(stems)


def _page_signals(evidence: Evidence) -> Iterator[Signal]:
    told = ", ".join(evidence.declarations) or "the page does not declare itself an article"
    yield Signal(name="declared", value=evidence.declared, told=told)
    for address, told in (
        (Address.ARTICLE, "the address is that of an article"),
        (Address.LIST, "the address is that of a list"),
        (Address.HOME, "the address is a home page"),
    ):
        yield Signal(name=f"address-{address}", value=float(evidence.address is address), told=told)
    yield Signal(name="list", value=float(evidence.is_list), told="JSON-LD describes a list")


def _list_signals(blocks: Sequence[Block], text: str, evidence: Evidence) -> Iterator[Signal]:
    led = _led_by_teasers(blocks, evidence)
    # Articles lead to others between their lines; a list has little else.
    full = led >= MIN_TEASERS and len(text) < TEASER_LENGTH * led
    halved = evidence.declared >= 0.5 and evidence.address not in {Address.LIST, Address.HOME}
    yield Signal(
        name="teasers",
        value=(0.5 if halved else 1.0) * full,
        told=f"{led} linked headlines lead {len(text)} characters",
    )
    cut = sum(1 for block in blocks if ELLIPSIS.search(block.text[-ENDING:]))
    share = cut / len(blocks) if cut >= MIN_TEASERS else 0.0
    yield Signal(name="cut-lines", value=share, told=f"{cut} of {len(blocks)} lines are cut teasers")
    linked = sum(len(block.text) for block in blocks if block.link_density > LINKED) / max(1, len(text))
    yield Signal(name="links", value=linked, told=f"{linked:.0%} of the text are links")


def _led_by_teasers(blocks: Sequence[Block], evidence: Evidence) -> int:
    """Return how many linked headlines are followed, within three lines, by a kept line that is no link itself."""
    used = set()
    for block in blocks:
        if block.segment is not None and block.link_density < 0.5:
            near = range(block.segment - 1, block.segment - TEASER_REACH - 1, -1)
            used.add(next((index for index in near if index in evidence.teasers), None))
    return len(used - {None})


def _wall_signals(article: Article, text: str, evidence: Evidence) -> Iterator[Signal]:
    asked = "\n".join((text, *(removed.block.text for removed in article.removed)))
    wall = find_wall(evidence, text, asked)
    yield Signal(name="wall", value=float(wall is not None), told=wall[1] if wall else "")
    yield Signal(name="scripts", value=float(evidence.needs_scripts), told="a script is to fill the page")


def _decision_signals(article: Article) -> Iterator[Signal]:
    candidates = (*article.blocks, *(removed.block for removed in article.removed))
    total = sum(len(block.text) for block in candidates)
    removed = 1 - sum(len(block.text) for block in article.blocks) / total if total else 0.0
    yield Signal(name="removed", value=removed, told=f"{removed:.0%} of what stood in question was cut")
    voted = [block for block in candidates if block.votes]
    if voted:
        agreed = sum(len(block.text) for block in voted if len(block.votes) > 1) / sum(len(b.text) for b in voted)
        yield Signal(name="agreement", value=agreed, told=f"the votes agree on {agreed:.0%} of the text")
    scored = [(len(block.text), abs(2 * block.score - 1)) for block in candidates if block.score is not None]
    if scored:
        sure = sum(length * value for length, value in scored) / sum(length for length, _ in scored)
        yield Signal(name="certainty", value=sure, told=f"the lines are told apart with {sure:.0%} certainty")


def _described_signals(text: str, evidence: Evidence) -> Iterator[Signal]:
    """Compare the text with what JSON-LD gives as the article's, at a dozen places: both may be cut short."""
    described = NOT_WORD.sub("", evidence.described_body or "")
    if len(described) < 2 * PROBE:
        return
    own = NOT_WORD.sub("", text)
    step = max(PROBE, (len(described) - PROBE) // (PROBES - 1))
    probes = [described[start : start + PROBE] for start in range(0, len(described) - PROBE + 1, step)]
    found = sum(probe in own for probe in probes) / len(probes)
    yield Signal(name="described", value=found, told=f"the text holds {found:.0%} of what JSON-LD gives as the body")


def _field_signals(article: Article, text: str) -> Iterator[Signal]:
    has_headline, has_date = article.headline is not None, article.date_published is not None
    yield Signal(
        name="headline", value=float(has_headline), told=f"a headline was {'found' if has_headline else 'not found'}"
    )
    yield Signal(name="date", value=float(has_date), told=f"a date was {'found' if has_date else 'not found'}")
    cut = bool(article.blocks) and ELLIPSIS.search(article.blocks[-1].text[-ENDING:]) is not None
    yield Signal(name="cut-short", value=float(cut), told="the text breaks off")
    paid = article.is_accessible_for_free is False
    yield Signal(name="paywall", value=float(paid), told="the page says that it is not free to read")
    other = _is_in_another_script(text[:SAMPLE], article.in_language)
    yield Signal(name="script", value=float(other), told=f"the text is not in the letters of {article.in_language}")


def _is_in_another_script(text: str, language: str | None) -> bool:
    """Whether the text's letters are not those of the language that the page declares."""
    letters = len(LETTER.findall(text))
    if language is None or letters < 100:
        return False
    latin = len(LATIN.findall(text)) / letters
    return latin > 0.8 if language.split("-")[0].lower() in OWN_SCRIPTS else latin < 0.2
