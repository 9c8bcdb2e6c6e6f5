"""A reviewed table, edited by people, back into decisions: all of it, or none of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mild.analysis.instances.measured import MeasuredInstances
from mild.data.images.decode import printable
from mild.data.table import Table, read_table
from mild.errors import DataError, ReviewError
from mild.export.formats.csv_file import harmless
from mild.store.review.decisions import VERDICTS, Decision

NEEDED = ("index", "decision")
MAX_PROBLEMS = 20
"""How many are told one by one."""


def read_review(path: Path, measured: MeasuredInstances) -> dict[int, Decision]:
    """Decisions by instance, from a CSV or Parquet table with the columns of an export.

    Needed are `index` and `decision`, and `new_label` where a decision is relabel. Rows without a
    decision are passed over. `name` and `given_label`, where they are there, must be the run's.

    Raises
    ------
    ReviewError
        With one sentence for every problem.
    """
    try:
        cells = read_table(path)
    except DataError as error:
        raise ReviewError([str(error)]) from None
    missing = [name for name in NEEDED if name not in cells]
    if missing:
        raise ReviewError(
            [
                f"{printable(path)}: column '{name}' is missing; found {', '.join(cells)}. "
                "Start from a file that export wrote."
                for name in missing
            ]
        )
    return _read(path, cells, measured)


def _read(path: Path, cells: Table, measured: MeasuredInstances) -> dict[int, Decision]:
    label_of = _labels(measured.class_names)
    found: dict[int, Decision] = {}
    problems: list[str] = []
    row_of: dict[int, int] = {}
    for row in range(len(cells["index"])):
        try:
            index = read_index(cells["index"][row], measured.n)
            if index in row_of:
                raise ValueError(f"index {index} is in row {row_of[index] + 2} already")
            row_of[index] = row
            check_same(cells, row, index, measured)
            decision = _decision(cells, row, label_of)
        except ValueError as error:
            problems.append(f"row {row + 2}: {error}.")
            continue
        if decision is not None:
            found[index] = decision
    if problems:
        raise ReviewError(shortened(path, problems))
    return found


def read_index(cell: str, n: int) -> int:
    """An instance of the run; a ValueError says why not."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) < 19 and int(cell) < n):
        raise ValueError(f"index {printable(cell)!r} is not a whole number from 0 to {n - 1}")
    return int(cell)


def check_same(cells: Table, row: int, index: int, measured: MeasuredInstances) -> None:
    """Another name or given label means that the file belongs to another run: a ValueError."""
    own = {
        "name": str(measured.names_A[index]),
        "given_label": measured.class_names[measured.given_A[index]],
    }
    for column, value in own.items():
        if column in cells and cells[column][row] not in (value.strip(), harmless(value).strip()):
            raise ValueError(
                f"{column} is {printable(cells[column][row])!r}, in the run it is "
                f"{value!r}, so this file is of another run"
            )


def _decision(cells: Table, row: int, label_of: dict[str, int]) -> Decision | None:
    verdict = cells["decision"][row].lower()
    new_label = cells["new_label"][row] if "new_label" in cells else ""
    if verdict not in ("", *VERDICTS):
        known = ", ".join(VERDICTS)
        raise ValueError(f"decision {printable(verdict)!r} is not one of {known} or empty")
    if verdict != "relabel":
        if new_label:
            raise ValueError(
                f"new_label is {printable(new_label)!r}, but the decision is not relabel"
            )
        return Decision(verdict) if verdict else None  # type: ignore[arg-type]
    if not new_label:
        raise ValueError("the decision is relabel, but new_label is empty")
    if new_label not in label_of:
        raise ValueError(
            f"new_label {printable(new_label)!r} is no class; known are {_some(label_of)}"
        )
    return Decision("relabel", label_of[new_label])


def _labels(class_names: Sequence[str]) -> dict[str, int]:
    """Names as they are, and as they stand in a CSV."""
    written = {harmless(name).strip(): label for label, name in enumerate(class_names)}
    return written | {name.strip(): label for label, name in enumerate(class_names)}


def _some(label_of: dict[str, int]) -> str:
    return ", ".join(list(label_of)[:10]) + (", ..." if len(label_of) > 10 else "")


def shortened(path: Path, problems: list[str]) -> list[str]:
    """The first problems one by one, and how many more there are."""
    head = f"{printable(path)}: nothing was imported, because"
    told = [f"{head} {problems[0]}", *problems[1:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        told.append(f"{len(problems) - MAX_PROBLEMS:,} more rows have problems.")
    return told
