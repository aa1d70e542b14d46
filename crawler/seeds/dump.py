"""Source -> the text of its seed file, and that text into a directory."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pipelines.errors import SeedError
from pipelines.model import Pace, Source

LITERAL = re.compile(r"[^'\x00-\x1f\x7f]*\\[^'\x00-\x1f\x7f]*")

TomlValue = str | bool | float | date | Sequence[str]


def dump_seed(source: Source, *, note: str | None = None) -> str:
    """Return a seed file that `load_seed` reads back equal: keys in a fixed order, what is not known left out.

    `note` is the comment on top; None tells whether the seed was ever probed.
    """
    if note is None:
        note = f"Probed by newskeep on {source.verified}." if source.verified else unverified_note(source)
    lines = [f"# {line}" for line in note.splitlines()]
    lines += [f"{key} = {_to_toml(value)}" for key, value in _top(source) if value is not None]
    for name, keys in _tables(source).items():
        filled = [f"{key} = {_to_toml(value)}" for key, value in keys.items() if value is not None and value != ()]
        lines += ["", f"[{name}]", *filled] if filled else []
    return "\n".join(lines) + "\n"


def unverified_note(source: Source, origin: str = "never probed") -> str:
    """Return the comment for a seed that nobody has held against the site yet."""
    return f"Unverified: {origin}. Run: scrapy seeds probe {source.home_page}"


def write_seed(source: Source, directory: Path, *, overwrite: bool = False) -> Path:
    """Write the seed file of `source` and return its path; a reader never sees half a file.

    Raises:
        SeedError: the file exists and `overwrite` is False, or the directory cannot be written.
    """
    path = directory / f"{source.id}.toml"
    if path.exists() and not overwrite:
        raise SeedError(str(path), None, "exists and is kept; --overwrite replaces it")
    part = directory / f".{source.id}.toml.part"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        part.write_text(dump_seed(source), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise SeedError(str(path), None, f"cannot be written ({error.strerror}); choose another directory") from error
    return path


def _top(source: Source) -> Iterator[tuple[str, TomlValue | None]]:
    for key in ("name", "home_page", "language", "country", "timezone", "verified"):
        yield key, getattr(source, key)
    for key in ("feeds", "sitemaps", "sections", "allowed_hosts", "take", "leave", "render", "contact_note"):
        yield key, getattr(source, key) or None
    yield "verify_certificates", None if source.verify_certificates else False


def _tables(source: Source) -> dict[str, dict[str, TomlValue | None]]:
    pace, usual = source.pace, Pace()
    return {
        "pace": {
            "delay": pace.delay,
            "concurrency": pace.concurrency if pace.concurrency != usual.concurrency else None,
        },
        "boilerplate": {"selectors": source.boilerplate_selectors, "phrases": source.boilerplate_phrases},
        "template": {"keep": source.template_keep, "drop": source.template_drop},
    }


def _to_toml(value: TomlValue) -> str:
    """Return a TOML value; patterns keep their backslashes single where TOML can write them so."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if LITERAL.fullmatch(value):
            return f"'{value}'"
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Sequence):
        items = [_to_toml(item) for item in value]
        if len(items) > 1:
            return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
        return f"[{''.join(items)}]"
    return str(value)
