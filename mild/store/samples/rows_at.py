"""Some rows of a Parquet file, read without the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mild.parquet_files import in_batches

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

IntArray = npt.NDArray[np.integer[Any]]


def rows_at(path: Path, index_T: IntArray) -> pa.Table:
    """Read the rows at these positions, in this order; only their row groups are decompressed.

    Raises
    ------
    IndexError
        If a position is beyond the last row.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        metadata = file.metadata
        n_G = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        first_G = np.concatenate([[0], np.cumsum(n_G)]).astype(np.int64)
        if len(index_T) and not 0 <= int(index_T.min()) <= int(index_T.max()) < int(first_G[-1]):
            raise IndexError(f"it has {first_G[-1]:,} rows, row {index_T.max():,} was asked for")
        group_T = np.searchsorted(first_G, index_T, side="right") - 1
        wanted = np.unique(group_T)
        begins = np.cumsum([0, *(n_G[group] for group in wanted)])
        place_T = begins[np.searchsorted(wanted, group_T)] + index_T - first_G[group_T]
        place_U, which_T = np.unique(place_T, return_inverse=True)
        found = [_at(batch, begin, place_U) for batch, begin in _in_turn(file, wanted.tolist())]
        none = file.schema_arrow
    return pa.Table.from_batches(found, None if found else none).take(which_T)


def _in_turn(file: ParquetFile, groups: list[int]) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Read some rows at a time, with the number of those before them."""
    n_before = 0
    for batch in in_batches(file, groups):
        yield batch, n_before
        n_before += batch.num_rows


def _at(batch: pa.RecordBatch, begin: int, place_U: IntArray) -> pa.RecordBatch:
    """Take the rows at these rising places, which count from the first row of all batches."""
    first, end = np.searchsorted(place_U, [begin, begin + batch.num_rows])
    return batch.take(place_U[first:end] - begin)
