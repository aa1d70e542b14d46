"""Moves what a credit or caption line said to the image it belongs to."""

from collections.abc import Sequence

import attrs

from pipelines.boilerplate.captions import IN_FRAME
from pipelines.boilerplate.credits import credit_from, tidy_caption
from pipelines.boilerplate.frames import says_same
from pipelines.boilerplate.structure import Verdict
from pipelines.model import Block, Image, ImageCredit


@attrs.define
class Album:
    """The article's images, while lines are being attached to them."""

    images: list[Image]
    last: tuple[int, int] = (-2, -1)

    def __attrs_post_init__(self) -> None:
        """Leave out an image that the page does not hold and at which nothing was said; it stands last."""
        while self.images and self.images[-1] == Image():
            self.images.pop()

    def attach(self, position: int, blocks: Sequence[Block], verdict: Verdict) -> int | None:
        """Give the line at `position` to its image and return that image's index; None when it says nothing.

        The image is the one the line stands at, else that of a neighbouring credit or caption, else the nearest
        before it in the text, else the first, else a new one without a URL. An image that already has the same
        credit and caption keeps its own; one with others is left alone, and the next choice is asked.
        """
        own = blocks[position].image
        if verdict.rule == IN_FRAME and own is not None:  # its image was read from the frame already
            self.last = (position, own)
            return own
        caption, credit = read_parts(blocks[position], verdict)
        if caption is None and credit is None:
            return None
        for index in self._choices(position, blocks):
            if _takes(self.images[index], caption, credit):
                self._give(index, caption, credit)
                break
        else:
            self.images.append(Image(caption=caption, credit=credit))
            index = len(self.images) - 1
        self.last = (position, index)
        return index

    def _choices(self, position: int, blocks: Sequence[Block]) -> list[int]:
        own = blocks[position].image
        neighbour = self.last[1] if self.last[0] == position - 1 else None
        before = next((block.image for block in reversed(blocks[:position]) if block.image is not None), None)
        first = 0 if self.images else None
        wanted = [index for index in (own, neighbour, before, first) if index is not None]
        return [index for index in dict.fromkeys(wanted) if 0 <= index < len(self.images)]

    def _give(self, index: int, caption: str | None, credit: ImageCredit | None) -> None:
        image = self.images[index]
        self.images[index] = attrs.evolve(image, caption=image.caption or caption, credit=image.credit or credit)


def read_parts(block: Block, verdict: Verdict) -> tuple[str | None, ImageCredit | None]:
    """Return the caption and the credit that a removed block holds, each None when it holds none."""
    if verdict.category not in {"credit", "caption"}:
        return None, None
    source, caption = verdict.parts.get("source"), verdict.parts.get("caption")
    return (
        tidy_caption(caption) if caption else None,
        credit_from(source, line=block.text.replace(caption or "", "")) if source else None,
    )


def _takes(image: Image, caption: str | None, credit: ImageCredit | None) -> bool:
    """Whether an image lacks, or already has, what is offered."""
    fits_caption = caption is None or image.caption is None or says_same(image.caption, caption)
    fits_credit = credit is None or image.credit is None or says_same(image.credit.credit_text, credit.credit_text)
    return fits_caption and fits_credit
