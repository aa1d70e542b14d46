"""What an article is called and said to be: genre, dateline, and the claims that its fields were chosen from."""

from enum import StrEnum

import attrs


class Genre(StrEnum):
    """What kind of piece an article is."""

    ARTICLE = "article"
    OPINION = "opinion"
    LIVE_BLOG = "live-blog"
    GALLERY = "gallery"
    VIDEO = "video"
    SPONSORED = "sponsored"
    PRESS_RELEASE = "press-release"


@attrs.frozen(kw_only=True)
class Claim:
    """A value that the page, its feed or its address gives for a field.

    Attributes:
        field: the field of `Article`.
        value: as text, at most 300 characters.
        origins: who says so, each once (`json-ld`, `meta`, `og`, `html`, `text`, `url`, `feed`, `seed`, `title` ...).
        chosen: whether the field holds it.
        reason: why it was or was not believed.
    """

    field: str
    value: str
    origins: tuple[str, ...]
    chosen: bool = False
    reason: str = ""


@attrs.frozen(kw_only=True)
class Dateline:
    """Where a report was filed from, as the opening of its text says (`BERLIN (dpa) —`).

    Attributes:
        text: as printed.
        place: None when only an agency is named.
        agency: the wire agency, as printed; None when none is named.
    """

    text: str
    place: str | None = None
    agency: str | None = None
