"""Where segments lie in the store."""

import re

from pipelines.errors import WarcError

SEGMENTS = "warc/"
TIMESTAMP = re.compile(r"(?:^|-)(\d{4})(\d{2})(\d{2})\d{6,}(?=-|\.)")


def segment_key(filename: str) -> str:
    """Return the key of a WARC segment, by the day in its name (`newskeep-20261101093000123-00000-host.warc.gz`).

    Raises:
        WarcError: the name holds no timestamp of 14 or more digits, or is a path.
    """
    match = TIMESTAMP.search(filename)
    if match is None or "/" in filename:
        raise WarcError(f"{filename}: not the name of a segment, which holds a timestamp between hyphens")
    return f"{SEGMENTS}{'/'.join(match.groups())}/{filename}"
