"""Where things lie, and how other programs are run."""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
NEWSWEB = SHARED / "newsweb"
SCRAPY = str(ROOT / ".venv" / "bin" / "scrapy")
BOUNDS = tomllib.loads((ROOT / ".ci" / "floors.toml").read_text(encoding="utf-8"))

Figures = dict[str, float]
Row = dict[str, Any]


@contextmanager
def workplace(name: str) -> Iterator[Path]:
    """Give a folder to work in: a temporary one, or one that stays in QUALITY_KEEP."""
    if keep := os.environ.get("QUALITY_KEEP"):
        folder = Path(keep, name)
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    else:
        with tempfile.TemporaryDirectory(prefix=f"newskeep-{name}-") as temporary:
            yield Path(temporary)


def run(words: list[str], *, python: bool = False, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Return what a command prints; end with its error when it fails."""
    command = [sys.executable if python else SCRAPY, *words]
    done = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}")
    return done.stdout


def read_lines(path: Path) -> list[Row]:
    """Return the JSON objects of a file that holds one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write_lines(path: Path, rows: Iterable[Row]) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
