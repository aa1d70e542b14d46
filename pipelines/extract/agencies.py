"""Wire agencies, by the names and signs that newspapers print (`data/agencies.toml`)."""

import re
import tomllib
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data")
PARTS = re.compile(r"\s*(?:[,;/|+&]|\s[–—-]\s|\b(?:and|und|et|y|mit|with|con|avec|e|och|og)\b)\s*")
OFFICE = re.compile(
    r"(?:^(?:agence|agencia|agenzia|agência|agentur|agencja|the|агентство|вести)\s+)|"
    r"(?:\s+(?:news agency|news service|newswire|nachrichtenagentur|wire service|agency))$",
    re.IGNORECASE,
)


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    table = tomllib.loads((DATA / "agencies.toml").read_text(encoding="utf-8"))
    names = frozenset(_plain(name) for group in table["names"].values() for name in group)
    return names, frozenset(sign for group in table["signs"].values() for sign in group)


def is_agency(text: str) -> bool:
    """Whether `text` names wire agencies and nothing else (`Reuters`, `dpa`, `APA/dpa`)."""
    names, signs = _known()
    parts = [part for part in PARTS.split(text.strip(" .()[]")) if part]
    return _plain(text) in names or (bool(parts) and all(part in signs or _plain(part) in names for part in parts))


def _plain(text: str) -> str:
    return OFFICE.sub("", text.strip(" .()[]").casefold())
