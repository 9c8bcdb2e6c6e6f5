"""The refined metric: epochs misclassified, and within a count the order of the mean loss.

A count of c misclassified epochs stands for a waiting time in [c, c + 1), so an order within a
count changes nothing that is fitted to counts, and says which of two equal counts to doubt first.
"""

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray, IntArray

LARGEST_FLOAT16 = 65504.0


def refined_metric(
    misclassified_N: IntArray, mean_loss_N: NDArray[np.floating] | None
) -> FloatArray:
    """Add to the misclassified epochs the rank of the mean loss among equal counts, as a share.

    Parameters
    ----------
    misclassified_N
        Shape (N,), epochs in which each instance was misclassified.
    mean_loss_N
        Shape (N,), mean cross entropy of the label trained on, in nats; None where no losses
        are on record, which leaves the counts as they are.

    Returns
    -------
    Shape (N,), within [c, c + 1) for a count of c. Lower means more likely clean. Equal counts
    with equal losses get the same value.

    Raises
    ------
    ValueError
        If the two differ in length.

    Examples
    --------
    >>> refined_metric(np.array([2, 0, 2]), np.array([3.0, 1.0, 2.0])).tolist()
    [2.5, 0.0, 2.0]
    """
    count_N = np.asarray(misclassified_N, dtype=np.float64)
    if mean_loss_N is None or count_N.size == 0:
        return count_N
    if np.shape(mean_loss_N) != count_N.shape:
        raise ValueError(
            f"mean losses have shape {np.shape(mean_loss_N)}, counts {count_N.shape}; "
            "both need one entry per instance"
        )
    loss_N = np.nan_to_num(
        np.asarray(mean_loss_N, dtype=np.float64), nan=0.0, posinf=LARGEST_FLOAT16, neginf=0.0
    )
    loss_N = np.maximum(loss_N, 0.0)
    key_N = count_N + loss_N / (1.0 + 2.0 * loss_N.max())  # below one half: counts stay apart
    order_N = np.argsort(key_N)
    key_N = key_N[order_N]
    position_N = np.arange(count_N.size)
    first_of_tie_N = _first_of_each(np.diff(key_N) > 0.0, position_N)
    n_C = np.bincount(np.asarray(misclassified_N, dtype=np.int64))
    start_C = np.concatenate([[0], np.cumsum(n_C)[:-1]])
    c_N = count_N[order_N].astype(np.int64)
    refined_N = np.empty_like(count_N)
    refined_N[order_N] = c_N + (first_of_tie_N - start_C[c_N]) / n_C[c_N]
    return refined_N


def mean_of_epochs(losses_EN: NDArray[np.floating], n_epochs: int | None = None) -> FloatArray:
    """Return the mean over the first epochs, shape (N,); read one epoch at a time.

    Examples
    --------
    >>> mean_of_epochs(np.array([[1.0, 0.0], [3.0, 1.0]])).tolist()
    [2.0, 0.5]
    """
    rows_EN = losses_EN[:n_epochs]
    total_N = np.zeros(losses_EN.shape[1], dtype=np.float32)
    for row_N in rows_EN:
        total_N += np.minimum(row_N.astype(np.float32), np.float32(LARGEST_FLOAT16))
    return np.asarray(total_N, dtype=np.float64) / max(len(rows_EN), 1)


def _first_of_each(rises: NDArray[np.bool_], position_N: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the position of the first of each run of equal values in sorted order."""
    starts_N = np.where(np.concatenate([[True], rises]), position_N, 0)
    return np.asarray(np.maximum.accumulate(starts_N))
