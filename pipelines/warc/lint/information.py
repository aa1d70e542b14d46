"""Blocks of application/warc-fields, and what a warcinfo record and the file's name tell."""

import re
from pathlib import PurePosixPath

from pipelines.warc.lint.findings import Notes, shown
from pipelines.warc.lint.records import RawRecord

FIELDS = "application/warc-fields"
LINE = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\x00-\x08\x0a-\x1f\x7f]*|[ \t][^\x00-\x08\x0a-\x1f\x7f]*)\r\n")
TOLD = ("operator", "software", "robots", "http-header-user-agent", "conformsto")
NAME = re.compile(r"[^\s-]+(?:-[^\s-]+)*-(?:\d{14}|\d{17})-\d+-[^\s/]+\.warc(?:\.gz)?\Z", re.ASCII)
LIMIT = 1 << 24


def check_name(name: str, notes: Notes, *, packed: bool) -> None:
    """Note what is unusual in a file's name (annex C)."""
    if name.endswith(".warc.gz" if packed else ".warc"):
        if not NAME.match(name):
            notes.add("file-name", 0, f"{shown(name)} is not Prefix-Timestamp-Serial-Crawlhost.warc.gz")
    else:
        notes.add("file-suffix", 0, f"{shown(name)} is {'compressed' if packed else 'not compressed'}")


def check_warc_fields(record: RawRecord, notes: Notes) -> None:
    """Note lines of an application/warc-fields block that are none."""
    kind = record.header.get("content-type").partition(";")[0].strip().lower()
    if kind != FIELDS or not record.block:
        return
    for line in bytes(record.block[:LIMIT]).splitlines(keepends=True):
        if not LINE.fullmatch(line) and line != b"\r\n":
            notes.add("warc-fields", record.offset, f"no line `name: value` with CR LF: {shown(line)}")
            return


def check_warcinfo(record: RawRecord, name: str, notes: Notes) -> None:
    """Note what a warcinfo record does not tell, or tells wrongly of the file's name."""
    filename = record.header.get("warc-filename") if record.offset == 0 else None  # later ones came from other files
    if filename and PurePosixPath(filename).name != name.removesuffix(".open"):
        notes.add(
            "warcinfo-filename", record.offset, f"WARC-Filename is {shown(filename)}, the file's name {shown(name)}"
        )
    lines = bytes(record.block[:LIMIT]).decode("utf-8", "replace").splitlines()
    told = {line.partition(":")[0].strip().lower() for line in lines if line.partition(":")[2].strip()}
    missing = [field for field in TOLD if field not in told]
    if missing:
        notes.add("warcinfo-fields", record.offset, f"no {', '.join(missing)}")
