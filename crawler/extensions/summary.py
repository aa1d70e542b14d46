"""What came of a crawl, in words for whoever started it."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from scrapy.settings import BaseSettings

REMOVED = "boilerplate/removed/"
PROBLEMS = {
    "extract/failed/": "not an article",
    "outcome/failed/": "not to be had",
    "outcome/gone/": "gone",
    "outcome/skipped/": "left alone",
    "discovery/failed/": "listing not to be had",
    "discovery/skipped/": "listing left alone",
    "outcome/waiting/": "waits for the next crawl",
    "archive/failed/": "NOT ARCHIVED",
    "record/failed/": "NOT RECORDED",
    "warc/failed/": "WARC DAMAGED, kept in the spool's damaged/",
}


def render_summary(stats: Mapping[str, Any], settings: BaseSettings) -> RenderableType:
    """Return what was archived, where it lies, what was removed, what failed, and what to do next."""
    stored = stats.get("archive/stored", 0)
    reason = stats.get("finish_reason", "stopped")
    lines: list[RenderableType] = [
        Text(f"\nArchived {_count(stored, 'article')}", style="bold") + Text(_rest(stats, reason)),
        _facts(stats, settings),
    ]
    if removed := _by_name(stats, REMOVED):
        lines += [Text(f"\nRemoved {_count(stats['boilerplate/removed'], 'line')} that are not the article:"), removed]
    if waiting := stats.get("upload/waiting"):
        lines += [
            Text(f"\n{_count(waiting, 'file')} could not be uploaded and wait for the next crawl in ", style="bold red")
            + Text(settings["SPOOL_DIR"], style="cyan")
        ]
    if problems := _problems(stats):
        lines += [Text("\nWhat gave no article:"), problems]
    return Group(*lines, *_next_steps(stats))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _rest(stats: Mapping[str, Any], reason: str) -> str:
    known, unchanged = stats.get("frontier/known", 0), stats.get("archive/unchanged", 0)
    parts = [
        f"; {known:,} known from earlier crawls and not due" if known else "",
        f"; {unchanged:,} asked again and unchanged" if unchanged else "",
        "" if reason == "finished" else f" ({reason}: the next crawl goes on from here)",
    ]
    return "".join(parts)


def _facts(stats: Mapping[str, Any], settings: BaseSettings) -> Table:
    table = _grid()
    table.add_row("documents and WARCs", Text(settings["ARCHIVE_URL"], style="cyan"))
    table.add_row("catalog", Text(_without_password(settings["CATALOG_URL"]), style="cyan"))
    table.add_row("requests recorded", f"{stats.get('warc/exchanges', 0):,}")
    if retries := sum(value for name, value in stats.items() if name.startswith("upload/retries/")):
        table.add_row("times the store failed", f"{retries:,}")
    if paused := stats.get("spool/paused_seconds"):
        table.add_row("seconds paused for room", f"{paused:,}")
    table.add_row("seconds", f"{stats.get('elapsed_time_seconds') or 0:.1f}")
    return table


def _without_password(url: str) -> str:
    from sqlalchemy import make_url  # noqa: PLC0415 - half a second that only the last line of a crawl needs

    return make_url(url).render_as_string(hide_password=True)


def _by_name(stats: Mapping[str, Any], prefix: str) -> Table | None:
    rows = sorted(
        ((value, name.removeprefix(prefix)) for name, value in stats.items() if name.startswith(prefix)), reverse=True
    )
    table = _grid()
    for value, name in rows:
        table.add_row(name, f"{value:,}")
    return table if rows else None


def _problems(stats: Mapping[str, Any]) -> Table | None:
    table = _grid()
    for prefix, meaning in PROBLEMS.items():
        for name in sorted(name for name in stats if name.startswith(prefix)):
            table.add_row(f"{meaning}: {name.removeprefix(prefix)}", f"{stats[name]:,}")
    return table if table.row_count else None


def _next_steps(stats: Mapping[str, Any]) -> list[RenderableType]:
    if not any(stats.get(name) for name in ("archive/stored", "archive/unchanged", "frontier/known")):
        return []
    table = _grid()
    scrapy = _program()
    table.add_row(f"{scrapy} export --format jsonl", "all articles, one JSON document a line")
    table.add_row(f"{scrapy} catalog show", "what is known of each source")
    table.add_row(f"{scrapy} seeds", "the publications that can be crawled")
    return [Text("\nNext:"), table]


def _program() -> str:
    """Return how this program is called from here: `scrapy` where a shell would find it, else its path."""
    own = Path(sys.argv[0])
    if own.name != "scrapy" or shutil.which("scrapy") == str(own):
        return "scrapy"
    return os.path.relpath(own)


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table
