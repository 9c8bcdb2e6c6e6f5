"""What is usual in each class of a table, and how unusual a cell is among those of its class.

Axes: A instances by index, C classes. Classes are those of the given labels: some of them are
wrong, which moves a median little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.store.run import Run
from mild.store.samples.table import Cell

FloatArray = npt.NDArray[np.floating[Any]]
MOST_ROWS = 100_000
"""Of more, that many spread evenly say what is usual."""
IQR_OF_NORMAL = 1.349
"""Interquartile range of a normal distribution of standard deviation 1."""
MOST_VALUES = 0.5
"""A column of text with more different values than this share of its rows names its rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UsualNumbers:
    """A column of numbers, class by class."""

    median_C: FloatArray
    """nan where a class has no number."""
    spread_C: FloatArray
    """Robust standard deviation; 0 where most rows of a class are alike."""

    def median(self, label: int) -> Cell:
        """Return the median of a class; None where it has none."""
        value = float(self.median_C[label])
        return None if math.isnan(value) else value

    def unusual(self, cell: Cell, label: int) -> float:
        """Return by how many standard deviations a cell differs from the median of its class."""
        median, spread = float(self.median_C[label]), float(self.spread_C[label])
        if not isinstance(cell, int | float) or math.isnan(median):
            return 0.0
        apart = abs(float(cell) - median)
        return apart / spread if spread > 0 else (math.inf if apart else 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class UsualValues:
    """A column of texts or truth values, class by class."""

    share: Mapping[tuple[int, Cell], float]
    """Of the rows of a class that have a value; empty where the column names its rows."""
    most_common: Mapping[int, Cell]

    def median(self, label: int) -> Cell:
        """Return the most common value of a class, which stands for a median here."""
        return self.most_common.get(label)

    def unusual(self, cell: Cell, label: int) -> float:
        """Return by how many standard deviations having this value differs from its share."""
        if cell is None or not self.share:
            return 0.0
        share = self.share.get((label, cell), 0.0)
        return math.sqrt((1 - share) / share) if share else math.inf


Usual = Mapping[str, UsualNumbers | UsualValues]
"""By the names of the columns."""


def usual_in(run: Run, given_A: npt.NDArray[Any]) -> Usual:
    """Find what is usual in each class of a run's table; nothing where it has none."""
    columns = run.columns()
    if columns is None:
        return {}
    n_classes = max(len(run.facts().get("class_names", [])), int(given_A.max()) + 1)
    return usual(columns, given_A, n_classes)


def usual(columns: Mapping[str, npt.NDArray[Any]], given_A: npt.NDArray[Any], n: int) -> Usual:
    """Find what is usual in each of n classes."""
    step = max(1, -(-len(given_A) // MOST_ROWS))
    label_A = given_A[::step]
    return {
        name: _of_numbers(column[::step], label_A, n)
        if column.dtype.kind == "f"
        else _of_values(column[::step], label_A)
        for name, column in columns.items()
    }


def _of_numbers(column_A: FloatArray, label_A: npt.NDArray[Any], n: int) -> UsualNumbers:
    import pandas as pd

    finite = pd.Series(np.where(np.isfinite(column_A), column_A, np.nan))
    by_class = finite.groupby(label_A)
    low, median, high = (
        by_class.quantile(share).reindex(range(n)).to_numpy() for share in (0.25, 0.5, 0.75)
    )
    spread = (high - low) / IQR_OF_NORMAL
    std = by_class.std(ddof=0).reindex(range(n)).to_numpy()
    spread = np.where(spread > 0, spread, std)
    return UsualNumbers(median_C=median, spread_C=np.nan_to_num(spread))


def _of_values(column_A: npt.NDArray[np.object_], label_A: npt.NDArray[Any]) -> UsualValues:
    n_of: dict[tuple[int, Cell], int] = {}
    n_of_class: dict[int, int] = {}
    for label, cell in zip(label_A.tolist(), column_A.tolist(), strict=True):
        if cell is not None:
            n_of[label, cell] = n_of.get((label, cell), 0) + 1
            n_of_class[label] = n_of_class.get(label, 0) + 1
    if len({cell for _, cell in n_of}) > MOST_VALUES * sum(n_of_class.values()):
        return UsualValues(share={}, most_common={})
    share = {(label, cell): n / n_of_class[label] for (label, cell), n in n_of.items()}
    most_common: dict[int, Cell] = {}
    for label, cell in sorted(share, key=share.__getitem__):
        most_common[label] = cell
    return UsualValues(share=share, most_common=most_common)
