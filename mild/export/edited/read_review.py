"""A reviewed table, edited by people, back into decisions: all of it, or none of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mild.analysis.instances.measured import MeasuredInstances
from mild.data.table import Table
from mild.export.edited.rows import open_table, read_rows
from mild.store.review.decision import VERDICTS, Decision
from mild.visible import printable
from mild.words import some

NEEDED = ("index", "decision")
N_NAMED = 10


def read_review(path: Path, measured: MeasuredInstances) -> dict[int, Decision]:
    """Read decisions by instance, from a CSV or Parquet table with the columns of an export.

    Needed are `index` and `decision`, and `new_label` where a decision is relabel. Rows without a
    decision are passed over. `name` and `given_label`, where they are there, must be the run's.

    Raises
    ------
    ReviewError
        With one sentence for every problem.
    """
    cells = open_table(path, NEEDED, made_by="export")
    label_of = _labels(measured.class_names)
    return read_rows(path, cells, measured, lambda row, _: _decision(cells, row, label_of))


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
            f"new_label {printable(new_label)!r} is not a class; known are "
            f"{some(list(label_of), N_NAMED)}"
        )
    return Decision("relabel", label_of[new_label])


def _labels(class_names: Sequence[str]) -> dict[str, int]:
    return {name.strip(): label for label, name in enumerate(class_names)}
