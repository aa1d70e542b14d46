"""What the lines at an image are: caption or credit, by their place and form first, by their wording then.

In a picture's frame stands nothing but its caption and its credit. So there a line that reads as a name, an unknown
label before names, or names at the caption's end are the credit, whatever the language.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import attrs

from pipelines.boilerplate.credits import (
    NOTICE,
    credit_from,
    is_agency,
    is_viewer_label,
    license_in,
    parse_credit,
    split_credit,
    tidy_caption,
)
from pipelines.boilerplate.wording import (
    narrates,
    read_line,
    reads_as_caption,
    reads_as_maker,
    reads_as_prose,
    reads_as_source,
)
from pipelines.model import Image, ImageCredit, ImageLine, LinePlace, LineRole

FILE_NAME = re.compile(r"\S*[_.-]\S*[_.-]\S*|\S+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)
MARKED_LABEL = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]+)?\s?[:：]\s?")
LISTED = re.compile(r"[,،、，]")
MAX_MAKER = 60
MAX_MARKED = 110
LONGEST_CASELESS = 30
LAST_WORDS = 12
LABEL = r"(?:(?P<label>[^\W\d_]{2,}(?: [^\W\d_]+){0,2}) ?[:：] ?)"
AT_END = (
    # In brackets, behind a label or with a sign that only sources bear.
    re.compile(rf"(?P<caption>.+?) ?[(\[（【]{LABEL}(?P<source>[^()\[\]（）]{{2,80}})[)\]）】]\.?"),
    re.compile(r"(?P<caption>.+?) ?[(\[（【](?P<source>[^()\[\]]*[/|©][^()\[\]]*)[)\]）】]\.?"),
    re.compile(r"(?P<caption>.+?\w{4}[.!?。…»”\"]) [(\[](?P<source>[^()\[\]:]{2,60})[)\]]\.?"),
    # After the last sentence, or behind a sign that parts.
    re.compile(rf"(?P<caption>.+\w{{2}}[.!?。…»”\"]) ?{LABEL}(?P<source>[^.!?:]{{2,60}})\.?"),
    re.compile(r"(?P<caption>.+\w{4}[.!?。…»”\"]) (?P<source>[^.!?:()\[\]]{2,60})\.?"),
    re.compile(r"(?P<caption>.+?) ?[|©] ?(?P<source>[^.!?:]{2,60})"),
    re.compile(r"(?P<caption>.+) [–—/] (?P<source>[^.!?:]{2,60})"),
    re.compile(rf"(?P<caption>.+ [^ ]+ [^ ]+) {LABEL}(?P<source>[^.!?:]{{2,60}})"),
)
Parts = tuple[str | None, ImageCredit | None]


@lru_cache(maxsize=256)
def read_image(image: Image) -> Image:
    """Return the image with what is printed at it as its caption and credit, and no lines.

    What is printed wins over what the page only declares; last comes a credit in the text for those who cannot see
    the picture.
    """
    caption, credit = read_frame(image)
    if caption is None or credit is None:
        beside = _read_lines([line for line in image.lines if line.place is LinePlace.BESIDE])
        caption, credit = caption or (beside[0] if credit or beside[1] else None), credit or beside[1]
    declared = _read_declared(image)
    described = [line.text for line in image.lines if line.role is LineRole.DESCRIPTION]
    if credit is None and declared[1] is None:
        credit = next((parts[1] for text in described if (parts := split_credit(text, at_image=False))), None)
    caption, credit = caption or declared[0], credit or declared[1]
    if caption is None or credit is None:
        apart = _read_apart([line for line in image.lines if line.place is LinePlace.APART], credit)
        caption, credit = caption or apart[0], credit or apart[1]
    return attrs.evolve(
        image,
        caption=caption,
        credit=credit,
        description=_description(described, image.description, caption),
        license=image.license or (license_in(credit.credit_text) if credit else None),
        lines=(),
    )


@lru_cache(maxsize=256)
def read_frame(image: Image) -> Parts:
    """Return caption and credit as printed in the image's frame, each None when it is not."""
    return _read_lines([line for line in image.lines if line.place is LinePlace.FRAME])


