"""Several voices on one field -> the one believed, with all that was said and why."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from pipelines.model import Claim

MAX_CLAIMS = 12
MAX_VALUE = 300


@attrs.frozen(kw_only=True)
class Voice:
    """One voice: where it comes from, what it says, and, when it is not believed, why."""

    origin: str
    value: Any
    fault: str = ""


@attrs.frozen(kw_only=True)
class Choice:
    """The value believed, None or empty when there is none, and the claims that were weighed."""

    value: Any = None
    origin: str | None = None
    claims: tuple[Claim, ...] = ()


def choose_first(field: str, voices: Iterable[Voice]) -> Choice:
    """Return the first voice without a fault that says anything; `voices` stand in the order of trust."""
    said = [voice for voice in voices if voice.value not in (None, "", ())]
    chosen = next((voice for voice in said if not voice.fault), None)
    return settle(field, said, chosen, "the most trusted voice")


def settle(field: str, voices: Iterable[Voice], chosen: Voice | None, reason: str) -> Choice:
    """Return `chosen` with a claim for each value said, the chosen one first; equal values share a claim.

    `reason` is why `chosen` was believed.
    """
    values: dict[str, list[Voice]] = {}
    for voice in (*((chosen,) if chosen else ()), *voices):
        if voice.value not in (None, "", ()):
            values.setdefault(written(voice.value), []).append(voice)
    claims = []
    for text, speakers in values.items():
        origins = tuple(dict.fromkeys(voice.origin for voice in speakers))
        is_chosen = chosen is not None and text == written(chosen.value)
        if is_chosen:
            why = f"{reason}; repeated by {', '.join(origins[1:])}" if len(origins) > 1 else reason
        else:
            why = next((voice.fault for voice in speakers if voice.fault), "another voice is trusted more")
        claims.append(Claim(field=field, value=text[:MAX_VALUE], origins=origins, chosen=is_chosen, reason=why))
    if chosen is None:
        return Choice(claims=tuple(claims[:MAX_CLAIMS]))
    return Choice(value=chosen.value, origin=chosen.origin, claims=tuple(claims[:MAX_CLAIMS]))


def written(value: Any) -> str:
    """Return `value` as text: times in ISO 8601, names and words joined by `; `."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
