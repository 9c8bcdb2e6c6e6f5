"""The table that a loop hands over: a row per instance, each column of one type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from mild.errors import RecordingError
from mild.recorder.inputs import same_length
from mild.recorder.samples.texts import cleaned
from mild.store.samples.table import Array, Cell

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 1_000
MOST_CELLS = 2**26
"""Half a gigabyte of numbers."""
MOST_CHARACTERS = 1_000
"""Of a cell; the rest is cut off."""
MOST_OF_A_NAME = 200
LARGEST_WHOLE = 2**63 - 1
_KINDS = {bool: "truth values", int: "numbers", float: "numbers", str: "text"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, checked."""

    name: str
    cells: list[Cell] | Array


def checked(value: Any, n: int) -> dict[str, list[Cell] | Array]:
    """Check that there is a row for each of n instances; return its columns by name.

    Raises
    ------
    RecordingError
        If it is no table, its number of rows is another one, it is too large, or a column mixes
        types.
    """
    frame = _frame(value)
    same_length(frame.index.to_numpy(), "table", n)
    _check_size(frame)
    columns = [_column(frame, place) for place in range(frame.shape[1])]
    found = {column.name: column.cells for column in columns}
    if len(found) < len(columns):
        names = [column.name for column in columns]
        twice = next(name for name in names if names.count(name) > 1)
        raise RecordingError(f"table has two columns {twice!r}; give each column its own name.")
    return found


def _frame(value: Any) -> pd.DataFrame:
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, np.ndarray) and value.dtype.names:
        return pd.DataFrame.from_records(value)
    if isinstance(value, list | tuple) and value and all(isinstance(row, Mapping) for row in value):
        return pd.DataFrame([dict(row) for row in value], dtype=object)
    raise RecordingError(
        f"table is a {type(value).__name__} without names of columns; give a pandas DataFrame, a "
        "structured array, or a list with a dict per row."
    )


def _check_size(frame: pd.DataFrame) -> None:
    n_rows, n_columns = frame.shape
    if not n_columns:
        raise RecordingError("table has no column; give those that people are to look at.")
    if n_columns > MOST_COLUMNS or n_rows * n_columns > MOST_CELLS:
        most = min(MOST_COLUMNS, MOST_CELLS // n_rows)
        raise RecordingError(
            f"table has {n_columns:,} columns; with {n_rows:,} rows at most {most:,} are kept: "
            "give those that people are to look at."
        )


def _column(frame: pd.DataFrame, place: int) -> Column:
    series = frame.iloc[:, place]
    name = cleaned(str(frame.columns[place]))
    if not name.strip() or len(name) > MOST_OF_A_NAME:
        raise RecordingError(
            f"column {place} of table has a name of {len(name):,} characters; give it one of 1 to "
            f"{MOST_OF_A_NAME}."
        )
    kind = getattr(series.dtype, "kind", "O")
    if kind in "biuf" and isinstance(series.dtype, np.dtype):
        array = series.to_numpy()
        return Column(name, array.astype(np.float32) if array.dtype == np.float16 else array)
    return Column(name, _cells(name, series.tolist()))


def _cells(name: str, values: list[Any]) -> list[Cell]:
    """Check a column of anything, which may be empty here and there."""
    cells = [_plain(value) for value in values]
    first: dict[str, int] = {}
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        kind = _KINDS.get(type(cell))
        if kind is None:
            raise RecordingError(
                f"column {name!r} of table holds a {type(cell).__name__} in row {row}; its cells "
                "need to be numbers, text, or dates."
            )
        first.setdefault(kind, row)
    if len(first) > 1:
        found = " and ".join(f"{kind} (row {row})" for kind, row in first.items())
        raise RecordingError(f"column {name!r} of table mixes {found}; make it one of them.")
    if "numbers" in first and any(isinstance(cell, float) for cell in cells):
        return [None if cell is None else float(cell) for cell in cells]
    return cells


def _plain(value: Any) -> Any:
    """Return a cell as Python's own type; None where it is empty."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str):
        return cleaned(value[:MOST_CHARACTERS])
    if hasattr(value, "isoformat"):  # dates and times
        return str(value.isoformat())
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        return float(value) if abs(value) < 2**1000 else str(value)
    return value
