"""What instances were taken for: statistics of the predicted label over the epochs.

Legend: E epochs, N instances, B instances of a block, C classes; (C, C) by given and taken for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import IntArray

NO_OTHER = -1
"""The other prediction of an instance that was only ever taken for its given label."""
BLOCK = 1 << 14


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherPrediction:
    """The class an instance was most often mistaken for."""

    label: NDArray[np.int64]
    """Shape (N,), a class, or NO_OTHER (-1). Of equally frequent classes the lowest."""
    n_epochs: NDArray[np.int32]
    """Shape (N,), epochs in which it was taken for that class."""


def most_frequent_other_prediction(predictions_EN: IntArray, given_N: IntArray) -> OtherPrediction:
    """Find the predicted label, other than the given one, that came up in most epochs.

    Parameters
    ----------
    predictions_EN
        Shape (E, N), predicted labels; may be a memory map, read in blocks of instances.
    given_N
        Shape (N,), given labels.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> most_frequent_other_prediction(np.array([[1, 0], [2, 0], [2, 0]]), np.array([1, 0])).label
    array([ 2, -1])
    """
    if predictions_EN.ndim != 2 or predictions_EN.shape[1] != len(given_N):
        raise ValueError(
            f"predictions have shape {predictions_EN.shape}; with {len(given_N)} given labels "
            "they must have one column per instance"
        )
    n = len(given_N)
    label_N, epochs_N = np.full(n, NO_OTHER, dtype=np.int64), np.zeros(n, dtype=np.int32)
    for start in range(0, n, BLOCK):
        block = slice(start, min(start + BLOCK, n))
        given_B = np.asarray(given_N[block])
        votes_BC = votes(predictions_EN[:, block], given_B)
        votes_BC[np.arange(len(given_B)), given_B] = 0
        best_B = votes_BC.argmax(axis=1)
        epochs_N[block] = votes_BC[np.arange(len(votes_BC)), best_B]
        label_N[block] = np.where(epochs_N[block] > 0, best_B, NO_OTHER)
    return OtherPrediction(label=label_N, n_epochs=epochs_N)


def votes(predictions_EB: IntArray, *labels_B: IntArray) -> NDArray[np.int32]:
    """Count the epochs in which each instance was taken for each class, shape (B, C).

    There is a column for every class that was predicted or is among the labels.
    """
    highest = max((int(a.max()) for a in (predictions_EB, *labels_B) if a.size), default=0)
    n_block = predictions_EB.shape[1]
    votes_BC = np.zeros((n_block, highest + 1), dtype=np.int32)
    rows_B = np.arange(n_block)
    for row_B in predictions_EB:
        votes_BC[rows_B, row_B] += 1
    return votes_BC


def taken_for(predictions_EN: IntArray, given_N: IntArray) -> NDArray[np.int64]:
    """Count the instances of each given class by what they were most often taken for, (C, C).

    Parameters
    ----------
    predictions_EN
        Shape (E, N), predicted labels. Of equally frequent ones the lowest counts.
    given_N
        Shape (N,), given labels.

    Examples
    --------
    >>> taken_for(np.array([[1, 0], [1, 0], [0, 0]]), np.array([0, 0])).tolist()
    [[1, 1], [0, 0]]
    """
    votes_NC = votes(predictions_EN, given_N)
    n_classes = votes_NC.shape[1]
    pair_N = given_N.astype(np.int64) * n_classes + votes_NC.argmax(axis=1)
    return np.bincount(pair_N, minlength=n_classes**2).reshape(n_classes, n_classes)
