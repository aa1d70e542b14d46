"""Page fixtures: a folder with the page, how it was served, and the document it should give.

page.html       the payload, byte for byte
meta.toml       url, fetched_at, media_type, charset
expected.json   the document, but for what changes from run to run
"""

import json
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import attrs

from pipelines.archive import to_document
from pipelines.dedupe import article_id, content_fingerprint
from pipelines.errors import SettingsError
from pipelines.extract import component_versions, saved_page
from pipelines.model import Article, Page, Revision
from pipelines.workers import read_article

FILES = ("page.html", "meta.toml", "expected.json")


def default_names(url: str) -> tuple[str, str]:
    """Return source id and slug for a page that nobody has named.

    Raises:
        SettingsError: `url` is not http(s).
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(url, "is no http(s) URL")
    slug = re.sub(r"[^a-z0-9]+", "-", unquote(f"{parts.path} {parts.query}").lower()).strip("-")
    return parts.hostname.removeprefix("www.").replace(".", "-"), slug[:80].strip("-") or "page"


def write_fixture(folder: Path, page: Page) -> None:
    """Write a page and its present document as a fixture.

    Raises:
        ExtractionError: the page gives no article; nothing is written.
        SettingsError: the page was not served with status 200; nothing is written.
    """
    if page.capture.status != 200:
        raise SettingsError(page.capture.url, f"answers {page.capture.status}")
    kept = saved_page(
        page.payload, url=page.capture.url, fetched_at=page.capture.fetched_at, charset=page.capture.charset
    )
    document = page_document(kept)  # of what `read_fixture` will read, which has no headers and no content coding
    folder.mkdir(parents=True)
    meta = {
        "url": page.capture.url,
        "fetched_at": page.capture.fetched_at.isoformat(),
        "media_type": page.capture.media_type,
        "charset": page.capture.charset or "",
    }
    (folder / "page.html").write_bytes(page.payload)
    (folder / "meta.toml").write_text(
        "".join(f"{name} = {json.dumps(value)}\n" for name, value in meta.items()), encoding="utf-8"
    )
    (folder / "expected.json").write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_fixture(folder: Path) -> tuple[Page, dict[str, Any]]:
    """Return a fixture's page and the document it should give.

    Raises:
        SettingsError: a file is missing or cannot be read; it is named.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise SettingsError(str(folder / name), "is missing; a fixture has " + ", ".join(FILES))
    meta = tomllib.loads((folder / "meta.toml").read_text(encoding="utf-8"))
    page = saved_page(
        (folder / "page.html").read_bytes(),
        url=meta["url"],
        fetched_at=datetime.fromisoformat(meta["fetched_at"]),
        charset=meta["charset"] or None,
    )
    return page, json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def page_document(page: Page) -> dict[str, Any]:
    """Return the document of a page, but for the versions that made it.

    Raises:
        ExtractionError: the page gives no article.
    """
    article: Article = read_article(page)
    revision = Revision(
        article_id=article_id(article),
        article=article,
        capture=attrs.evolve(page.capture, source="fixture", location=None),
        fingerprint=content_fingerprint(article),
        versions=component_versions(),
    )
    document = to_document(revision)
    del document["newskeep"]["versions"]
    return document
