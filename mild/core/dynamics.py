"""How instances were memorized and forgotten, from the status of every epoch.

Status is 1 where the network predicted the given label ("memorized") and 0 where it did not
("misclassified"). Rows are epochs, packed eight instances to a byte. Every function here reads
one epoch at a time, so the matrix may be a memory map larger than the memory.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, IntArray, PackedArray
from mild.core.predictions import (
    OtherPrediction,
    last_epochs_agreement,
    most_frequent_other_prediction,
)

__all__ = [
    "NEVER",
    "LearningDynamics",
    "OtherPrediction",
    "check_counts",
    "counts_to_cells",
    "forgetting_difficulty",
    "last_epochs_agreement",
    "last_epochs_memorized",
    "memorization_difficulty",
    "memorized_share",
    "metric",
    "misclassified_counts",
    "most_frequent_other_prediction",
    "pack_status",
    "summarize",
    "unpack_status",
]

NEVER = -1
"""The `first_memorized_epoch` of an instance that was never memorized."""

BLOCK = 1 << 16
"""Instances handled at once: small enough for the processor's cache. A multiple of 8."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LearningDynamics:
    """One round's dynamics, one entry per instance; every array has shape (N,)."""

    n_epochs: int
    misclassified_N: NDArray[np.int32]
    """Epochs misclassified, 0 .. n_epochs. Lower means more likely clean."""
    first_memorized_epoch_N: NDArray[np.int32]
    """1 .. n_epochs, or NEVER (-1). Lower means more likely clean, NEVER apart."""
    learning_events_N: NDArray[np.int32]
    """Changes from misclassified to memorized between successive epochs."""
    forgetting_events_N: NDArray[np.int32]
    """Changes from memorized to misclassified (Toneva et al. 2019)."""
    longest_misclassified_N: NDArray[np.int32]
    """Length in epochs of the longest run of misclassified epochs."""
    longest_memorized_N: NDArray[np.int32]
    """Length in epochs of the longest run of memorized epochs."""

    @property
    def memorization_difficulty_N(self) -> NDArray[np.int32]:
        """Epochs spent waiting to be memorized; equals the misclassified count."""
        return self.misclassified_N

    @property
    def forgetting_difficulty_N(self) -> NDArray[np.int32]:
        """Epochs spent memorized, before being forgotten."""
        return np.asarray(self.n_epochs - self.misclassified_N, dtype=np.int32)

    @property
    def metric_N(self) -> NDArray[np.int32]:
        """Memorization minus forgetting difficulty. Lower means more likely clean."""
        return np.asarray(2 * self.misclassified_N - self.n_epochs, dtype=np.int32)


def pack_status(status_EN: NDArray[Any]) -> PackedArray:
    """Pack 0/1 status, shape (E, N), into bits along instances, shape (E, ceil(N / 8)).

    Raises
    ------
    ValueError
        If the array does not have two axes or holds anything but 0 and 1.

    Examples
    --------
    >>> pack_status(np.array([[1, 0, 1]])).tolist()
    [[160]]
    """
    if status_EN.ndim != 2:
        raise ValueError(f"status must have shape (epochs, instances), not {status_EN.shape}")
    if status_EN.dtype != np.bool_ and not bool(np.all((status_EN == 0) | (status_EN == 1))):
        raise ValueError("status must hold only 0 (misclassified) and 1 (memorized)")
    return np.packbits(status_EN.astype(np.bool_, copy=False), axis=1)


def unpack_status(packed_EK: PackedArray, n: int) -> PackedArray:
    """Unpack to 0/1 status, shape (E, n). The inverse of `pack_status`.

    Examples
    --------
    >>> unpack_status(np.array([[160]], dtype=np.uint8), 3).tolist()
    [[1, 0, 1]]
    """
    _check_packed(packed_EK, n)
    return np.unpackbits(packed_EK, axis=1, count=n)


