"""Documents as Parquet."""

from collections.abc import Iterable
from itertools import islice
from typing import IO

import pyarrow
from pyarrow.parquet import ParquetWriter

from pipelines.archive.flat import COLUMNS, Document, Kind, flat_row

ROWS = 1000  # in a row group: some 5 MB of text
TYPES = {
    Kind.TEXT: pyarrow.string(),
    Kind.NUMBER: pyarrow.int64(),
    Kind.TRUTH: pyarrow.bool_(),
    Kind.TIME: pyarrow.timestamp("us", tz="UTC"),
}
SCHEMA = pyarrow.schema([(name, TYPES[kind]) for name, kind in COLUMNS.items()])


def write_parquet(documents: Iterable[tuple[str, Document]], output: IO[bytes]) -> int:
    """Write the flat rows, compressed by zstd; return how many. Times are UTC."""
    waiting = (flat_row(key, document) for key, document in documents)
    count = 0
    with ParquetWriter(output, SCHEMA, compression="zstd") as writer:
        while rows := list(islice(waiting, ROWS)):
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=SCHEMA))
            count += len(rows)
    return count
