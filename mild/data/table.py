"""A table of text cells from a CSV, TSV or Parquet file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, TypeAlias

from mild.errors import DataError, first_line
from mild.parquet_files import read_parquet
from mild.visible import printable

Table: TypeAlias = dict[str, list[str]]
"""Column name -> cells, all columns of one length; an empty cell is ""."""

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})


def read_table(path: Path, called: str | None = None, *, strip: bool = True) -> Table:
    """Read the whole table; sentences call it by its path, where it has no other name.

    With `strip`, cells of text lose the spaces around them.

    Raises
    ------
    DataError
        If the file is missing, neither CSV nor Parquet, or damaged.
    """
    where = called or printable(path)
    if not path.is_file():
        raise DataError(f"{where}: there is no such file. Give the path of a CSV or Parquet file.")
    try:
        if path.suffix.lower() in PARQUET_SUFFIXES:
            return _read_parquet(path)
        return _read_text(path, strip=strip)
    except (OSError, ValueError, csv.Error) as error:
        no_text = isinstance(error, UnicodeDecodeError)
        reason = "it is not in UTF-8" if no_text else printable(first_line(error))
        raise DataError(
            f"{where}: cannot be read as a table ({reason}). Save it as CSV in UTF-8, or Parquet."
        ) from None


def is_table(path: Path) -> bool:
    """Tell by its name whether a file is likely to be a table; a text file is rather a note."""
    return path.suffix.lower() in (TEXT_SUFFIXES | PARQUET_SUFFIXES) - {".txt"}


def column(table: Table, name: str, called: str, setting: str) -> list[str]:
    """Return the cells of one column; the error names the columns that are there."""
    if name not in table:
        raise DataError(
            f"{called}: column '{name}' is missing; found {', '.join(table)}. "
            f"Rename the column or set {setting}."
        )
    return table[name]


def read_rows(path: Path) -> tuple[str, list[list[str]]]:
    """Read the cells of a text table as they are, and what stands between them.

    Raises
    ------
    OSError, ValueError, csv.Error
        If it cannot be read, or a line has another number of cells than the first.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = lines.readline()
        lines.seek(0)
        delimiter = next((mark for mark in "\t;" if mark in header and "," not in header), ",")
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        rows: list[list[str]] = []
        for row in reader:
            if not row and rows:
                continue
            if rows and len(row) != len(rows[0]):
                found = f"line {reader.line_num} has {len(row)} cells"
                raise ValueError(f"{found}, the first line has {len(rows[0])}")
            rows.append(row)
    return delimiter, rows


def _read_text(path: Path, *, strip: bool) -> Table:
    _, rows = read_rows(path)
    names = [name.strip() for name in rows[0]] if rows else []
    if len(set(names)) != len(names):
        raise ValueError("two columns have the same name")
    columns: list[list[str]] = [[] for _ in names]
    for row in rows[1:]:
        for cells, value in zip(columns, row, strict=True):
            cells.append(value.strip() if strip else value)
    return dict(zip(names, columns, strict=True))


def _read_parquet(path: Path) -> Table:
    table = read_parquet(path)
    columns = {name: table[name].to_pylist() for name in table.schema.names}
    return {name: [_text(value) for value in cells] for name, cells in columns.items()}


def _text(value: Any) -> str:
    if value is None or value != value:  # not a number is not itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # whole numbers become fractions where a cell is missing
    return str(value)
