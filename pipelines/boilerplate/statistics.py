"""A source's statistics as JSON, and back."""

import json
from typing import Any

import attrs

from pipelines.boilerplate.layout import Layout
from pipelines.boilerplate.recurrence import Recurrence, Seen
from pipelines.boilerplate.template import Side

FORMAT = 1
FIELDS = tuple(field.name for field in attrs.fields(Seen))
LASTING = 6  # fields that a block seen once fills


def dump_statistics(recurrence: Recurrence) -> str:
    """Return the statistics as JSON; the same always give the same text."""
    plain = {
        "format": FORMAT,
        "articles": recurrence.articles,
        "layout": attrs.asdict(recurrence.layout),
        "places": recurrence.places,
        "blocks": {key: _row(seen) for key, seen in recurrence.blocks.items()},
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def load_statistics(text: str | None) -> Recurrence:
    """Return the statistics that `dump_statistics` wrote; empty ones for None, or where another version wrote them."""
    plain = json.loads(text) if text else {}
    if plain.get("format") != FORMAT:
        return Recurrence()
    layout = plain["layout"]
    return Recurrence(
        articles=plain["articles"],
        layout=Layout(**{**layout, "recent": [(home, furnished) for home, furnished in layout["recent"]]}),
        places={name: (new, known) for name, (new, known) in plain["places"].items()},
        blocks={key: _seen(row) for key, row in plain["blocks"].items()},
    )


def _row(seen: Seen) -> list[Any]:
    row = [getattr(seen, name) for name in FIELDS]
    row[FIELDS.index("sides")] = list(seen.sides.values())
    return row if seen.articles > 1 else row[:LASTING]


def _seen(row: list[Any]) -> Seen:
    fields = dict(zip(FIELDS, row, strict=False))
    return Seen(**{**fields, "sides": dict(zip(Side, fields["sides"], strict=True))})
