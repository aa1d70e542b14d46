"""Where things lie in the store."""

import re

from pipelines.errors import WarcError
from pipelines.model import Revision

DOCUMENTS = "documents/"
SEGMENTS = "warc/"
TIMESTAMP = re.compile(r"(?:^|-)(\d{4})(\d{2})(\d{2})\d{6,}(?=-|\.)")


def revision_key(revision: Revision) -> str:
    """Return the key of a revision's document: the same content has the same key, whatever crashed in between."""
    digits = revision.fingerprint.partition(":")[2][:12]
    return f"{DOCUMENTS}{revision.capture.source}/{revision.article_id}/{revision.number:04d}-{digits}.json"


def segment_key(filename: str) -> str:
    """Return the key of a WARC segment, by the day in its name (`newskeep-20261101093000123-00000-host.warc.gz`).

    Raises:
        WarcError: the name holds no timestamp of 14 or more digits, or is a path.
    """
    match = TIMESTAMP.search(filename)
    if match is None or "/" in filename:
        raise WarcError(f"{filename}: not the name of a segment, which holds a timestamp between hyphens")
    return f"{SEGMENTS}{'/'.join(match.groups())}/{filename}"
