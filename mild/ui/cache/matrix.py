"""The status of a round as rows of a picture, sorted, while it grows and when it is finished."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.matrix import PERCENT, Matrix, Sort, grouped_matrix, order_epochs, sorted_matrix
from mild.analysis.matrix_rows import MatrixRows, Shown, describe_rows
from mild.figures.pictures import raster
from mild.store.run import Run
from mild.ui.cache.decorators import newest_per_run, per_run
from mild.ui.cache.learning import dynamics, memorized_curves
from mild.ui.cache.rounds import groups, instances, is_finished, right_labels
from mild.ui.class_names import class_names

Array = npt.NDArray[Any]


def matrix(run: Run, number: int, sort: Sort, n_epochs: int | None = None) -> Matrix:
    """Sort the instances of a round into rows, whose order is kept for a while as the round grows.

    `n_epochs`: ordered as when so many were recorded; by default by all there are.
    """
    return _matrix(run, number, sort, ordered_by(run, number, n_epochs))


@per_run(12, "Sorting the rows …")
def _matrix(run: Run, number: int, sort: Sort, n_epochs: int) -> Matrix:
    index_N = run.index(number)
    planted_N = run.planted(number).mask(len(index_N))
    found = dynamics(run, number, n_epochs)
    return sorted_matrix(found, n_epochs, sort, instances(run).given_N[index_N], planted_N)


def matrix_rows(run: Run, number: int, sort: Sort, n_epochs: int | None = None) -> MatrixRows:
    """Describe every row of the status matrix, of all epochs or of the first ones."""
    n_epochs = run.n_epochs(number) if n_epochs is None else n_epochs
    return _matrix_rows(run, number, sort, n_epochs, is_finished(run, number))


@per_run(16, "Drawing …")
def _matrix_rows(run: Run, number: int, sort: Sort, n_epochs: int, finished: bool) -> MatrixRows:
    known, index_N = instances(run), np.asarray(run.index(number))
    given_N = np.asarray(known.given_N)[index_N]
    names = class_names(run)
    classes = [names[label] for label in range(int(given_N.max(initial=0)) + 1)]
    return describe_rows(
        matrix(run, number, sort, n_epochs),
        run.status(number)[:n_epochs],
        Shown(
            given_N=given_N,
            names_N=known.names[index_N],
            classes=classes,
            groups=groups(run, number),
        ),
        token=f"{run.run_id} {number} {sort} {n_epochs}",
        n_epochs_asked=run.config().rounds[number].epochs,
        curves=memorized_curves(run, number, n_epochs),
    )


def ordered_by(run: Run, number: int, n_epochs: int | None = None) -> int:
    """Return the number of epochs by which the rows of the picture are ordered."""
    recorded = run.n_epochs(number) if n_epochs is None else n_epochs
    return order_epochs(recorded, run.config().rounds[number].epochs)


def mosaic(run: Run, number: int) -> tuple[Matrix, int | None]:
    """Group a round under way into rows; return them and the first row of mislabeled instances.

    By given label where the truth is known, else by the metric so far, anew now and then.
    """
    known = instances(run).clean_N is not None
    return _mosaic(run, number, 0 if known else ordered_by(run, number))


@newest_per_run(32, names=1)
def _mosaic(run: Run, number: int, n_epochs: int) -> tuple[Matrix, int | None]:
    index_N = run.index(number)
    planted_N = run.planted(number).mask(len(index_N))
    by_N: Array = instances(run).given_N[index_N]
    if n_epochs:
        by_N = dynamics(run, number, n_epochs).misclassified_N
    return grouped_matrix(by_N, right_labels(run, index_N), planted_N)


def mosaic_picture(run: Run, number: int) -> bytes:
    """Draw the status of a round as a PNG, anew after each epoch; rows stay where they are."""
    return _picture(run, number, run.n_epochs(number))


@newest_per_run(32, names=1)
def _picture(run: Run, number: int, n_epochs: int) -> bytes:
    rows, divider = mosaic(run, number)
    share_RE = rows.percent(run.status(number)[:n_epochs]) / PERCENT
    return raster.status_mosaic(share_RE, run.config().rounds[number].epochs, divider)
