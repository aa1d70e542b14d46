"""Whether a page is an article: what the page as a whole says about it, and how sure we are of its text."""

from enum import StrEnum

import attrs


class Address(StrEnum):
    """What a page's URL looks like."""

    ARTICLE = "article"
    LIST = "list"
    HOME = "home"
    OTHER = "other"


@attrs.frozen(kw_only=True)
class Evidence:
    """What a page as a whole tells, beside the blocks of its text, about being an article.

    Attributes:
        declarations: what the page, or the feed that named it, declares it to be, in plain words; strongest first.
        declared: the strength of these, 0 (none) to 1.
        address: what its URL looks like.
        is_list: whether its JSON-LD describes a list and no article.
        titles: its `title`, `h1` and `h2` lines, at most 120 characters each.
        small_page: all its visible text when that is short; empty when it is not.
        asks_password: whether it has a field for a password.
        is_challenge: whether it bears the marks of a test for human readers.
        needs_scripts: whether its text is to be filled in by a script.
        teasers: indexes of the lines of the page that are headlines linked to other pages of the site.
        prose: characters on the whole page in lines that look like running text.
        described_body: the text that JSON-LD gives as the article's (often cut short); None when there is none.
    """

    declarations: tuple[str, ...] = ()
    declared: float = 0.0
    address: Address = Address.OTHER
    is_list: bool = False
    titles: tuple[str, ...] = ()
    small_page: str = ""
    asks_password: bool = False
    is_challenge: bool = False
    needs_scripts: bool = False
    teasers: frozenset[int] = frozenset()
    prose: int = 0
    described_body: str | None = None


@attrs.frozen(kw_only=True)
class Cause:
    """One thing that makes us more or less sure.

    Attributes:
        signal: what was seen, in plain words.
        effect: what it adds to the log-odds, compared with what is usual on an article's page.
    """

    signal: str
    effect: float


@attrs.frozen(kw_only=True)
class Confidence:
    """How sure we are that a page is an article and that its text is whole and clean.

    Attributes:
        value: calibrated probability of both, 0 to 1.
        article: probability that it is an article at all, whatever its text; what is refused is refused by this.
        causes: what made it so, strongest first.
    """

    value: float
    article: float = 0.0
    causes: tuple[Cause, ...] = ()
