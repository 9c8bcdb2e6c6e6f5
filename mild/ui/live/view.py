"""A run under way as the live page draws it. Only epochs that were not read before are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.core.dynamics import unpack_status
from mild.figures import pictures
from mild.store.run import Run, open_run
from mild.store.schema import EpochRecord
from mild.ui.dynamics import view as dynamics_view
from mild.views.learning import Curves, joined

MOSAIC_ROWS = 240


@dataclass(frozen=True, kw_only=True, slots=True)
class Mosaic:
    """Status of a round, thinned to rows that a screen can show."""

    share_RE: npt.NDArray[np.float64]
    """Shape (rows, epochs): share of each row's instances memorized."""
    instances_per_row: int
    divider: int | None
    """The first row of mislabeled instances; None where clean labels are unknown."""


def seconds_left(epochs: list[EpochRecord], epochs_left: int | None) -> float | None:
    """From the pace of the last ten epochs; None before the first."""
    if not epochs or epochs_left is None:
        return None
    recent = sorted(item.seconds for item in epochs[-10:])
    return recent[len(recent) // 2] * epochs_left


def memorized_by_group(run: Run, n_rounds: int) -> Curves:
    """Shares memorized per epoch, all rounds one after another, by group; nan where it has none.

    Clean and mislabeled; where that is unknown, what finished rounds kept and flagged.
    """
    return joined([dynamics_view.memorized_curves(run, number) for number in range(n_rounds)])


def mosaic(run: Run, number: int) -> Mosaic:
    """Every committed epoch of a round. Rows keep their place while it grows."""
    root = str(run.folder.path.parent)
    order, starts, divider = _row_order(root, run.run_id, number)
    columns = [_column(root, run.run_id, number, epoch) for epoch in range(run.n_epochs(number))]
    share_RE = np.stack(columns, axis=1) if columns else np.zeros((len(starts), 0))
    return Mosaic(
        share_RE=share_RE,
        instances_per_row=max(1, round(len(order) / len(starts))),
        divider=divider,
    )


def mosaic_picture(run: Run, number: int) -> bytes:
    """The mosaic of a round as a PNG, made when an epoch was added."""
    root = str(run.folder.path.parent)
    return _picture(root, run.run_id, number, run.n_epochs(number))


@st.cache_data(max_entries=32, show_spinner=False)
def _picture(root: str, run_id: str, number: int, n_epochs: int) -> bytes:
    run = open_run(run_id, Path(root))
    drawn = mosaic(run, number)
    asked = run.config().rounds[number].epochs
    return pictures.status_mosaic(drawn.share_RE[:, :n_epochs], asked, drawn.divider)


@st.cache_resource(max_entries=32, show_spinner=False)
def _row_order(
    root: str, run_id: str, number: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int | None]:
    """Slots in the order in which they are drawn, where each row starts, and the divider.

    Clean above mislabeled where that is known; within each, by given label.
    """
    run = open_run(run_id, Path(root))
    instances, index_N = run.instances(), run.index(number)
    given_N = instances.given_N[index_N]
    if instances.clean_N is None:
        order = np.argsort(given_N, kind="stable")
        return order, _row_starts(len(order), MOSAIC_ROWS), None
    wrong_N = given_N != instances.clean_N[index_N]
    order = np.lexsort((given_N, wrong_N))
    n_right, n = int((~wrong_N).sum()), len(order)
    if n_right in (0, n):
        return order, _row_starts(n, MOSAIC_ROWS), None
    rows_right = min(MOSAIC_ROWS - 1, max(1, round(MOSAIC_ROWS * n_right / n)))
    right = _row_starts(n_right, rows_right)
    wrong = n_right + _row_starts(n - n_right, MOSAIC_ROWS - rows_right)
    return order, np.concatenate([right, wrong]), len(right)


def _row_starts(n: int, n_rows: int) -> npt.NDArray[np.int64]:
    return np.unique(np.arange(min(n, n_rows), dtype=np.int64) * n // max(1, min(n, n_rows)))


@st.cache_data(max_entries=2000, show_spinner=False)
def _column(root: str, run_id: str, number: int, epoch: int) -> npt.NDArray[np.float64]:
    run = open_run(run_id, Path(root))
    order, starts, _ = _row_order(root, run_id, number)
    status_N = unpack_status(run.status(number)[epoch : epoch + 1], len(order))[0]
    sums = np.add.reduceat(status_N[order], starts, dtype=np.int64)
    return np.asarray(sums / np.diff(np.append(starts, len(order))))
