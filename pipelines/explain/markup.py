"""An explanation as one HTML file that needs nothing else: no script, no network, no image of the page.

Whatever comes from the page is escaped; the content security policy would forbid it to act even if it were not.
Nothing is told by colour alone: each line bears a sign and a word, cut text is struck through.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from pipelines.explain.explanation import Decision, Explanation, Line
from pipelines.explain.wording import MARKS, label, reasons
from pipelines.model import Article, Claim, Confidence, Image

PAGE = Path(__file__).with_name("page.html")
STYLE = Path(__file__).with_name("page.css")
# So many lines in a row that were never in question are folded away.
FOLD = 3
PREVIEW = 60
LEGEND = (
    (Decision.KEPT, "text of the article"),
    (Decision.MOVED, "went to an image, as its caption or credit"),
    (Decision.CUT, "stood in question, and was cut by the rule named beside it"),
    (Decision.LEFT, "never in question: menus, teasers, footers, or told in a field of its own"),
)


def explanation_html(explanation: Explanation) -> str:
    """Return the whole file, to be written as UTF-8."""
    article = explanation.article
    style = STYLE.read_text("utf-8")
    headline = (article.headline if article else None) or explanation.url
    return _template().substitute(
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'",
        title=escape(headline),
        url=_link(explanation.url),
        verdict=_verdict(explanation),
        legend="".join(_legend(explanation)),
        lines="".join(_lines(explanation)),
        images=_images(article.images) if article else "",
        fields=_claims(article.claims) if article else "",
    )


@cache
def _template() -> Template:
    return Template(PAGE.read_text("utf-8"))


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _link(url: str) -> str:
    shown = f'<bdi dir="ltr">{escape(url)}</bdi>'
    if not url.startswith(("http://", "https://")):
        return shown
    return f'<a href="{escape(url)}" rel="noreferrer noopener">{shown}</a>'


def _verdict(explanation: Explanation) -> str:
    article = explanation.article
    refused = explanation.refused
    told = f'<p class="refused"><strong>Refused.</strong> {_text(refused)}</p>' if refused else ""
    facts = "".join(_facts(article)) if article else ""
    confidence = _confidence(article.confidence) if article and article.confidence else ""
    return f'{told}<dl class="facts">{facts}</dl>{confidence}' if facts else f"{told}{confidence}"


def _facts(article: Article) -> Iterator[str]:
    published = article.date_published
    for name, value in (
        ("By", ", ".join(article.authors)),
        ("Published", f"{published:%Y-%m-%d %H:%M %Z}" if published else ""),
        ("Publisher", article.publisher),
        ("Language", article.in_language),
        ("Words", f"{article.word_count:,}"),
    ):
        if value:
            yield f"<div><dt>{name}</dt><dd>{_text(value)}</dd></div>"


def _confidence(confidence: Confidence) -> str:
    causes = "".join(
        f'<tr><td class="number">{cause.effect:+.2f}</td><td>{_effect(cause.effect)}</td>'
        f"<td>{_text(cause.signal)}</td></tr>"
        for cause in confidence.causes
    )
    value = f"{confidence.value:.3f}"
    table = (
        '<table><thead><tr><th scope="col">Effect</th><th scope="col"><span class="unseen">Strength</span></th>'
        f'<th scope="col">What was seen</th></tr></thead><tbody>{causes}</tbody></table>'
    )
    return (
        f'<details class="confidence"><summary>Confidence <strong>{value}</strong> '
        f'<meter min="0" max="1" low="0.2" high="0.6" optimum="1" value="{value}">{value}</meter></summary>'
        "<p>How sure newskeep is that this is an article and its text whole and clean, and what made it so. An effect "
        "is what a signal adds to the log-odds, compared with the usual article.</p>"
        f"{table if causes else ''}</details>"
    )


def _effect(effect: float) -> str:
    """Return a bar for the strength; the sign stands in the number beside it."""
    kind = "for" if effect > 0 else "against"
    return f'<meter class="{kind}" min="0" max="3" value="{min(3.0, abs(effect)):.2f}"></meter>'


def _legend(explanation: Explanation) -> Iterator[str]:
    for decision, told in LEGEND:
        yield (
            f'<li class="{decision}">{_sign(decision)} '
            f"<b>{explanation.count(decision)} {decision}</b> <span>{told}</span></li>"
        )


def _lines(explanation: Explanation) -> Iterator[str]:
    language = explanation.article.in_language if explanation.article else None
    lang = f' lang="{escape(language)}"' if language else ""
    for is_left, run in groupby(explanation.lines, key=lambda line: line.decision is Decision.LEFT and not line.field):
        lines = list(run)
        rows = "".join(_line(line, lang) for line in lines)
        if is_left and len(lines) > FOLD:
            preview = " · ".join(line.text for line in lines)[:PREVIEW]
            yield (
                f'<details class="fold"><summary>{_sign(Decision.LEFT)} {len(lines)} lines '
                f'never in question <span class="preview"{lang}>{_text(preview)} …</span></summary>{rows}</details>'
            )
        else:
            yield rows


def _line(line: Line, lang: str) -> str:
    """Return a row: the decision, the text in its own place and direction, the reasons."""
    told = "".join(
        f"<span>{escape(name)} <b>{_reference(name, value, line)}</b></span>" for name, value in reasons(line)
    )
    text = _text(line.text)
    if line.decision is Decision.CUT:
        text = f"<del>{text}</del>"
    size = f" h{line.level}" if line.level else ""
    return (
        f'<div class="line {line.decision} {line.kind}{size}">'
        f'<div class="mark">{_sign(line.decision)} {escape(label(line))}</div>'
        f'<p class="text" dir="auto"{lang}>{text}</p><div class="why">{told}</div></div>\n'
    )


def _sign(decision: Decision) -> str:
    return f'<span class="sign" aria-hidden="true">{MARKS[decision]}</span>'


def _reference(name: str, value: str, line: Line) -> str:
    if name == "moved to" and line.image is not None:
        return f'<a href="#image-{line.image + 1}">{escape(value)}</a>'
    return escape(value)


def _images(images: Sequence[Image]) -> str:
    if not images:
        return ""
    rows = "".join(_image(number, image) for number, image in enumerate(images, start=1))
    return f'<section aria-labelledby="images"><h2 id="images">Images</h2><ol class="images">{rows}</ol></section>'


def _image(number: int, image: Image) -> str:
    credit = image.credit
    parts = (
        ("Caption", image.caption),
        ("Credit", credit.credit_text if credit else None),
        ("Creator", credit.creator if credit else None),
        ("Agency", credit.agency if credit else None),
        ("Via", credit.via if credit else None),
        ("Copyright", credit.copyright_notice if credit else None),
        ("Stands", "in the text" if image.in_body else "only in the page’s metadata"),
    )
    told = "".join(f"<div><dt>{name}</dt><dd>{_text(value)}</dd></div>" for name, value in parts if value)
    where = _link(image.content_url) if image.content_url else "not in the page"
    return f'<li id="image-{number}" tabindex="-1"><p class="where">{where}</p><dl class="facts">{told}</dl></li>'


def _claims(claims: Sequence[Claim]) -> str:
    if not claims:
        return ""
    ordered = sorted(claims, key=lambda claim: (claim.field, not claim.chosen))
    rows = "".join(
        f'<tr class="{"chosen" if claim.chosen else "other"}"><th scope="row">{escape(claim.field)}</th>'
        f"<td>{'✓ believed' if claim.chosen else '– not'}</td><td>{_text(claim.value)}</td>"
        f"<td>{escape(', '.join(claim.origins))}</td><td>{escape(claim.reason)}</td></tr>"
        for claim in ordered
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Field", "", "Value", "Said by", "Why"))
    return (
        '<section aria-labelledby="fields"><h2 id="fields">Fields</h2><div class="wide">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _text(text: str) -> str:
    """Return text of the page, escaped, and kept from turning the direction of what stands around it."""
    return f"<bdi>{escape(text)}</bdi>"
