"""A sample to check as a table without verdicts, and the answers people wrote into it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mild.analysis.instances.measured import MeasuredInstances
from mild.data.table import Table
from mild.export.edited.rows import open_table, read_rows
from mild.export.formats.csv_file import as_csv
from mild.export.samples import sample_columns
from mild.store.review.checks import Answer
from mild.store.run import Run
from mild.visible import printable

NEEDED = ("index", "answer")
MEANINGS: dict[str, Answer] = {
    "right": "right", "r": "right", "keep": "right", "k": "right", "clean": "right",
    "wrong": "wrong", "w": "wrong", "drop": "wrong", "d": "wrong", "relabel": "wrong",
    "unknown": "unknown", "u": "unknown", "?": "unknown", "cannot tell": "unknown",
}  # fmt: skip
"""What people write -> what it means."""


def sample_table(run: Run, measured: MeasuredInstances, indices: Sequence[int]) -> bytes:
    """Write a CSV with the columns index, name, given_label, answer; the last one is empty.

    Before it what the instances are, where the run holds texts or a table.
    """
    index_T = np.array(indices, dtype=np.int64)
    name_of = np.array(measured.class_names, dtype=object)
    frame = pd.DataFrame(
        {
            "index": index_T,
            "name": pd.array(measured.names_A[index_T].tolist(), dtype="string"),
            "given_label": pd.array(name_of[measured.given_A[index_T]].tolist(), dtype="string"),
        }
    )
    what = sample_columns(run, measured.n, (*frame.columns, *NEEDED)).iloc[index_T]
    frame = frame.join(what.reset_index(drop=True))
    frame["answer"] = pd.array([""] * len(index_T), dtype="string")
    return as_csv(frame)


def read_answers(
    path: Path, measured: MeasuredInstances, drawn: Sequence[int]
) -> dict[int, Answer]:
    """Read answers by instance, from a CSV or Parquet table; rows without one are passed over.

    Raises
    ------
    ReviewError
        With one sentence for every problem.
    """
    cells = open_table(path, NEEDED, made_by="check --output")
    known = frozenset(drawn)
    return read_rows(path, cells, measured, lambda row, index: _answer(cells, row, index, known))


def _answer(cells: Table, row: int, index: int, drawn: frozenset[int]) -> Answer | None:
    written = cells["answer"][row].strip().lower()
    if not written:
        return None
    if written not in MEANINGS:
        raise ValueError(
            f"answer {printable(written)!r} is not one of right, wrong, unknown or empty"
        )
    if index not in drawn:
        raise ValueError(
            f"index {index} was not drawn for a check; images of one's own choice measure nothing"
        )
    return MEANINGS[written]
