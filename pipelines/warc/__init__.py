"""WARC 1.1, written and read (ISO 28500:2017)."""

from pipelines.warc.exchange import Exchange, Original, repeats
from pipelines.warc.naming import SEGMENTS, segment_key
from pipelines.warc.reader import Recorded, captures_of, iter_captures, read_at, read_record
from pipelines.warc.streams import Warc, find_warcs
from pipelines.warc.writer import WarcWriter

__all__ = [
    "SEGMENTS",
    "Exchange",
    "Original",
    "Recorded",
    "Warc",
    "WarcWriter",
    "captures_of",
    "find_warcs",
    "iter_captures",
    "read_at",
    "read_record",
    "repeats",
    "segment_key",
]
