"""Some rows of a Parquet file, read without the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa


def rows_at(path: Path, index_T: npt.NDArray[np.integer[Any]]) -> pa.Table:
    """Read the rows at these positions, in this order; only their row groups are decompressed.

    Raises
    ------
    IndexError
        If a position is beyond the last row.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        metadata = file.metadata
        n_G = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        first_G = np.concatenate([[0], np.cumsum(n_G)]).astype(np.int64)
        if len(index_T) and not 0 <= int(index_T.min()) <= int(index_T.max()) < int(first_G[-1]):
            raise IndexError(f"it has {first_G[-1]:,} rows, row {index_T.max():,} was asked for")
        group_T = np.searchsorted(first_G, index_T, side="right") - 1
        wanted = np.unique(group_T)
        table = file.read_row_groups(wanted.tolist())
    begins = np.cumsum([0, *(n_G[group] for group in wanted)])
    place_T = begins[np.searchsorted(wanted, group_T)] + index_T - first_G[group_T]
    return table.take(place_T)
