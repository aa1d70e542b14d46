"""Taking an article down: out of the archive, with a tombstone that says so.

The tombstone comes first and holds the whole plan, so that whatever interrupts the work, the same command again
completes it: what is done is recognised, what is not is done. Nothing moves: a segment keeps its name and its length,
and every other record its place.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import attrs

from pipelines.archive import DOCUMENTS, Catalog
from pipelines.archive.manifests import Entry, Event, archive_state, write_part
from pipelines.archive.tombstones import (
    RemovedCapture,
    RemovedDocument,
    Tombstone,
    read_tombstone,
    read_tombstones,
    tombstone_json,
)
from pipelines.audit.traces import Place, Traces
from pipelines.errors import StoreError, TakedownError, WarcError
from pipelines.stores import Content, ObjectStore, content_of, stored_content
from pipelines.urls import normalize_url, url_key
from pipelines.warc import SEGMENTS, segment_key
from pipelines.warc.blanking import blank_member
from pipelines.warc.extents import extents_of, read_lines
from pipelines.warc.streams import FileWarc, StoredWarc

ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
INDEXES = "cdxj/"
NOTHING = content_of(b"")


@attrs.frozen(kw_only=True)
class Takedown:
    """What goes, or went, with one article.

    Attributes:
        tombstone: what is to be removed, and what an earlier takedown of the article removed.
        is_known: whether the archive has a tombstone of it already.
        repeated_by: revisits of other URLs that refer to a record removed here; their body goes with it.
    """

    tombstone: Tombstone
    is_known: bool
    repeated_by: tuple[Place, ...] = ()
