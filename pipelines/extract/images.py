"""The article's images, each with the caption and credit that the page's structure ties to it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

import attrs
from lxml.html import HtmlElement

from pipelines.extract.captions import LooseLine, box_texts, image_box, loose_lines, nearby_lines
from pipelines.extract.jsonld import Node, as_list, texts_of
from pipelines.extract.segments import ImageSpot, Layout, Segment, collapse
from pipelines.model import Image, ImageCredit
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
MIN_SIDE = 60
MAX_IMAGES = 60


@attrs.frozen(kw_only=True, eq=False)
class PlacedImage:
    """An image and where it stands.

    Attributes:
        box: the element that holds the image and what belongs to it alone.
        before: index of the segment it stands before; None for an image of the metadata only.
    """

    image: Image
    box: HtmlElement | None
    before: int | None


def find_images(
    layout: Layout, kept: Iterable[Segment], article: Node, og_image: str | None, *, base_url: str
) -> tuple[PlacedImage, ...]:
    """Return the article's images in page order: those within its text or its head, then those of its metadata."""
    kept = tuple(kept)
    found: dict[str, PlacedImage] = {}
    taken = {segment.index for segment in kept}
    for spot in _spots_of_article(layout, kept):
        placed = _place(spot, layout, taken, base_url)
        if placed is not None and _same_image(placed.image.content_url) not in found:
            found[_same_image(placed.image.content_url)] = placed
    _add_loose_lines(found, loose_lines(layout, kept, [placed.box for placed in found.values()]))
    for image in (*_declared(article, base_url), *_bare(og_image, base_url)):
        key = _same_image(image.content_url)
        if key in found:
            found[key] = attrs.evolve(found[key], image=_merged(found[key].image, image))
        else:
            found[key] = PlacedImage(image=image, box=None, before=None)
    return tuple(found.values())[:MAX_IMAGES]


def images_by_box(images: Sequence[PlacedImage]) -> dict[HtmlElement, int]:
    """Return box -> index into `images`, for `image_of`."""
    return {placed.box: index for index, placed in enumerate(images) if placed.box is not None}


def image_of(segment: Segment, images: Sequence[PlacedImage], boxes: Mapping[HtmlElement, int]) -> int | None:
    """Return the index of the image that `segment` stands at: in its box, or one of the two lines after it."""
    if boxes:
        for node in (segment.element, *segment.element.iterancestors()):
            if node in boxes:
                return boxes[node]
    for index, placed in enumerate(images):
        if placed.before is not None and 0 <= segment.index - placed.before < 2:
            return index
    return None


def _add_loose_lines(found: dict[str, PlacedImage], lines: Iterable[LooseLine]) -> None:
    """Give marked lines that stand in no image's box to the nearest image, or to one that the page does not hold."""
    for line in lines:
        near = [
            key for key, placed in found.items() if placed.before is not None and abs(line.index - placed.before) < 4
        ]
        key = near[0] if near else f"#{line.index}"
        orphan = next((name for name in reversed(found) if name.startswith("#")), None)
        if not near and orphan is not None and line.index - (found[orphan].before or 0) < 4:
            key = orphan
        placed = found.get(key) or PlacedImage(image=Image(), box=None, before=line.index)
        credit = ImageCredit(credit_text=line.text) if line.is_credit else None
        caption = None if line.is_credit else line.text
        found[key] = attrs.evolve(placed, image=_merged(placed.image, Image(caption=caption, credit=credit)))
    for key, placed in found.items():
        image = placed.image
        said = {image.caption, image.credit.credit_text if image.credit else None}
        nearby = tuple(line for line in image.nearby if line not in said)
        found[key] = attrs.evolve(placed, image=attrs.evolve(image, nearby=nearby))


def _spots_of_article(layout: Layout, kept: tuple[Segment, ...]) -> Iterator[ImageSpot]:
    """Yield the images from the headline on to the end of the text, without those of links to other stories."""
    if not kept:
        return
    first, last = kept[0].index, kept[-1].index
    headings = [segment.index for segment in layout.segments[:first] if segment.element.tag == "h1"]
    start = min(first, headings[-1] if headings else first) - 3
    for spot in layout.image_spots:
        if start <= spot.before <= last + 1 and not _belongs_elsewhere(spot.element):
            yield spot


