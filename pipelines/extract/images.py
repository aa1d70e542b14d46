"""The article's images, each with the lines that the page's structure ties to it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import attrs
from lxml.html import HtmlElement

from pipelines.extract.captions import LooseLine, lines_beside, loose_lines
from pipelines.extract.declared import declared_images, embedded_image, known_images, linked_license
from pipelines.extract.head import PageHead
from pipelines.extract.imageframes import attribute_lines, find_frame, frame_lines
from pipelines.extract.imageurls import content_url, image_key, is_decoration
from pipelines.extract.segments import ImageSpot, Layout, Segment, collapse
from pipelines.model import Image, ImageLine

# The class of an author's box, not of a story by its author (`author-jane`).
PORTRAIT = re.compile(
    r"(?:^|[\s_-])(?:author|byline|bio)(?:[_-]*(?:box|image|img|photo|pic|picture|info|portrait|card|bio|link))?(?:\s|$)",
    re.IGNORECASE,
)
PORTRAIT_LEVELS = 3
OUTER = frozenset(("article", "main", "body"))
MAX_IMAGES = 60
NEAR = 4
FRAME_LEVELS = 12


@attrs.frozen(kw_only=True, eq=False)
class PlacedImage:
    """An image and where it stands.

    Attributes:
        frame: the element that holds the image and what belongs to it alone.
        before: index of the segment it stands before; None for an image of the metadata only.
    """

    image: Image
    frame: HtmlElement | None = None
    before: int | None = None


def find_images(layout: Layout, kept: Iterable[Segment], head: PageHead) -> tuple[PlacedImage, ...]:
    """Return the article's images in page order: those within its text or its head, then those of its metadata."""
    kept = tuple(kept)
    taken = {segment.index for segment in kept}
    spots = dict[str, tuple[ImageSpot, str]]()
    for spot in _spots_of_article(layout, kept):
        if (url := content_url(spot.element, head.base_url)) is not None:
            spots.setdefault(image_key(url), (spot, url))
    elements = {spot.element for spot, _ in spots.values()}
    found = {
        key: _place(spot, Image(content_url=url), find_frame(spot.element, elements), head)
        for key, (spot, url) in spots.items()
    }
    for key, placed in found.items():
        beside = lines_beside(spots[key][0].element, placed.before or 0, layout, taken, placed.frame)
        found[key] = _with_lines(placed, beside)
    frames = {placed.frame for placed in found.values() if placed.frame is not None}
    found = dict(islice(found.items(), MAX_IMAGES))
    _add_declared(found, head)
    _add_loose_lines(found, loose_lines(layout, kept, frames))
    return tuple(found.values())


def images_by_box(images: Sequence[PlacedImage]) -> dict[HtmlElement, int]:
    """Return frame -> index into `images`, for `image_of`."""
    return {placed.frame: index for index, placed in enumerate(images) if placed.frame is not None}


def image_of(segment: Segment, images: Sequence[PlacedImage], boxes: Mapping[HtmlElement, int]) -> int | None:
    """Return the index of the image that `segment` stands at: in its frame, or one of the two lines after it."""
    if boxes:
        for node in (segment.element, *islice(segment.element.iterancestors(), FRAME_LEVELS)):
            if node in boxes:
                return boxes[node]
    for index, placed in enumerate(images):
        if placed.before is not None and 0 <= segment.index - placed.before < 2:
            return index
    return None


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
    """Whether an image is the page's, another story's, or the portrait of an author."""
    in_figure = False
    for level, node in enumerate(element.iterancestors()):
        tag = node.tag
        in_figure = in_figure or tag == "figure"
        if not in_figure and level < PORTRAIT_LEVELS and tag not in OUTER and PORTRAIT.search(node.get("class") or ""):
            return True
        if not in_figure and tag in {"nav", "footer", "header"} and node.find(".//h1") is None:
            return True
        if tag == "aside" and node.find(".//figcaption") is None:
            return True
        if tag == "a" and len(collapse(node.text_content())) > 20 and node.find(".//figcaption") is None:
            return True
        if tag in OUTER:
            return False
    return False


def _place(spot: ImageSpot, image: Image, frame: HtmlElement | None, head: PageHead) -> PlacedImage:
    placed = PlacedImage(image=image, frame=frame, before=spot.before)
    if frame is not None:
        image = attrs.evolve(image, license=linked_license(frame, head.base_url))
        if (described := embedded_image(frame, head.base_url)) is not None:
            image = _merged(image, described)
        placed = _with_lines(attrs.evolve(placed, image=image), frame_lines(frame))
    return _with_lines(placed, attribute_lines(spot.element))


def _with_lines(placed: PlacedImage, lines: Iterable[ImageLine]) -> PlacedImage:
    """Return the image with more lines, each once."""
    image = attrs.evolve(placed.image, lines=tuple(dict.fromkeys((*placed.image.lines, *lines))))
    return attrs.evolve(placed, image=image)


def _add_declared(found: dict[str, PlacedImage], head: PageHead) -> None:
    """Add what the page declares of its images, and those of the article that it only declares."""
    for image in declared_images(head):
        key = _key_of(image, found)
        if key in found or (len(found) < MAX_IMAGES and not is_decoration(image.content_url or "")):
            placed = found.get(key)
            merged = image if placed is None else _merged(placed.image, image)
            found[key] = PlacedImage(image=merged) if placed is None else attrs.evolve(placed, image=merged)
    for image in known_images(head):
        if (placed := found.get(key := _key_of(image, found))) is not None:
            found[key] = attrs.evolve(placed, image=_merged(placed.image, image))


def _key_of(image: Image, found: Mapping[str, PlacedImage]) -> str:
    """Return the key of the image in `found` that is the same: of one file, or with its caption printed at it."""
    key = image_key(image.content_url or "")
    if key in found or image.caption is None:
        return key
    alike = (name for name, placed in found.items() if any(line.text == image.caption for line in placed.image.lines))
    return next(alike, key)


def _add_loose_lines(found: dict[str, PlacedImage], lines: Iterable[LooseLine]) -> None:
    """Give lines that stand in no image's frame to an image.

    That is the nearest within four lines; else for marked lines one that the page does not hold, and for plain ones
    the first. What the page does not hold comes last.
    """
    orphan, plain = -NEAR, list[ImageLine]()
    said = {line.text for placed in found.values() for line in placed.image.lines}
    for loose in lines:
        if loose.line.text in said:
            continue
        key = next((key for key, placed in found.items() if _is_near(placed, loose.index)), None)
        if key is None and loose.line.role is None:
            plain.append(loose.line)
            continue
        if key is None:
            orphan = orphan if loose.index - orphan < NEAR else loose.index
            key = f"#{orphan}"
        _add_lines(found, key, [loose.line], loose.index)
    if plain:
        _add_lines(found, next(iter(found), "#"), plain, None)


def _add_lines(found: dict[str, PlacedImage], key: str, lines: Sequence[ImageLine], index: int | None) -> None:
    placed = found.get(key) or PlacedImage(image=Image(), before=index)
    found[key] = _with_lines(placed, lines)


def _is_near(placed: PlacedImage, index: int) -> bool:
    if placed.image.content_url is None or placed.before is None:
        return False
    return abs(index - placed.before) < NEAR


def _merged(placed: Image, declared: Image) -> Image:
    return attrs.evolve(
        placed,
        caption=placed.caption or declared.caption,
        description=placed.description or declared.description,
        credit=placed.credit or declared.credit,
        license=placed.license or declared.license,
        acquire_license_page=placed.acquire_license_page or declared.acquire_license_page,
    )
