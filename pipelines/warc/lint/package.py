"""The manifest of a WACZ, and its digest (WACZ 1.1.1, datapackage.json)."""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from pipelines.warc.lint.findings import Notes, shown

PACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"


@attrs.frozen(kw_only=True)
class Contents:
    """A file in a WACZ.

    Attributes:
        size: in bytes; None when it cannot be read.
        digests: algorithm to hex value.
    """

    size: int | None
    digests: Mapping[str, str]


def check_package(package: bytes | None, digest: bytes | None, found: Mapping[str, Contents], notes: Notes) -> None:
    """Note what datapackage.json and its digest do not tell, or tell wrongly, of the files that were found."""
    if package is None:
        notes.add("wacz-datapackage", 0, f"no {PACKAGE}")
        return
    described = read_object(package)
    if described is None:
        notes.add("wacz-datapackage", 0, f"{PACKAGE} is no JSON object")
    else:
        _check_properties(described, notes)
        _check_resources(described.get("resources"), found, notes)
    if digest is None:
        notes.add("wacz-digest-missing", 0, f"no {DIGEST}")
    else:
        _check_digest(read_object(digest) or {}, found[PACKAGE], notes)


def read_object(text: bytes) -> dict[str, Any] | None:
    """Return the JSON object in `text`; None when it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _check_properties(described: Mapping[str, Any], notes: Notes) -> None:
    if described.get("profile") != "data-package":
        notes.add("wacz-datapackage", 0, f'profile is not "data-package": {shown(str(described.get("profile")))}')
    version = described.get("wacz_version")
    if not isinstance(version, str) or not version:
        notes.add("wacz-datapackage", 0, "no wacz_version")


def _check_resources(resources: Any, found: Mapping[str, Contents], notes: Notes) -> None:
    if not isinstance(resources, list):
        notes.add("wacz-datapackage", 0, "no list of resources")
        return
    listed = set()
    for resource in resources:
        values = resource if isinstance(resource, dict) else {}
        path = str(values.get("path"))
        listed.add(path)
        missing = [name for name in ("name", "path", "hash", "bytes") if values.get(name) is None]
        if missing:
            notes.add("wacz-resource", 0, f"resource {shown(path)} without {', '.join(missing)}")
        elif path not in found:
            notes.add("wacz-resource", 0, f"resource {shown(path)} is not there")
        elif found[path].size is not None:
            _check_resource(values, found[path], notes)
    for path in found.keys() - listed - {PACKAGE, DIGEST}:
        notes.add("wacz-resource-unlisted", 0, f"{shown(path)} is no resource of {PACKAGE}")


def _check_resource(values: Mapping[str, Any], contents: Contents, notes: Notes) -> None:
    path = shown(str(values["path"]))
    if values["bytes"] != contents.size:
        notes.add("wacz-resource-bytes", 0, f"{path} has {contents.size} bytes, not {shown(str(values['bytes']))}")
    if not _is_digest(values["hash"], contents):
        notes.add("wacz-resource-hash", 0, f"{path} does not have the digest {shown(str(values['hash']))}")


def _check_digest(values: Mapping[str, Any], package: Contents, notes: Notes) -> None:
    if values.get("path") != PACKAGE:
        notes.add("wacz-digest", 0, f'path is not "{PACKAGE}": {shown(str(values.get("path")))}')
    if not _is_digest(values.get("hash"), package):
        notes.add("wacz-digest", 0, f"{PACKAGE} does not have the digest {shown(str(values.get('hash')))}")


def _is_digest(value: Any, contents: Contents) -> bool:
    algorithm, _, digits = str(value).partition(":")
    return contents.digests.get(algorithm) == digits.lower()
