"""Lists of pages in a WACZ (WACZ 1.1.1, pages.jsonl)."""

import re
from datetime import datetime

from pipelines.warc.lint.cdxj import Index
from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.package import read_object

PAGES = "pages/pages.jsonl"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)


def check_pages(name: str, body: bytes, offset: int, index: Index, notes: Notes) -> None:
    """Note which lines of a list of pages are no pages, or pages that the index does not have."""
    lines = body.splitlines()
    header = read_object(lines[0]) if lines else None
    if header is None or "format" not in header or "url" in header:
        notes.add("wacz-pages-header", offset, f"the first line of {shown(name)} does not tell the format")
    first = 1 if header is not None and "url" not in header else 0
    for number, line in enumerate(lines[first:], start=first + 1):
        page = read_object(line)
        url, ts = (page.get("url"), page.get("ts")) if page else (None, None)
        if not (isinstance(url, str) and url and isinstance(ts, str) and is_rfc3339(ts)):
            notes.add(
                "wacz-page", offset, f"{shown(name)}:{number}: no object with url and ts (RFC 3339): {shown(line)}"
            )
        elif not index.has_url(url):
            notes.add("wacz-page-unindexed", offset, f"{shown(name)}:{number}: {shown(url)} is in no index")


def is_rfc3339(text: str) -> bool:
    """Whether `text` is a date and time with its zone (RFC 3339 §5.6)."""
    if not RFC3339.match(text):
        return False
    try:
        datetime.fromisoformat(text[:19].replace(" ", "T").replace("t", "T"))
    except ValueError:
        return False
    return True
