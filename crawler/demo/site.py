"""`site.toml` and the files beside it -> what each URL of the demonstration newspaper answers."""

import gzip
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from pipelines.errors import SettingsError

MANIFEST = "site.toml"
REDIRECT_BODY = b"<!DOCTYPE html><title>Moved</title><p>This page has moved.</p>"
PAGE_KEYS = {"path", "file", "type", "charset", "declared", "packed", "status", "headers", "modified"}

Query = frozenset[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What one URL answers.

    Attributes:
        compressed: the body under `Content-Encoding: gzip`; None when it is never sent so.
        etag: weak, since plain and compressed body share it.
        modified: UTC; None, like `etag`, when the answer cannot be revalidated.
    """

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]
    compressed: bytes | None = None
    etag: str | None = None
    modified: datetime | None = None


class Host:
    """The pages of one outlet, by path and query."""

    def __init__(self) -> None:
        self._replies: dict[tuple[str, Query], Reply] = {}
        self._names: dict[str, set[str]] = {}

    def add(self, target: str, reply: Reply) -> None:
        """Serve `reply` at `target`, a path with or without a query."""
        path, query = _split(target)
        self._replies[path, query] = reply
        self._names.setdefault(path, set()).update(name for name, _ in query)

    def find(self, target: str) -> Reply | None:
        """Return the reply for `target`, None when there is none.

        Parameters that no page at this path is told apart by are ignored, as real servers ignore `utm_source`.
        """
        path, query = _split(target)
        names = self._names.get(path, set())
        return self._replies.get((path, frozenset(pair for pair in query if pair[0] in names)))


def read_site(folder: Path) -> dict[str, Host]:
    """Return the hosts that `folder`/site.toml describes, by name.

    Raises:
        SettingsError: the manifest, or a file it names, is wrong or missing.
    """
    manifest = folder / MANIFEST
    try:
        site = tomllib.loads(manifest.read_text("utf-8"))
        return {host["name"]: _read_host(folder / host["name"], host, site["modified"]) for host in site["host"]}
    except KeyError as error:
        raise SettingsError(str(manifest), f"lacks the key {error}") from error
    except (OSError, ValueError, LookupError) as error:
        raise SettingsError(str(manifest), str(error)) from error


def _split(target: str) -> tuple[str, Query]:
    path, _, query = target.partition("?")
    return path or "/", frozenset(parse_qsl(query, keep_blank_values=True))


def _read_host(folder: Path, entry: Mapping[str, Any], modified: datetime) -> Host:
    host = Host()
    for page in entry["page"]:
        if unknown := page.keys() - PAGE_KEYS:
            raise ValueError(f"{folder.name}{page['path']}: unknown key {min(unknown)!r}")
        host.add(page["path"], _read_page(folder, page, modified))
    for redirect in entry.get("redirect", ()):
        headers = {"Location": redirect["to"]}
        reply = Reply(status=redirect.get("status", 301), body=REDIRECT_BODY, content_type="text/html", headers=headers)
        host.add(redirect["path"], reply)
    return host


def _read_page(folder: Path, page: Mapping[str, Any], modified: datetime) -> Reply:
    """Return the reply of one `[[host.page]]`; text files are UTF-8 on disk, whatever goes over the wire."""
    media_type, charset = page.get("type", "text/html"), page.get("charset", "utf-8")
    body = (folder / page["file"]).read_bytes()
    is_text = media_type.startswith("text/") or media_type.endswith(("xml", "json"))
    if is_text and charset != "utf-8":
        body = body.decode("utf-8").encode(charset)
    packed = page.get("packed", False)
    if packed:
        body = gzip.compress(body, mtime=0)
    return Reply(
        status=page.get("status", 200),
        body=body,
        content_type=f"{media_type}; charset={charset}" if is_text and page.get("declared", True) else media_type,
        headers=page.get("headers", {}),
        compressed=gzip.compress(body, mtime=0) if is_text and not packed else None,
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:16]}"',
        modified=page.get("modified", modified).astimezone(UTC),
    )