def misclassified_counts(
    packed_EK: PackedArray, n: int, *, n_epochs: int | None = None
) -> NDArray[np.int32]:
    """Epochs in which each instance was misclassified, counted over the first `n_epochs` rows.

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
    >>> misclassified_counts(pack_status(np.array([[1, 0], [1, 0], [0, 1]])), 2).tolist()
    [1, 2]
    """
    _check_packed(packed_EK, n)
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
    """Memorization difficulty minus forgetting difficulty, in epochs.

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


def memorization_difficulty(misclassified_N: IntArray, n_epochs: int) -> NDArray[np.int32]:
    """Total length in epochs of the runs of misclassified epochs, shape (N,).

    Lower means more likely clean. Raises ValueError like `metric`.

    Examples
    --------
    >>> memorization_difficulty(np.array([1, 3]), n_epochs=3).tolist()
    [1, 3]
    """
    check_counts(misclassified_N, n_epochs)
    return np.asarray(misclassified_N, dtype=np.int32)


def forgetting_difficulty(misclassified_N: IntArray, n_epochs: int) -> NDArray[np.int32]:
    """Total length in epochs of the runs of memorized epochs, shape (N,).

    Higher means more likely clean. Raises ValueError like `metric`.

    Examples
    --------
    >>> forgetting_difficulty(np.array([1, 3]), n_epochs=3).tolist()
    [2, 0]
    """
    check_counts(misclassified_N, n_epochs)
    return np.asarray(n_epochs - np.asarray(misclassified_N, dtype=np.int32), dtype=np.int32)


def counts_to_cells(misclassified_N: IntArray, n_epochs: int) -> NDArray[np.int64]:
    """Number of instances misclassified in exactly c epochs, shape (n_epochs + 1,).

    Raises ValueError like `metric`.

    Examples
    --------
    >>> counts_to_cells(np.array([0, 2, 2]), n_epochs=3).tolist()
    [1, 0, 2, 0]
    """
    check_counts(misclassified_N, n_epochs)
    cells_C = np.bincount(np.asarray(misclassified_N), minlength=n_epochs + 1)
    return np.asarray(cells_C, dtype=np.int64)


def summarize(packed_EK: PackedArray, n: int, *, n_epochs: int | None = None) -> LearningDynamics:
    """All of an instance's dynamics in one pass over the epochs.

    Parameters and errors as for `misclassified_counts`. The first epoch is neither a learning
    nor a forgetting event: an event needs the epoch before it.

    Examples
    --------
    >>> dynamics = summarize(pack_status(np.array([[0], [1], [0], [1], [1]])), 1)
    >>> dynamics.learning_events_N.tolist(), dynamics.forgetting_events_N.tolist()
    ([2], [1])
    """
    _check_packed(packed_EK, n)
    n_epochs = len(packed_EK) if n_epochs is None else n_epochs
    if not 0 <= n_epochs <= len(packed_EK):
        raise ValueError(f"n_epochs is {n_epochs}; it must be within 0 .. {len(packed_EK)}")
    out_6N = np.zeros((6, n), dtype=np.int32)
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        bytes_EK = packed_EK[:n_epochs, start // 8 : (stop + 7) // 8]
        out_6N[:, start:stop] = _summarize_block(bytes_EK, stop - start)
    return LearningDynamics(
        n_epochs=n_epochs,
        misclassified_N=out_6N[0],
        first_memorized_epoch_N=out_6N[1],
        learning_events_N=out_6N[2],
        forgetting_events_N=out_6N[3],
        longest_misclassified_N=out_6N[4],
        longest_memorized_N=out_6N[5],
    )


def memorized_share(
    packed_EK: PackedArray, mask_N: BoolArray | None = None, *, n: int | None = None
) -> FloatArray:
    """Share of the instances memorized in every epoch, shape (E,), 0 to 1.

    Parameters
    ----------
    packed_EK
        Shape (E, K), from `pack_status`.
    mask_N
        Shape (N,), the instances to count; all of them when None.
    n
        Number of instances, read only without a mask; when None it is taken to be 8 K, which
        counts the padding of the last byte as instances never memorized.

    Returns
    -------
    Shape (E,); nan in every epoch when the mask is empty.

    Examples
    --------
    >>> memorized_share(pack_status(np.array([[1, 0], [1, 1]])), np.ones(2, dtype=bool)).tolist()
    [0.5, 1.0]
    """
    if mask_N is None:
        mask_N = np.ones(packed_EK.shape[1] * 8 if n is None else n, dtype=np.bool_)
    _check_packed(packed_EK, len(mask_N))
    mask_K = np.packbits(np.asarray(mask_N, dtype=np.bool_))
    n_masked = int(np.bitwise_count(mask_K).sum(dtype=np.int64))
    if n_masked == 0:
        return np.full(len(packed_EK), np.nan)
    memorized = [np.bitwise_count(row_K & mask_K).sum(dtype=np.int64) for row_K in packed_EK]
    return np.asarray(memorized, dtype=np.float64) / n_masked


def last_epochs_memorized(packed_EK: PackedArray, n: int, k: int) -> FloatArray:
    """Share of the last k epochs in which the prediction agreed with the given label.

    Shape (n,), 0 to 1. Higher means more likely clean. ValueError if k is outside 1 .. E.

    Examples
    --------
    >>> last_epochs_memorized(pack_status(np.array([[1, 0], [0, 1], [1, 1]])), 2, 2).tolist()
    [0.5, 1.0]
    """
    if not 1 <= k <= len(packed_EK):
        raise ValueError(f"k is {k}; it must be within 1 .. {len(packed_EK)}")
    return 1.0 - misclassified_counts(packed_EK[-k:], n) / k


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


def _summarize_block(bytes_EK: PackedArray, n: int) -> NDArray[np.int32]:
    """The six rows of `summarize` for one block of instances, shape (6, n)."""
    misclassified, first, learning, forgetting, longest_0, longest_1 = out_6N = np.zeros(
        (6, n), dtype=np.int32
    )
    first[:] = NEVER
    run_0, run_1 = np.zeros((2, n), dtype=np.int32)
    before = None
    for epoch, row_K in enumerate(bytes_EK, start=1):
        now = np.unpackbits(row_K, count=n)
        missed = 1 - now
        misclassified += missed
        first[(first == NEVER) & (now == 1)] = epoch
        run_0, run_1 = (run_0 + 1) * missed, (run_1 + 1) * now
        np.maximum(longest_0, run_0, out=longest_0)
        np.maximum(longest_1, run_1, out=longest_1)
        if before is not None:
            learning += now & ~before & 1
            forgetting += before & missed
        before = now
    return out_6N


def _check_packed(packed_EK: PackedArray, n: int) -> None:
    if packed_EK.ndim != 2 or packed_EK.dtype != np.uint8:
        raise ValueError(
            f"packed status must be uint8 of shape (epochs, bytes), not {packed_EK.dtype} "
            f"of shape {packed_EK.shape}"
        )
    if n < 0 or packed_EK.shape[1] != (n + 7) // 8:
        raise ValueError(
            f"{n} instances need {(n + 7) // 8} bytes per epoch; "
            f"the packed status has {packed_EK.shape[1]}"
        )
