"""seeds/*.toml -> Source, strictly: whatever a seed says is either understood or refused."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import attrs

from crawler.seeds import values
from pipelines.errors import SeedError, SettingsError
from pipelines.model import Pace, Source
from pipelines.urls import url_key

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
BARE_KEY = re.compile(r"[\w-]+")
MAX_BYTES = 1_000_000

Reader = Callable[[Any], Any]
TOP_KEYS: Mapping[str, Reader] = {
    "name": values.read_line,
    "home_page": values.read_home_page,
    "language": values.read_language,
    "country": values.read_country,
    "timezone": values.read_timezone,
    "feeds": values.each(values.read_line),
    "sitemaps": values.each(values.read_line),
    "sections": values.each(values.read_line),
    "allowed_hosts": values.each(values.read_host),
    "take": values.each(values.read_pattern),
    "leave": values.each(values.read_pattern),
    "render": values.read_bool,
    "verify_certificates": values.read_bool,
    "contact_note": values.read_text,
    "verified": values.read_date,
}
TABLES: Mapping[str, Mapping[str, Reader]] = {
    "pace": {"delay": values.read_delay, "concurrency": values.read_concurrency},
    "boilerplate": {"selectors": values.each(values.read_selector), "phrases": values.each(values.read_line)},
    "template": {"keep": values.each(values.read_line), "drop": values.each(values.read_line)},
}
REQUIRED = ("name", "home_page")


@attrs.frozen(kw_only=True)
class SeedCheck:
    """What a directory of seeds holds.

    Attributes:
        sources: the seeds without a fault, by id.
        problems: every fault found, by file.
    """

    sources: tuple[Source, ...]
    problems: tuple[SeedError, ...]


def load_seeds(directory: Path | str) -> tuple[Source, ...]:
    """Return the sources of all `*.toml` in `directory`, sorted by id.

    Raises:
        SeedError: the first problem of any seed; `check_seeds` tells them all.
    """
    check = check_seeds(directory)
    if check.problems:
        raise check.problems[0]
    return check.sources


def load_seed(path: Path | str) -> Source:
    """Return the source that one seed file describes; its id is the file's stem.

    Raises:
        SeedError: the file's first problem.
    """
    source, problems = _read_seed(Path(path))
    if source is None:
        raise problems[0]
    return source


def check_seeds(directory: Path | str) -> SeedCheck:
    """Return all sources of a directory and all its problems; hidden files and other suffixes are no seeds.

    A directory that is missing or empty is a problem too.
    """
    folder = Path(directory)
    try:
        paths = sorted(filter(_is_seed, folder.iterdir()), key=lambda path: (not ID.fullmatch(path.stem), path.name))
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); set SEEDS_DIR to a directory of seed files"
        return SeedCheck(sources=(), problems=(SeedError(str(directory), None, problem),))
    if not paths:
        problem = "holds no seed files; add one (scrapy seeds probe URL) or set SEEDS_DIR"
        return SeedCheck(sources=(), problems=(SeedError(str(directory), None, problem),))
    sources: dict[str, Source] = {}
    problems: list[SeedError] = []
    stems: dict[str, Path] = {}
    for path in paths:
        source, faults = _read_seed(path, twin=stems.get(path.stem.casefold()))
        stems.setdefault(path.stem.casefold(), path)
        problems.extend(faults)
        if source:
            sources[source.id] = source
    problems.extend(_shared_home_pages(stems, sources.values()))
    return SeedCheck(
        sources=tuple(sources[key] for key in sorted(sources)),
        problems=tuple(sorted(problems, key=attrgetter("file"))),
    )


def build_source(table: Mapping[str, Any], *, seed_id: str, file: str) -> tuple[Source | None, tuple[SeedError, ...]]:
    """Return the source that a parsed seed describes, or None and every problem it has.

    `file` is what the problems name: a path, or an entry of an imported list.
    """
    top = {key: value for key, value in table.items() if key not in TABLES}
    fields, problems = _read_keys(top, _top_readers(table), file=file, table_name="")
    for name, readers in TABLES.items():
        part = table.get(name, {})
        if not isinstance(part, dict):
            problems.append(SeedError(file, name, f"is not a table; write [{name}] on a line of its own"))
            continue
        inner, faults = _read_keys(part, readers, file=file, table_name=name)
        problems.extend(faults)
        if name == "pace":
            fields["pace"] = Pace(**inner)
        else:
            fields |= {f"{name}_{key}": value for key, value in inner.items()}
    problems.extend(SeedError(file, key, "is missing; every seed needs it") for key in REQUIRED if key not in table)
    return (None if problems else Source(id=seed_id, **fields)), tuple(problems)


def select_sources(sources: Sequence[Source], wanted: str) -> tuple[Source, ...]:
    """Return the sources that `wanted` names, ids separated by commas, in that order and each once.

    Raises:
        SettingsError: an id is unknown, or none is given.
    """
    by_id = {source.id: source for source in sources}
    ids = list(dict.fromkeys(part.strip().lower() for part in wanted.split(",") if part.strip()))
    if not ids:
        raise SettingsError("source", "names no source; give ids separated by commas (scrapy seeds lists them)")
    for name in ids:
        if name not in by_id:
            hint = values.suggest(name, list(by_id)) or "; scrapy seeds lists the known ones"
            raise SettingsError("source", f"{values.show(name)} is not a known source{hint}")
    return tuple(by_id[name] for name in ids)


def _top_readers(table: Mapping[str, Any]) -> dict[str, Reader]:
    """Return the readers of the keys above all tables; addresses resolve against the home page, when it is right."""
    try:
        home_page = values.read_home_page(table.get("home_page"))
    except values.UnfitError:
        return dict(TOP_KEYS)
    links = values.each(partial(values.read_link, home_page=home_page))
    return {**TOP_KEYS, "feeds": links, "sitemaps": links, "sections": links}


def _read_keys(
    table: Mapping[str, Any], readers: Mapping[str, Reader], *, file: str, table_name: str
) -> tuple[dict[str, Any], list[SeedError]]:
    fields: dict[str, Any] = {}
    problems = []
    for key, value in table.items():
        shown = key if BARE_KEY.fullmatch(key) else repr(key)
        shown = f"{table_name}.{shown}" if table_name else shown
        if key not in readers:
            problems.append(SeedError(file, shown, _unknown(key, readers)))
            continue
        try:
            fields[key] = readers[key](value)
        except values.UnfitError as error:
            problems.append(SeedError(file, shown, str(error)))
    return fields, problems


def _unknown(key: str, known: Mapping[str, Reader]) -> str:
    """Say what to do about a key that is not known where it stands: TOML puts what follows `[pace]` into it."""
    for name, readers in TABLES.items():
        if key in readers:
            return f"belongs below the line [{name}]; move it there"
    if key in TOP_KEYS:
        return "belongs above all lines like [pace]; move it up"
    return f"is not a known key{values.suggest(key, list(known)) or '; remove it (docs/seeds.md lists the keys)'}"


def _read_seed(path: Path, *, twin: Path | None = None) -> tuple[Source | None, tuple[SeedError, ...]]:
    """Return the source or every problem of one file; `twin` is a file read before that has the same id."""
    file = str(path)
    named = []
    if twin is not None:
        named.append(SeedError(file, None, f"has the same id as {twin.name}; rename one of them"))
    elif not ID.fullmatch(path.stem):
        problem = f"{values.show(path.stem)} is no id; rename the file with a-z, 0-9 and - only, at most 63 of them"
        named.append(SeedError(file, None, problem))
    try:
        table = _read_toml(path)
    except values.UnfitError as error:
        return None, (*named, SeedError(file, None, str(error)))
    source, problems = build_source(table, seed_id=path.stem, file=file)
    return (None if named else source), (*named, *problems)


def _read_toml(path: Path) -> dict[str, Any]:
    """Return the parsed file; UnfitError says why it cannot be read, on one line."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise values.UnfitError(f"cannot be read ({error.strerror}); check that it is a file you may read") from None
    if len(data) > MAX_BYTES:
        raise values.UnfitError(f"is larger than {MAX_BYTES} bytes; a seed holds a few lines")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise values.UnfitError(f"is not UTF-8 (line {line}); save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        fault = values.first_line(error).replace("at end of document", f"at line {len(data.splitlines())}")
        raise values.UnfitError(f"is not TOML: {fault}; correct it there") from None


def _shared_home_pages(files: Mapping[str, Path], sources: Iterable[Source]) -> Iterator[SeedError]:
    seen: dict[str, Source] = {}
    for source in sources:
        first = seen.setdefault(url_key(source.home_page), source)
        if first is not source:
            problem = f"{values.show(source.home_page)} is also that of {files[first.id].name}; remove one of the two"
            yield SeedError(str(files[source.id]), "home_page", problem)


def _is_seed(path: Path) -> bool:
    return path.suffix.lower() == ".toml" and not path.name.startswith(".")
