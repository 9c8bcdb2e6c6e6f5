"""A patch applied to a table of images: a new table beside it, every other cell as it was."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mild.data.remote.cells import name_of, place
from mild.data.table import PARQUET_SUFFIXES, column, read_rows, read_table
from mild.errors import DataError, PatchError
from mild.export.patch.changes import Change
from mild.visible import printable


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTable:
    """What a patch makes of a table."""

    label_of: dict[int, str]
    """Row, counted from 0 -> its new label, of those that have another one."""
    dropped: frozenset[int]
    """Rows that are left out."""
    n_unchanged: int
    """Rows of the patch that ask for what is so already."""


def plan_table(
    path: Path, changes: Sequence[Change], *, path_column: str, label_column: str
) -> NewTable:
    """Find the rows of every image; nothing is written.

    An image that is listed several times is changed in every row.

    Raises
    ------
    PatchError
        With a sentence for each row of the patch that does not fit the table.
    """
    try:
        table = read_table(path)
        paths = column(table, path_column, printable(path), "--path-column")
        labels = column(table, label_column, printable(path), "--label-column")
    except DataError as error:
        raise PatchError([str(error)]) from None
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, cell in enumerate(paths):
        rows_of[name_of(path.parent, place(path.parent, cell))].append(row)
    new_of: dict[int, str] = {}
    problems: list[str] = []
    for number, change in enumerate(changes, start=2):
        rows = rows_of.get(change.path, [])
        if problem := _problem(change, [labels[row] for row in rows]):
            problems.append(f"row {number}: {problem}.")
        new_of |= dict.fromkeys(rows, change.new)
    if problems:
        raise PatchError([f"{printable(path)}: no new table was written.", *problems])
    return NewTable(
        label_of={row: new for row, new in new_of.items() if new and new != labels[row]},
        dropped=frozenset(row for row, new in new_of.items() if not new),
        n_unchanged=sum(change.old == change.new for change in changes),
    )


def patched_table(path: Path, new: NewTable, *, label_column: str) -> bytes:
    """Return the content of the new table, in the format of the old one."""
    if path.suffix.lower() in PARQUET_SUFFIXES:
        return _parquet(path, new, label_column)
    delimiter, rows = read_rows(path)
    place_of_label = [name.strip() for name in rows[0]].index(label_column)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(rows[0])
    for number, row in enumerate(rows[1:]):
        if number in new.dropped:
            continue
        if number in new.label_of:
            row = [*row[:place_of_label], new.label_of[number], *row[place_of_label + 1 :]]
        writer.writerow(row)
    return text.getvalue().encode()


def _problem(change: Change, labels: Sequence[str]) -> str | None:
    shown = printable(change.path)
    if not change.old:
        return f"{shown} was dropped, and the table that still has it is the one before the patch"
    if not labels:
        return f"{shown} is not in the table"
    if change.old not in (labels[0], printable(labels[0])):
        return (
            f"{shown} has the label '{printable(labels[0])}', the patch has it as "
            f"'{printable(change.old)}'"
        )
    return None


def _parquet(path: Path, new: NewTable, label_column: str) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    table = parquet.read_table(path)
    labels = [
        new.label_of.get(row, value) for row, value in enumerate(table[label_column].to_pylist())
    ]
    try:
        changed = pa.array(labels, table.schema.field(label_column).type)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # whole numbers, as text
        changed = pa.array([None if label is None else str(label) for label in labels])
    place_of_label = table.schema.names.index(label_column)
    table = table.set_column(place_of_label, label_column, changed)
    kept = [row for row in range(table.num_rows) if row not in new.dropped]
    buffer = io.BytesIO()
    parquet.write_table(table.take(kept), buffer)
    return buffer.getvalue()