def _read_lines(lines: Sequence[ImageLine]) -> Parts:
    """Return what lines in one place say: by mark and wording, then by the form of a line's end, then by order."""
    lines = [line for line in lines if line.role is not LineRole.DESCRIPTION and not is_viewer_label(line.text)]
    read = [_read_line(line) for line in lines]
    credit = next((credit for _, credit in read if credit is not None), None)
    captions = [(line, caption) for line, (caption, _) in zip(lines, read, strict=True) if caption is not None]
    for index, (line, caption) in enumerate(captions):
        repeats = credit is not None and credit.credit_text in caption
        if (credit is None or repeats) and (found := _end_of(caption, line.place)):
            captions[index], credit = (line, found[0]), credit or found[1]
    if credit is None and lines and lines[0].place is LinePlace.FRAME and len(captions) > 1:
        credit = _take_maker(captions)
    return _caption_of(captions), credit


def _read_line(line: ImageLine) -> Parts:
    """Return caption and credit that a line holds by its mark, its inline elements and its wording."""
    if line.role is LineRole.CREDIT and _is_source(line.text):
        return None, parse_credit(line.text) or credit_from(MARKED_LABEL.sub("", line.text, count=1), line=line.text)
    if line.place is LinePlace.FRAME and (found := _at_end(line.text, AT_END[:2])):
        return found
    if (whole := split_credit(line.text)) is not None and whole[0] is None:
        return whole
    if line.parts:
        for piece, rest in ((line.parts[-1], line.parts[:-1]), (line.parts[0], line.parts[1:])):
            credit = parse_credit(piece.strip())
            if credit is None and line.place is LinePlace.FRAME and rest is not line.parts[1:]:
                credit = (
                    _maker(piece.strip(" |/\u2013\u2014-")) if not "".join(rest).rstrip().endswith((",", ":")) else None
                )
            if credit is not None:
                return tidy_caption(" ".join("".join(rest).split())) or None, credit
    return whole or (line.text, None)


def _end_of(text: str, place: LinePlace) -> tuple[str, ImageCredit] | None:
    """Return a caption and the credit at its end: labelled, or in a frame of the form of one."""
    words = text.split()
    for start in range(max(1, len(words) - LAST_WORDS), len(words)):
        end = " ".join(words[start:])
        labelled = ":" in " ".join(words[start : start + 2])
        if (labelled or not end[0].islower()) and (credit := parse_credit(end, at_image=labelled)):
            return tidy_caption(" ".join(words[:start])), credit
    if place is not LinePlace.FRAME:
        return None
    if found := _at_end(text, AT_END):
        return found
    for start in range(max(1, len(words) - 3), len(words)):
        if is_agency(" ".join(words[start:])):
            return tidy_caption(" ".join(words[:start])), credit_from(" ".join(words[start:]), line="")
    return None


