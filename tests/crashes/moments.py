"""When a crawl or its store is killed: drawn by a seeded generator, so that a failed round can be run again."""

from enum import StrEnum
from random import Random

import attrs


class Sign(StrEnum):
    """What the harness waits for before it counts the seconds to the kill."""

    LAUNCH = "launch"  # the process exists; it is still importing, or looking at what the last one left
    OPENED = "opened"  # the spider has opened: anywhere in the crawl
    SEGMENT = "segment"  # so many segments were begun, so that one is being closed
    UPLOAD = "upload"  # so many files have left the spool for the store
    ENDING = "ending"  # the last request is answered: the last segment closes and everything is uploaded


# How often each sign is drawn: half of the kills strike while segments close, go up, or all comes to its end.
WEIGHTS = {Sign.LAUNCH: 2, Sign.OPENED: 6, Sign.SEGMENT: 3, Sign.UPLOAD: 3, Sign.ENDING: 2}
# Seconds after the sign within which the kill strikes. What follows a segment or an upload is over in some 20 ms.
SPAN = {Sign.LAUNCH: 2.5, Sign.OPENED: 3.0, Sign.SEGMENT: 0.03, Sign.UPLOAD: 0.03, Sign.ENDING: 0.5}


@attrs.frozen(kw_only=True)
class Moment:
    """The moment of a kill.

    Attributes:
        count: how many segments or uploads to wait for; of no meaning to the other signs.
        delay: seconds from the sign to the kill.
        whole_group: whether the worker processes are killed with the crawl, or left to notice.
    """

    sign: Sign
    count: int
    delay: float
    whole_group: bool

    def __str__(self) -> str:
        which = f" {self.count}" if self.sign in {Sign.SEGMENT, Sign.UPLOAD} else ""
        return f"{self.sign}{which} +{self.delay:.3f} s{', with its workers' if self.whole_group else ''}"


@attrs.frozen(kw_only=True)
class Outage:
    """The store is killed, and started again; both in seconds after the crawl was launched."""

    start: float
    end: float

    def __str__(self) -> str:
        return f"store away from {self.start:.2f} to {self.end:.2f} s"


def draw_moment(random: Random) -> Moment:
    """Return the moment of the next kill."""
    (sign,) = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
    return Moment(
        sign=sign, count=random.randint(1, 6), delay=random.uniform(0, SPAN[sign]), whole_group=random.random() < 0.5
    )


def draw_outage(random: Random, *, share: float) -> Outage | None:
    """Return when the store is away during the next crawl; None in all but a `share` of the draws."""
    if random.random() >= share:
        return None
    start = random.uniform(0.5, 3)
    return Outage(start=start, end=start + random.uniform(0.1, 2.5))
