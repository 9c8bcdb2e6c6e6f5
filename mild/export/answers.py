"""A sample to check as a table without verdicts, and the answers people wrote into it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mild.analysis.instances.measured import MeasuredInstances
from mild.data.images.decode import printable
from mild.data.table import Table, read_table
from mild.errors import DataError, ReviewError
from mild.export.formats.csv_file import as_csv
from mild.export.read_review import check_same, read_index, shortened
from mild.store.review.checks import Answer

NEEDED = ("index", "answer")
MEANINGS: dict[str, Answer] = {
    "right": "right", "r": "right", "keep": "right", "k": "right", "clean": "right",
    "wrong": "wrong", "w": "wrong", "drop": "wrong", "d": "wrong", "relabel": "wrong",
    "unknown": "unknown", "u": "unknown", "?": "unknown", "cannot tell": "unknown",
}  # fmt: skip
"""What people write -> what it means."""


def sample_table(measured: MeasuredInstances, indices: Sequence[int]) -> bytes:
    """A CSV with the columns index, name, given_label, answer; the last one is empty."""
    index_T = np.array(indices, dtype=np.int64)
    name_of = np.array(measured.class_names, dtype=object)
    frame = pd.DataFrame(
        {
            "index": index_T,
            "name": pd.array(measured.names_A[index_T].tolist(), dtype="string"),
            "given_label": pd.array(name_of[measured.given_A[index_T]].tolist(), dtype="string"),
            "answer": pd.array([""] * len(index_T), dtype="string"),
        }
    )
    return as_csv(frame)


def read_answers(
    path: Path, measured: MeasuredInstances, drawn: Sequence[int]
) -> dict[int, Answer]:
    """Answers by instance, from a CSV or Parquet table; rows without one are passed over.

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
                "Start from a file that check --output wrote."
                for name in missing
            ]
        )
    found: dict[int, Answer] = {}
    problems: list[str] = []
    row_of: dict[int, int] = {}
    known = frozenset(drawn)
    for row in range(len(cells["index"])):
        try:
            index, given = _row(cells, row, measured, known, row_of)
        except ValueError as error:
            problems.append(f"row {row + 2}: {error}.")
            continue
        if given is not None:
            found[index] = given
    if problems:
        raise ReviewError(shortened(path, problems))
    return found


def _row(
    cells: Table,
    row: int,
    measured: MeasuredInstances,
    drawn: frozenset[int],
    row_of: dict[int, int],
) -> tuple[int, Answer | None]:
    index = read_index(cells["index"][row], measured.n)
    if index in row_of:
        raise ValueError(f"index {index} is in row {row_of[index] + 2} already")
    row_of[index] = row
    check_same(cells, row, index, measured)
    written = cells["answer"][row].strip().lower()
    if not written:
        return index, None
    if written not in MEANINGS:
        raise ValueError(
            f"answer {printable(written)!r} is not one of right, wrong, unknown or empty"
        )
    if index not in drawn:
        raise ValueError(
            f"index {index} was not drawn for a check; images of one's own choice measure nothing"
        )
    return index, MEANINGS[written]
