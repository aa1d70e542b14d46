"""An image's address: which of those it names, whether it is a picture's, and whether two are one picture's."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipelines.urls import normalize_url

SOURCE_ATTRIBUTES = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-full-src",
    "data-srcset",
    "data-lazy-srcset",
    "src",
)
NOT_CONTENT = re.compile(
    r"(?:^|[/_.-])(?:logo|icons?|favicon|avatar|gravatar|sprite|pixel|spacer|blank|transparent|1x1|badge|button|"
    r"emojis?|placeholder|loader|loading|tracking|tracker|captcha|ads?|advert|banner)(?:[/_.-]|\d|$)",
    re.IGNORECASE,
)
# What servers add to a file's name for each size of it.
SIZE = re.compile(r"~.*(?=\.)|~.*$|[-_]?\d{2,4}x\d{2,4}(?=\.|$)|-scaled(?=\.)")
MIN_NAME = 12
MIN_SIDE = 60


def content_url(element: HtmlElement, base_url: str) -> str | None:
    """Return the image's address; None when it names none, or is decoration."""
    sides = (element.get("width", ""), element.get("height", ""))
    if any(side.isdigit() and int(side) < MIN_SIDE for side in sides) or NOT_CONTENT.search(element.get("class") or ""):
        return None
    # An absolute address needs no joining, a third of the work.
    bases = ((name, None if name.startswith(("https://", "http://")) else base_url) for name in _addresses(element))
    url = next((url for name, base in bases if (url := normalize_url(name, base)) is not None), None)
    if url is None:
        return None
    return None if is_decoration(url) else url


def is_decoration(url: str) -> bool:
    """Whether the address is of a logo, an icon, an advertisement or the like."""
    path = urlsplit(url).path
    return path.endswith(".svg") or NOT_CONTENT.search(path) is not None


def _addresses(element: HtmlElement) -> Iterator[str]:
    """Yield the addresses an image element bears, the one meant for all screens first, then its largest version."""
    for name in SOURCE_ATTRIBUTES:
        plain = element.get(name)
        if plain and plain.strip() and not plain.lstrip().startswith("data:"):
            yield plain.split()[0].rstrip(",")
    written = [element.get("srcset")]
    # The parser nests `<img>` in the `<source>` before it.
    picture = next(element.iterancestors("picture"), None)
    if picture is not None:
        written.extend(node.get("srcset") or node.get("data-srcset") for node in picture.iter("source"))
    best = max((candidate for text in written if text for candidate in _srcset(text)), default=(0.0, ""))
    if best[1]:
        yield best[1].rstrip(",")


def _srcset(text: str) -> Iterator[tuple[float, str]]:
    for match in re.finditer(r"(\S+?)(?:\s+([\d.]+)[wx])?\s*(?:,\s+|,?$)", text.strip()):
        if not match[1].startswith("data:"):
            yield float(match[2] or 0), match[1]


def image_key(url: str) -> str:
    """Return what two addresses of one image share: the file's name, without size and query."""
    parts = urlsplit(url)
    if inner := re.search(r"(?:^|&)url=([^&]+)", parts.query):
        parts = urlsplit(unquote(inner[1]))
    path = SIZE.sub("", parts.path)
    name = path.rsplit("/", 1)[-1]
    return name if len(name) >= MIN_NAME else path
