"""Describe the picture of a round's status row by row: plain values, as a browser draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.learning import Curves, Groups
from mild.analysis.matrix import Matrix, thin_columns
from mild.visible import visible

Array = npt.NDArray[Any]
MOST_LETTERS = 200
"""Of a name that is shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixRows:
    """A picture of R rows and C columns. Each row is one instance or the average of several."""

    token: str
    """The same only for the same picture."""
    percent_RC: npt.NDArray[np.uint8]
    """Share memorized, in per cent; at most 400 x 600."""
    epochs_each: int
    """Epochs averaged in a column."""
    n_epochs: int
    n_epochs_asked: int
    """Epochs that the round is to have."""
    n_R: list[int]
    """Instances in each row."""
    curves: Curves
    """Share memorized per epoch, by group."""
    groups: tuple[str, str] | None
    """Names of the two groups; None where instances are not told apart."""
    second_R: list[int] | None
    """Share of the second group, in per cent."""
    classes: list[str]
    common_R: list[int]
    """The most frequent given label, a position in `classes`."""
    common_share_R: list[int]
    """Its share, in per cent."""
    names_R: list[str] | None
    """Names, where every row is one instance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """The instances of the round under a picture. Axis: N instances by slot."""

    given_N: Array
    names_N: Array
    classes: list[str]
    groups: Groups | None


def describe_rows(
    drawn: Matrix,
    status_EK: Array,
    shown: Shown,
    *,
    token: str,
    n_epochs_asked: int,
    curves: Curves,
) -> MatrixRows:
    """Average the status over the rows of `drawn`, and say what is in each row.

    Parameters
    ----------
    status_EK
        Packed status of the epochs to draw.
    """
    percent_RC, epochs_each = thin_columns(drawn.percent(status_EK))
    split = shown.groups
    common_R, share_R = _common_class(drawn, shown.given_N)
    single = int(drawn.n_R.max(initial=0)) == 1
    names_N = shown.names_N[drawn.order_N] if single else ()
    return MatrixRows(
        token=token,
        percent_RC=percent_RC,
        epochs_each=epochs_each,
        n_epochs=len(status_EK),
        n_epochs_asked=n_epochs_asked,
        n_R=drawn.n_R.tolist(),
        curves=curves,
        groups=None if split is None else split.names,
        second_R=None if split is None else _per_cent(drawn.mean(split.second_N.astype(np.uint8))),
        classes=shown.classes,
        common_R=common_R.tolist(),
        common_share_R=_per_cent(share_R),
        names_R=[visible(str(name), MOST_LETTERS) for name in names_N] if single else None,
    )


def _common_class(drawn: Matrix, given_N: Array) -> tuple[Array, Array]:
    """Find the most frequent given label of each row, and its share, shape (R,) each."""
    n_rows, n_classes = len(drawn.n_R), int(given_N.max(initial=0)) + 1
    cells = np.repeat(np.arange(n_rows), drawn.n_R) * n_classes + given_N[drawn.order_N]
    table_RC = np.bincount(cells, minlength=n_rows * n_classes).reshape(n_rows, n_classes)
    common_R = table_RC.argmax(axis=1)
    return common_R, table_RC[np.arange(n_rows), common_R] / drawn.n_R


def _per_cent(share_R: Array) -> list[int]:
    whole: list[int] = np.rint(100 * share_R).astype(int).tolist()
    return whole