def _at_end(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[str, ImageCredit] | None:
    for pattern in patterns:
        match = pattern.fullmatch(text)
        if match and reads_as_caption(match["caption"]) and (credit := _credit_of(match)):
            return tidy_caption(match["caption"]), credit
    return None


def _credit_of(match: re.Match[str]) -> ImageCredit | None:
    source, printed = match["source"], match[0][len(match["caption"]) :]
    if "label" in match.re.groupindex:
        return credit_from(source, line=printed) if _is_source(source) and reads_as_maker(source) else None
    marked = re.search(r"[/|©]", printed) is not None and reads_as_maker(source)
    return credit_from(source, line=printed) if marked else _maker(source)


def _maker(text: str) -> ImageCredit | None:
    """Return the credit of names that stand alone; one word must be an agency's."""
    line = read_line(text)
    if line.is_caseless or line.weight > MAX_MAKER or not reads_as_maker(text) or line.ends_sentence:
        return None
    return credit_from(text, line=text) if len(line.tokens) > 1 or is_agency(text) else None


def _take_maker(captions: list[tuple[ImageLine, str]]) -> ImageCredit | None:
    """Take from a frame's lines the one that is a credit by its order: names, last or first, beside a longer line."""
    longest = max(read_line(text).weight for _, text in captions)
    for index in (len(captions) - 1, 0):
        line, text = captions[index]
        weight = read_line(text).weight
        if (line.role is LineRole.CAPTION and index == 0) or weight > MAX_MAKER or weight >= longest:
            continue
        caseless = read_line(text).is_caseless and weight <= LONGEST_CASELESS and reads_as_maker(text)
        caseless = caseless and not LISTED.search(text)
        if credit := credit_from(text, line=text) if caseless else _maker(text):
            del captions[index]
            return credit
    return None


def _caption_of(captions: Sequence[tuple[ImageLine, str]]) -> str | None:
    """Return the marked lines as one, else the first that can be a caption."""
    marked = [text for line, text in captions if line.role is LineRole.CAPTION]
    if marked:
        return " ".join(dict.fromkeys(marked))
    fits = (text for line, text in captions if reads_as_caption(text) and _may_caption(line, text))
    return next(fits, None)


def _may_caption(line: ImageLine, text: str) -> bool:
    return line.place is LinePlace.FRAME or not (read_line(text).ends_sentence or text.endswith((":", "\uff1a")))


def _is_source(text: str) -> bool:
    line = read_line(text)
    return 2 <= line.weight <= MAX_MARKED and not narrates(text) and not (line.ends_sentence and len(line.tokens) > 8)


def _read_declared(image: Image) -> Parts:
    """Return caption and credit as the metadata gives them; a caption there may hold the credit, too."""
    caption, credit = image.caption, image.credit
    if caption is not None and FILE_NAME.fullmatch(caption):
        caption = None
    if caption is not None:
        parts = split_credit(caption) or _end_of(caption, LinePlace.FRAME)
        if parts is not None and (credit is None or says_same(credit.credit_text, parts[1].credit_text)):
            caption, credit = parts[0], credit or parts[1]
    if credit is not None:
        read = parse_credit(credit.credit_text) or credit_from(credit.credit_text, line=credit.credit_text)
        notice = credit.copyright_notice or read.copyright_notice
        credit = attrs.evolve(read, creator=credit.creator or read.creator, copyright_notice=notice)
    return caption, credit


def _read_apart(lines: Sequence[ImageLine], credit: ImageCredit | None) -> Parts:
    """Return what lines say that stand at no image: marked, or labelled; what stands beside a credit is the caption."""
    marked = (line.text for line in lines if line.role is LineRole.CAPTION and reads_as_caption(line.text))
    caption = next((text for text in marked if not parse_credit(text)), None)
    for index, line in enumerate(lines):
        if line.role is None and NOTICE.search(line.text):
            continue  # as likely the page's own
        named = line.role is LineRole.CREDIT and reads_as_source(line.text)
        parts = split_credit(line.text, at_image=line.role is not None)
        if parts is None and named:
            parts = (None, credit_from(line.text, line=line.text))
        if parts is not None and credit is None:
            beside = (lines[place].text for place in (index + 1, index - 1) if 0 <= place < len(lines))
            return caption or parts[0] or next(filter(_is_caption, beside), None), parts[1]
    return caption, None


def _is_caption(text: str) -> bool:
    line = read_line(text)
    return len(line.tokens) >= 3 and not line.ends_sentence and not reads_as_prose(text) and split_credit(text) is None


def _description(texts: Sequence[str], declared: str | None, caption: str | None) -> str | None:
    """Return the first text for those who cannot see the picture that is more than a name or the caption again."""
    for text in filter(None, (*texts, declared)):
        says_more = caption is None or not says_same(caption, text)
        if says_more and len(read_line(text).words) >= 3 and not FILE_NAME.fullmatch(text):
            return text
    return None


def says_same(ours: str, theirs: str) -> bool:
    """Whether one text holds the other, word by word."""
    one, other = (f" {' '.join(read_line(text).words)} ".replace("/", " ") for text in (ours, theirs))
    return one in other or other in one
