"""A run under way as the live page draws it. Only epochs that were not read before are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.learning import Curves, joined
from mild.analysis.rounds.select_round import separation_of
from mild.analysis.rounds.told_apart import told_apart_words
from mild.figures import pictures
from mild.store.run import Run, open_run
from mild.store.schema import EpochRecord
from mild.ui.dynamics import view as dynamics_view
from mild.ui.recorded import instances, right_labels

MOSAIC_ROWS = 240


@dataclass(frozen=True, kw_only=True, slots=True)
class Mosaic:
    """Status of a round, thinned to rows that a screen can show."""

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


def told_apart(run: Run, number: int) -> str:
    """How well the planted labels of a round are told from the others so far, in words."""
    return _told_apart(str(run.folder.path.parent), run.run_id, number, run.n_epochs(number))


@st.cache_data(max_entries=64, show_spinner=False)
def _told_apart(root: str, run_id: str, number: int, n_epochs: int) -> str:
    run = open_run(run_id, Path(root))
    told = separation_of(run, number, n_epochs=n_epochs)
    if told is None:
        return ""
    estimates = [item.noise_rate_estimate for item in run.rounds() if item.round == number]
    return told_apart_words(
        told, run.config().rounds[number].epochs, (estimates or [0.0])[0] or 0.0
    )


def mosaic(run: Run, number: int) -> Mosaic:
    """What there is to say about a round's picture."""
    rows, divider = _rows(str(run.folder.path.parent), run.run_id, number)
    n = len(rows.order_N)
    return Mosaic(instances_per_row=max(1, round(n / len(rows.starts_R))), divider=divider)


def mosaic_picture(run: Run, number: int) -> bytes:
    """Status of a round as a PNG, made when an epoch was added. Rows stay while it grows."""
    root = str(run.folder.path.parent)
    return _picture(root, run.run_id, number, run.n_epochs(number))


@st.cache_data(max_entries=32, show_spinner=False)
def _picture(root: str, run_id: str, number: int, n_epochs: int) -> bytes:
    run = open_run(run_id, Path(root))
    rows, divider = _rows(root, run_id, number)
    share_RE = rows.percent(run.status(number)[:n_epochs]) / 100
    return pictures.status_mosaic(share_RE, run.config().rounds[number].epochs, divider)


@st.cache_resource(max_entries=32, show_spinner=False)
def _rows(root: str, run_id: str, number: int) -> tuple[dynamics_view.Matrix, int | None]:
    """The rows of the picture, and the first one of mislabeled instances.

    Clean above mislabeled where that is known; within each, by given label. Planted instances are
    left out: their status is of another label.
    """
    run = open_run(run_id, Path(root))
    index_N = run.index(number)
    shown = np.flatnonzero(~run.planted(number).mask(len(index_N)))
    given_N, right_N = instances(run).given_N[index_N[shown]], right_labels(run, index_N[shown])
    n = len(given_N)
    if right_N is None:
        order = shown[np.argsort(given_N, kind="stable")]
        return dynamics_view.Matrix(order, _row_starts(n, MOSAIC_ROWS)), None
    order = shown[np.lexsort((given_N, ~right_N))]
    n_right = int(right_N.sum())
    if n_right in (0, n):
        return dynamics_view.Matrix(order, _row_starts(n, MOSAIC_ROWS)), None
    rows_right = min(MOSAIC_ROWS - 1, max(1, round(MOSAIC_ROWS * n_right / n)))
    right = _row_starts(n_right, rows_right)
    wrong = n_right + _row_starts(n - n_right, MOSAIC_ROWS - rows_right)
    return dynamics_view.Matrix(order, np.concatenate([right, wrong])), len(right)


def _row_starts(n: int, n_rows: int) -> npt.NDArray[np.int64]:
    return np.unique(np.arange(min(n, n_rows), dtype=np.int64) * n // max(1, min(n, n_rows)))
