"""Read a table that people edited, row by row, or say every problem of it in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from mild.analysis.instances.measured import MeasuredInstances
from mild.data.table import TEXT_SUFFIXES, Table, read_table
from mild.errors import DataError, ReviewError
from mild.export.formats.csv_file import as_written
from mild.visible import printable

MAX_PROBLEMS = 20
"""How many are told one by one."""
Value = TypeVar("Value")


def open_table(path: Path, needed: Sequence[str], *, made_by: str) -> Table:
    """Read the cells of a CSV or Parquet table, and check its columns.

    Raises
    ------
    ReviewError
        Where it cannot be read, or a column is missing; `made_by` is the command that writes such a
        table.
    """
    try:
        cells = read_table(path)
    except DataError as error:
        raise ReviewError([str(error)]) from None
    if path.suffix.lower() in TEXT_SUFFIXES:
        cells = {name: [as_written(cell).strip() for cell in cells[name]] for name in cells}
    missing = [name for name in needed if name not in cells]
    if missing:
        raise ReviewError(
            [
                f"{printable(path)}: column '{name}' is missing; found {', '.join(cells)}. "
                f"Start from a file that {made_by} wrote."
                for name in missing
            ]
        )
    return cells


def read_rows(
    path: Path,
    cells: Table,
    measured: MeasuredInstances,
    read: Callable[[int, int], Value | None],
) -> dict[int, Value]:
    """Read every row by the instance it is of; rows in which `read` finds nothing are passed over.

    Parameters
    ----------
    read
        From row and index to what stands there; a ValueError says why it cannot be read.

    Raises
    ------
    ReviewError
        With one sentence for every problem.
    """
    found: dict[int, Value] = {}
    problems: list[str] = []
    row_of: dict[int, int] = {}
    for row in range(len(cells["index"])):
        try:
            index = _read_index(cells["index"][row], measured.n)
            if index in row_of:
                raise ValueError(f"index {index} is in row {row_of[index] + 2} already")
            row_of[index] = row
            _check_same(cells, row, index, measured)
            value = read(row, index)
        except ValueError as error:
            problems.append(f"row {row + 2}: {error}.")
            continue
        if value is not None:
            found[index] = value
    if problems:
        raise ReviewError(_shortened(path, problems))
    return found


def _read_index(cell: str, n: int) -> int:
    """Read an instance of the run; a ValueError says why not."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) < 19 and int(cell) < n):
        raise ValueError(f"index {printable(cell)!r} is not a whole number from 0 to {n - 1}")
    return int(cell)


def _check_same(cells: Table, row: int, index: int, measured: MeasuredInstances) -> None:
    """Refuse another name or given label, which means that the file belongs to another run."""
    own = {
        "name": str(measured.names_A[index]),
        "given_label": measured.class_names[measured.given_A[index]],
    }
    for column, value in own.items():
        # Earlier versions wrote what begins with an apostrophe as it is.
        if column in cells and cells[column][row] not in (value.strip(), as_written(value).strip()):
            raise ValueError(
                f"{column} is {printable(cells[column][row])!r}, in the run it is "
                f"{value!r}, so this file is of another run"
            )


def _shortened(path: Path, problems: list[str]) -> list[str]:
    """List the first problems one by one, and say how many more there are."""
    head = f"{printable(path)}: nothing was imported, because"
    told = [f"{head} {problems[0]}", *problems[1:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        told.append(f"{len(problems) - MAX_PROBLEMS:,} more rows have problems.")
    return told
