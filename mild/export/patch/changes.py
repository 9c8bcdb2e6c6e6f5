"""The rows of a patch: which image, the label that it has, and the one that it shall have.

A CSV in UTF-8 with the columns path, old and new. `new` is empty where the image is dropped, `old`
where one that was dropped is taken back. Patches that undo others have a fourth column, `to`: the
place that the file had. A cell that a spreadsheet would take for a formula, or that begins with an
apostrophe, has an apostrophe before it, which reading takes off again.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote, unquote_to_bytes

from mild.data.table import read_table
from mild.errors import DataError, PatchError
from mild.export.formats.csv_file import harmless
from mild.visible import printable

COLUMNS = ("path", "old", "new")
TO = "to"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One row."""

    path: str
    """As a run calls the image: relative to the data set's folder, printable."""
    old: str
    """The label that it has; empty where it is among the dropped ones."""
    new: str
    """The label that it shall have; empty where it is to be dropped."""
    to: str = ""
    """The place that it shall have, relative to the folder; empty where that follows from `new`."""


def read_changes(file: Path) -> list[Change]:
    """Read a patch.

    Raises
    ------
    PatchError
        If it cannot be read, lacks a column, or names an image twice.
    """
    try:
        table = read_table(file, strip=False)
    except DataError as error:
        raise PatchError([str(error)]) from None
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise PatchError(
            [
                f"{printable(file)}: column '{missing[0]}' is missing; found {', '.join(table)}. "
                "Write one with export --format patch."
            ]
        )
    n = len(table["path"])
    columns = [[_bare(cell) for cell in table.get(name, [""] * n)] for name in (*COLUMNS, TO)]
    changes = [
        Change(path=path, old=old, new=new, to=to)
        for path, old, new, to in zip(*columns, strict=True)
    ]
    _check(file, changes)
    return changes


def write_header(file: TextIO, *, to: bool = False) -> None:
    """Write the names of the columns."""
    _writer(file).writerow((*COLUMNS, TO) if to else COLUMNS)


def write_changes(file: TextIO, changes: Iterable[Change], *, to: bool = False) -> None:
    """Write rows as `read_changes` reads them."""
    writer = _writer(file)
    for change in changes:
        cells = (change.path, change.old, change.new, change.to)
        writer.writerow([_safe(cell) for cell in (cells if to else cells[:3])])


def as_cell(path: str) -> str:
    """Write any path in printable text from which `from_cell` has it back, byte for byte.

    Examples
    --------
    >>> as_cell("cat/50 %.png"), from_cell("cat/50 %25.png")
    ('cat/50 %25.png', 'cat/50 %.png')
    """
    return "".join(
        quote(os.fsencode(char), safe="") if char == "%" or not char.isprintable() else char
        for char in path
    )


def from_cell(cell: str) -> str:
    """Return the path that `as_cell` wrote."""
    return os.fsdecode(unquote_to_bytes(cell))


def _writer(file: TextIO):  # type: ignore[no-untyped-def]  # noqa: ANN202 - csv names no type
    return csv.writer(file, lineterminator="\n")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith("'") else harmless(cell)


def _bare(cell: str) -> str:
    return cell.removeprefix("'")


def _check(file: Path, changes: list[Change]) -> None:
    seen: dict[tuple[str, bool], int] = {}
    problems = []
    for row, change in enumerate(changes, start=2):
        if not change.path:
            problems.append(f"row {row} has no path.")
        elif not change.old and not change.new:
            problems.append(f"row {row} has neither an old nor a new label.")
        elif (first := seen.setdefault((change.path, bool(change.old)), row)) != row:
            problems.append(f"row {row} names {printable(change.path)}, as row {first} does.")
    if problems:
        raise PatchError([f"{printable(file)}: {problem}" for problem in problems])
