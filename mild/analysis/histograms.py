"""Whole numbers per instance, counted in bins: what histograms and densities are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mild.analysis.learning import Groups
from mild.core.dynamics import NEVER, LearningDynamics

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


def numbers(found: LearningDynamics, n_epochs: int, name: Number) -> Array:
    """Return a whole number per instance, shape (N,), after the first `n_epochs` of a round.

    The first memorized epoch of an instance that never was is `n_epochs` + 1.
    """
    if name == "metric":
        return found.metric_N
    if name == "forgetting events":
        return found.forgetting_events_N
    first_N = found.first_memorized_epoch_N
    return np.where(first_N == NEVER, n_epochs + 1, first_N)


def histogram(
    found: LearningDynamics, n_epochs: int, name: Number, most: int, split: Groups | None
) -> Histogram:
    """Count per group in at most `most` bins; see `binned`."""
    apart = name == "first memorized epoch"
    values_N = numbers(found, n_epochs, name)
    lowest = 1 if apart else 0
    if apart and int(values_N.max(initial=0)) <= n_epochs:
        apart = False
    return binned(values_N, split, lowest=lowest, most=most, apart=apart)


def density(found: LearningDynamics, n_epochs: int, y: Number, split: Groups | None) -> Density:
    """Count instances by the metric and another number."""
    x_N, x_starts, x_range = _cells(numbers(found, n_epochs, "metric"), 2)
    y_N, y_starts, y_range = _cells(numbers(found, n_epochs, y), 1)
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


def binned(
    values_N: Array, split: Groups | None, *, lowest: int, most: int, apart: bool
) -> tuple[dict[str, list[int]], list[int], int]:
    """Count a whole number per instance by bin and group.

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


def _cells(values_N: Array, step: int) -> tuple[npt.NDArray[np.int64], list[int], tuple[int, int]]:
    """Return the cell of each instance along one axis, where each cell begins, and the range."""
    low, high = int(values_N.min()), int(values_N.max())
    width = step * max(1, -(-(high - low + 1) // (step * CELLS)))
    cell_N = (values_N.astype(np.int64) - low) // width
    return cell_N, list(range(low, high + 1, width)), (low, high)