def _belongs_elsewhere(element: HtmlElement) -> bool:
    for node in element.iterancestors():
        if node.tag in {"nav", "footer", "header"} and node.find(".//h1") is None:
            return True
        if node.tag == "aside" and node.find(".//figcaption") is None:
            return True
        if node.tag == "a" and len(collapse(node.text_content())) > 20 and node.find(".//figcaption") is None:
            return True
        if node.tag in {"article", "main", "body"}:
            return False
    return False


def _place(spot: ImageSpot, layout: Layout, taken: set[int], base_url: str) -> PlacedImage | None:
    url = _image_url(spot.element, base_url)
    if url is None or _is_decoration(spot.element, url):
        return None
    box = image_box(spot.element)
    caption, credit = box_texts(box) if box is not None else (None, None)
    image = Image(
        content_url=url,
        caption=caption,
        credit=ImageCredit(credit_text=credit) if credit else None,
        nearby=nearby_lines(spot.element, spot.before, layout, taken, box),
    )
    return PlacedImage(image=image, box=box, before=spot.before)


def _image_url(element: HtmlElement, base_url: str) -> str | None:
    """Return the largest version the element names; None when it names none."""
    written = [element.get("srcset")]
    # The parser nests `<img>` in the `<source>` before it.
    picture = next(element.iterancestors("picture"), None)
    if picture is not None:
        written.extend(node.get("srcset") or node.get("data-srcset") for node in picture.iter("source"))
    best = max((candidate for text in written if text for candidate in _srcset(text)), default=(0.0, ""))
    plain = (element.get(name) for name in SOURCE_ATTRIBUTES)
    for url in (*(u.split()[0] for u in plain if u and u.strip() and not u.startswith("data:")), best[1]):
        absolute = normalize_url(url.rstrip(","), base_url) if url else None
        if absolute is not None:
            return absolute
    return None


def _srcset(text: str) -> Iterator[tuple[float, str]]:
    for match in re.finditer(r"(\S+?)(?:\s+([\d.]+)[wx])?\s*(?:,\s+|,?$)", text.strip()):
        if not match[1].startswith("data:"):
            yield float(match[2] or 0), match[1]


def _is_decoration(element: HtmlElement, url: str) -> bool:
    sides = [element.get(name, "") for name in ("width", "height")]
    if any(side.isdigit() and int(side) < MIN_SIDE for side in sides):
        return True
    return bool(NOT_CONTENT.search(urlsplit(url).path) or NOT_CONTENT.search(element.get("class") or "")) or urlsplit(
        url
    ).path.endswith(".svg")


def _declared(article: Node, base_url: str) -> Iterator[Image]:
    """Yield the images of the article's JSON-LD."""
    for item in as_list(article.get("image")):
        if isinstance(item, str):
            yield from _bare(item, base_url)
        elif isinstance(item, dict):
            url = next(texts_of(item, "url", "contentUrl"), None)
            credit = next(
                (
                    text
                    for name in ("creditText", "creator", "author", "copyrightNotice")
                    for text in texts_of(item.get(name), "name")
                ),
                None,
            )
            for image in _bare(url, base_url):
                yield attrs.evolve(
                    image,
                    caption=next(texts_of(item.get("caption")), None),
                    credit=ImageCredit(credit_text=credit) if credit else None,
                )


def _bare(url: str | None, base_url: str) -> Iterator[Image]:
    absolute = normalize_url(url, base_url) if url else None
    if absolute is not None and not NOT_CONTENT.search(urlsplit(absolute).path):
        yield Image(content_url=absolute, in_body=False)


def _merged(placed: Image, declared: Image) -> Image:
    return attrs.evolve(placed, caption=placed.caption or declared.caption, credit=placed.credit or declared.credit)


def _same_image(url: str | None) -> str:
    """Return what two addresses of one image share: the file's name, without size and query."""
    path = urlsplit(url or "").path
    name = path.rsplit("/", 1)[-1]
    return re.sub(r"[-_]?\d{2,4}x\d{2,4}(?=\.|$)", "", name) if len(name) > 8 else path
