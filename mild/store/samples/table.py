"""The table of a run whose instances are rows: columns by their names, numbers as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.parquet_files import read_parquet
from mild.store.files.replacing import replace_file
from mild.store.samples.rows_at import rows_at

if TYPE_CHECKING:
    import pandas as pd

GROUP = 4096
"""Rows compressed together."""
Cell = bool | int | float | str | None
"""None where it is empty."""
Array = npt.NDArray[Any]


def write_table(path: Path, columns: Mapping[str, list[Cell] | Array]) -> None:
    """Write one row per instance."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(cells) for name, cells in columns.items()})

    def write(file: BinaryIO) -> None:
        pq.write_table(table, file, compression="zstd", row_group_size=GROUP)

    replace_file(path, write)


def read_rows(path: Path, index_T: npt.NDArray[np.integer[Any]]) -> list[dict[str, Cell]]:
    """Read the rows of these instances."""
    rows: list[dict[str, Cell]] = rows_at(path, index_T).to_pylist()
    return [{name: _cell(cell) for name, cell in row.items()} for row in rows]


def read_frame(path: Path) -> pd.DataFrame:
    """Read the whole table; whole numbers stay whole where cells are empty."""
    import pandas as pd
    import pyarrow as pa

    types = {
        pa.int64(): pd.Int64Dtype(),
        pa.string(): pd.StringDtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    frame: pd.DataFrame = read_parquet(path).to_pandas(types_mapper=types.get)
    return frame


def read_columns(path: Path) -> dict[str, Array]:
    """Read every column: numbers as floats, empty ones nan; truth values and texts as objects."""
    import pyarrow as pa

    table = read_parquet(path)
    found: dict[str, Array] = {}
    for name in table.column_names:
        column = table[name]
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            found[name] = column.cast(pa.float64(), safe=False).to_numpy()
        else:
            found[name] = np.array(column.to_pylist(), dtype=object)
    return found


def _cell(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and np.isnan(cell) else cell
