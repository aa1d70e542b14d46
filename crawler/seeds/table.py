"""CSV, as spreadsheets export it -> sources."""

import csv
import io
import re
from collections.abc import Iterator

from crawler.seeds.entries import Entry, Imported, is_address, merge_entries

COLUMNS = {
    "name": ("name", "title", "text", "publication", "publisher", "outlet", "newspaper", "source"),
    "home_page": (
        "url",
        "home page",
        "homepage",
        "website",
        "web site",
        "site",
        "link",
        "html url",
        "htmlurl",
        "domain",
    ),
    "language": ("language", "lang"),
    "country": ("country", "country code"),
    "feeds": ("feed", "feeds", "feed url", "rss", "rss url", "atom", "xml url", "xmlurl"),
    "sitemaps": ("sitemap", "sitemaps", "sitemap url"),
}
FIELD_OF = {alias: field for field, aliases in COLUMNS.items() for alias in aliases}
DELIMITERS = ",;\t"
SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a first line by which Excel is told

Row = tuple[str, list[str]]


def import_csv(text: str) -> Imported:
    """Return the publications of a table with the columns name and url, one source for each home page.

    Columns are separated by comma, semicolon or tab. A header row may name further columns: language, country, feed
    and sitemap, where a cell may hold several addresses separated by white space. Without one, each row is a name
    and an address in either order, or an address alone.
    """
    problems: list[str] = []
    notes: list[str] = []
    rows = list(_read_rows(text.removeprefix("\ufeff"), problems))
    if not rows:
        return Imported(problems=(*problems, "holds no rows; write one publication a line: name,url"))
    fields = _read_header(rows[0][1])
    if fields:
        rows = rows[1:]
        notes.extend(f"column {cell!r} is not read" for cell, field in fields if cell and not field)
        if not {"home_page", "feeds"} & {field for _, field in fields}:
            return Imported(problems=("the header names no column url or feed; rename or add one",))
        if not rows:
            problems.append("holds a header but no rows; write one publication a line below it")
    entries = []
    for place, cells in rows:
        entry = _named(place, cells, [field for _, field in fields]) if fields else _unnamed(place, cells)
        if isinstance(entry, Entry):
            entries.append(entry)
        else:
            problems.append(entry)
    return merge_entries(entries, by_host=False, problems=problems, notes=notes)


def _read_rows(text: str, problems: list[str]) -> Iterator[Row]:
    """Yield each row that is not blank with its place; a row that is no CSV becomes a problem."""
    told = SEPARATOR.match(text)
    text = text[told.end() :] if told else text
    first = next((line for line in text.splitlines() if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = told[1] if told else max(DELIMITERS, key=unquoted.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    number = 1 if told else 0
    while True:
        number += 1
        place = f"row {number}"
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(f"{place}: is not CSV ({error}); check its quotes, rows after it may be missing")
            continue
        if any(cells):
            yield place, cells


def _read_header(cells: list[str]) -> list[tuple[str, str]]:
    """Return each cell with the field it names, empty for an unknown one; an empty list when this is no header."""
    fields = [(cell, FIELD_OF.get(re.sub(r"[\s_-]+", " ", cell).casefold(), "")) for cell in cells]
    is_header = any(field for _, field in fields) and not any(is_address(cell) for cell in cells)
    return fields if is_header else []


def _named(place: str, cells: list[str], fields: list[str]) -> Entry | str:
    """Return the entry of a row below a header, or what is wrong with it."""
    if any(cells[len(fields) :]):
        return f"{place}: has {len(cells)} cells and the header {len(fields)}; quote a name that holds the separator"
    row: dict[str, str] = {}
    for field, cell in zip(fields, cells, strict=False):
        if field and cell:
            row[field] = f"{row[field]} {cell}" if field in row else cell
    lists = {key: tuple(row.pop(key, "").split()) for key in ("feeds", "sitemaps")}
    return Entry(place=place, **row, **lists)  # type: ignore[arg-type]


def _unnamed(place: str, cells: list[str]) -> Entry | str:
    """Return the entry of a row without a header above, or what is wrong with it."""
    filled = [cell for cell in cells if cell]
    addresses = [cell for cell in filled if is_address(cell)]
    names = [cell for cell in filled if not is_address(cell)]
    if len(addresses) > 1 and len(filled) == 2 and "://" in filled[1] and "://" not in filled[0]:
        addresses, names = filled[1:], filled[:1]
    if len(addresses) == 1 and len(names) <= 1:
        return Entry(place=place, name="".join(names), home_page=addresses[0])
    return f"{place}: is not a name and an address; write name,url or add a header row"
