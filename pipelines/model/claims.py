"""What was said about an article's fields, and what was believed."""

import attrs


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
