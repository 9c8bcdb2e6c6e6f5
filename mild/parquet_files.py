"""Tables out of Parquet files that anybody may have written, as long as there is memory for them.

A few hundred bytes may stand for gigabytes: a long cell that is written once and counted a million
times, or a list without end in a single cell. So rows are read some at a time, and what they come
to is added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mild.array_files import CELL_BYTES, ArrayFileError, check_room, free_memory
from mild.errors import first_line

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

AT_A_TIME = 256
"""Rows whose cells are in memory before they are added up."""
ALWAYS_BYTES, MOST_TIMES = 2**29, 100
"""What a table may come to whatever its size, and how many times its size beyond that."""


def read_parquet(path: Path) -> pa.Table:
    """Read the columns of a Parquet file; those of lists and of records are left out.

    Raises
    ------
    ArrayFileError
        If it is damaged, or is too large for this machine.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            batches = list(_bounded(in_batches(file), path.stat().st_size))
            none = pa.schema([schema.field(name) for name in _flat(schema)])
        return pa.Table.from_batches(batches, None if batches else none)
    except ArrayFileError:
        raise
    except Exception as error:  # pyarrow has errors of every kind for what is damaged
        raise ArrayFileError(first_line(error)) from error


def in_batches(file: ParquetFile, row_groups: list[int] | None = None) -> Iterator[pa.RecordBatch]:
    """Read the rows of these groups, or all, some at a time; what is read is not kept."""
    for batch in file.iter_batches(AT_A_TIME, row_groups, _flat(file.schema_arrow)):
        yield _counted_out(batch)


def _counted_out(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Write every cell out that only names a value of a list: it is that long in Python, too."""
    import pyarrow as pa

    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _flat(schema: pa.Schema) -> list[str]:
    """List the columns whose cells are single values.

    Raises
    ------
    ArrayFileError
        If two columns have the same name.
    """
    import pyarrow as pa

    if len(set(schema.names)) != len(schema.names):
        raise ArrayFileError("two columns have the same name")
    return [field.name for field in schema if not pa.types.is_nested(field.type)]


def _bounded(batches: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """Add up what comes of a file of so many bytes."""
    n_bytes, n_cells, free = 0, 0, free_memory()
    for batch in batches:
        n_bytes += batch.nbytes
        n_cells += batch.num_rows * batch.num_columns
        if n_bytes > ALWAYS_BYTES + MOST_TIMES * size:
            raise ArrayFileError(f"it unpacks to more than {MOST_TIMES} times its {size:,} bytes")
        check_room(n_bytes + CELL_BYTES * n_cells, free)
        yield batch
