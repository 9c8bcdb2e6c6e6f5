"""How instances were memorized and forgotten, from the status of every epoch.

Status is 1 where the network predicted the given label ("memorized") and 0 where it did not
("misclassified"). Rows are epochs, packed eight instances to a byte. Every function here reads
one epoch at a time, so the matrix may be a memory map larger than the memory.
"""

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import IntArray, PackedArray
from mild.core.dynamics.status_bits import check_packed


def misclassified_counts(
    packed_EK: PackedArray, n: int, *, n_epochs: int | None = None
) -> NDArray[np.int32]:
    """Count the epochs in which each instance was misclassified, over the first `n_epochs` rows.

    Parameters
    ----------
    packed_EK
        Shape (E, ceil(n / 8)), from `pack_status`; a memory map is read row by row.
    n
        Number of instances.
    n_epochs
        Count over the first so many epochs, 0 .. E; all of them when None.

    Returns
    -------
    Shape (n,), from 0 to n_epochs. Lower means more likely clean.

    Raises
    ------
    ValueError
        If the shape does not fit `n`, or `n_epochs` is outside 0 .. E.

    Examples
    --------
    >>> from mild.core.dynamics.status_bits import pack_status
    >>> misclassified_counts(pack_status(np.array([[1, 0], [1, 0], [0, 1]])), 2).tolist()
    [1, 2]
    """
    check_packed(packed_EK, n)
    n_epochs = len(packed_EK) if n_epochs is None else n_epochs
    if not 0 <= n_epochs <= len(packed_EK):
        raise ValueError(f"n_epochs is {n_epochs}; it must be within 0 .. {len(packed_EK)}")
    memorized_N = np.zeros(n, dtype=np.int32)
    for first in range(0, n_epochs, 255):  # as many rows as a uint8 sum can hold
        partial_N = np.zeros(n, dtype=np.uint8)
        for row_K in packed_EK[first : min(first + 255, n_epochs)]:
            partial_N += np.unpackbits(row_K, count=n)
        memorized_N += partial_N
    return np.asarray(n_epochs - memorized_N, dtype=np.int32)


def metric(misclassified_N: IntArray, n_epochs: int) -> NDArray[np.int32]:
    """Return memorization difficulty minus forgetting difficulty, in epochs.

    Parameters
    ----------
    misclassified_N
        Shape (N,), epochs in which each instance was misclassified, 0 .. n_epochs.

    Returns
    -------
    Shape (N,), from -n_epochs (always memorized) to n_epochs (never).
    Lower means more likely clean.

    Raises
    ------
    ValueError
        If a count is outside 0 .. n_epochs.

    References
    ----------
    Hu et al., "MILD", IJCAI 2023, doi:10.24963/ijcai.2023/92.

    Examples
    --------
    >>> metric(np.array([1, 3]), n_epochs=3).tolist()
    [-1, 3]
    """
    check_counts(misclassified_N, n_epochs)
    return np.asarray(2 * np.asarray(misclassified_N, dtype=np.int32) - n_epochs, dtype=np.int32)


def counts_to_cells(misclassified_N: IntArray, n_epochs: int) -> NDArray[np.int64]:
    """Count the instances misclassified in exactly c epochs, shape (n_epochs + 1,).

    Raises ValueError like `metric`.

    Examples
    --------
    >>> counts_to_cells(np.array([0, 2, 2]), n_epochs=3).tolist()
    [1, 0, 2, 0]
    """
    check_counts(misclassified_N, n_epochs)
    cells_C = np.bincount(np.asarray(misclassified_N), minlength=n_epochs + 1)
    return np.asarray(cells_C, dtype=np.int64)


def check_counts(misclassified_N: IntArray, n_epochs: int) -> None:
    """Raise ValueError unless every count is an integer within 0 .. n_epochs."""
    counts_N = np.asarray(misclassified_N)
    if counts_N.ndim != 1 or not np.issubdtype(counts_N.dtype, np.integer):
        raise ValueError(
            f"misclassified counts must be integers of shape (N,), not {counts_N.dtype} "
            f"of shape {counts_N.shape}"
        )
    if n_epochs < 0:
        raise ValueError(f"n_epochs is {n_epochs}; it must not be negative")
    if counts_N.size and (counts_N.min() < 0 or counts_N.max() > n_epochs):
        raise ValueError(
            f"misclassified counts run from {counts_N.min()} to {counts_N.max()}; "
            f"with {n_epochs} epochs they must be within 0 .. {n_epochs}"
        )
