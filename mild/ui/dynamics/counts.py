"""Whole numbers per instance, counted in bins: what histograms and densities are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.learning import Groups
from mild.core.dynamics import NEVER
from mild.store.run import Run, open_run
from mild.ui.dynamics.view import dynamics, groups, is_finished

Array = npt.NDArray[Any]
Number = Literal["metric", "first memorized epoch", "forgetting events"]
Histogram = tuple[dict[str, list[int]], list[int], int]

CELLS = 60
"""Most cells of a density along an axis."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Density:
    """Instances by two numbers, in cells of equal size."""

    n_YX: npt.NDArray[np.int64]
    second_YX: npt.NDArray[np.int64] | None
    """Those of the second group; None where there are no groups."""
    x_starts: list[int]
    y_starts: list[int]
    x_range: tuple[int, int]
    y_range: tuple[int, int]


def numbers(run: Run, number: int, n_epochs: int, name: Number) -> Array:
    """Shape (N,): one whole number per instance after the first `n_epochs` of a round.

    The first memorized epoch of an instance that never was is `n_epochs` + 1.
    """
    found = dynamics(run, number, n_epochs)
    if name == "metric":
        return found.metric_N
    if name == "forgetting events":
        return found.forgetting_events_N
    first_N = found.first_memorized_epoch_N
    return np.where(first_N == NEVER, n_epochs + 1, first_N)


def histogram(run: Run, number: int, n_epochs: int, name: Number, most: int) -> Histogram:
    """Counts per group in at most `most` bins; see `binned`."""
    root, finished = str(run.folder.path.parent), is_finished(run, number)
    return _histogram(root, run.run_id, number, n_epochs, name, most, finished)


def density(run: Run, number: int, n_epochs: int, y: Number) -> Density:
    """The metric and another number."""
    root, finished = str(run.folder.path.parent), is_finished(run, number)
    return _density(root, run.run_id, number, n_epochs, y, finished)


def binned(
    values_N: Array, split: Groups | None, *, lowest: int, most: int, apart: bool
) -> tuple[dict[str, list[int]], list[int], int]:
    """Counts per bin and group of a whole number per instance.

    Parameters
    ----------
    lowest
        Where the first bin begins.
    most
        At most so many bins; each stands for equally many numbers.
    apart
        Keep the highest value in a bin of its own.

    Returns
    -------
    Counts for each group, the lowest number of each bin, and how many numbers belong to one.
    """
    top = max(lowest, int(values_N.max(initial=lowest)))
    last = top - 1 if apart else top
    width = max(1, -(-(last - lowest + 1) // most))
    starts = list(range(lowest, last + 1, width)) or [lowest]
    bins_N = np.minimum((values_N - lowest) // width, len(starts) - 1)
    if apart:
        bins_N = np.where(values_N == top, len(starts), bins_N)
        starts = [*starts, top]
    if split is None:
        return {"all": np.bincount(bins_N, minlength=len(starts)).tolist()}, starts, width
    counts = {
        name: np.bincount(bins_N[mask_N], minlength=len(starts)).tolist()
        for name, mask_N in split.masks().items()
    }
    return counts, starts, width


@st.cache_data(max_entries=64, show_spinner=False)
def _histogram(
    root: str, run_id: str, number: int, n_epochs: int, name: Number, most: int, finished: bool
) -> Histogram:
    run = open_run(run_id, Path(root))  # `finished` is there for the cache: it makes two groups
    apart = name == "first memorized epoch"
    values_N = numbers(run, number, n_epochs, name)
    lowest = 1 if apart else 0
    if apart and int(values_N.max(initial=0)) <= n_epochs:
        apart = False
    return binned(values_N, groups(run, number), lowest=lowest, most=most, apart=apart)


@st.cache_data(max_entries=32, show_spinner=False)
def _density(
    root: str, run_id: str, number: int, n_epochs: int, y: Number, finished: bool
) -> Density:
    run = open_run(run_id, Path(root))
    split = groups(run, number)
    x_N, x_starts, x_range = _cells(numbers(run, number, n_epochs, "metric"), 2)
    y_N, y_starts, y_range = _cells(numbers(run, number, n_epochs, y), 1)
    shape = (len(y_starts), len(x_starts))
    flat_N = y_N * shape[1] + x_N
    second_YX = None
    if split is not None:
        second_YX = np.bincount(flat_N[split.second_N], minlength=shape[0] * shape[1])
        second_YX = second_YX.reshape(shape)
    return Density(
        n_YX=np.bincount(flat_N, minlength=shape[0] * shape[1]).reshape(shape),
        second_YX=second_YX,
        x_starts=x_starts,
        y_starts=y_starts,
        x_range=x_range,
        y_range=y_range,
    )


def _cells(values_N: Array, step: int) -> tuple[npt.NDArray[np.int64], list[int], tuple[int, int]]:
    """The cell of each instance along one axis, where each cell begins, and the range."""
    low, high = int(values_N.min()), int(values_N.max())
    width = step * max(1, -(-(high - low + 1) // (step * CELLS)))
    cell_N = (values_N.astype(np.int64) - low) // width
    return cell_N, list(range(low, high + 1, width)), (low, high)
