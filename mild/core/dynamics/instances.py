"""All of an instance's dynamics in one pass over the epochs, as a value."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import PackedArray
from mild.core.dynamics.counts import metric
from mild.core.dynamics.status_bits import check_packed

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

    @property
    def metric_N(self) -> NDArray[np.int32]:
        """Memorization minus forgetting difficulty. Lower means more likely clean."""
        return metric(self.misclassified_N, self.n_epochs)


def summarize(packed_EK: PackedArray, n: int, *, n_epochs: int | None = None) -> LearningDynamics:
    """Summarize the dynamics of every instance in one pass over the epochs.

    Parameters and errors as for `misclassified_counts`. The first epoch is neither a learning
    nor a forgetting event: an event needs the epoch before it.

    Examples
    --------
    >>> from mild.core.dynamics.status_bits import pack_status
    >>> dynamics = summarize(pack_status(np.array([[0], [1], [0], [1], [1]])), 1)
    >>> dynamics.learning_events_N.tolist(), dynamics.forgetting_events_N.tolist()
    ([2], [1])
    """
    check_packed(packed_EK, n)
    n_epochs = len(packed_EK) if n_epochs is None else n_epochs
    if not 0 <= n_epochs <= len(packed_EK):
        raise ValueError(f"n_epochs is {n_epochs}; it must be within 0 .. {len(packed_EK)}")
    out_4N = np.zeros((4, n), dtype=np.int32)
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        bytes_EK = packed_EK[:n_epochs, start // 8 : (stop + 7) // 8]
        out_4N[:, start:stop] = _summarize_block(bytes_EK, stop - start)
    return LearningDynamics(
        n_epochs=n_epochs,
        misclassified_N=out_4N[0],
        first_memorized_epoch_N=out_4N[1],
        learning_events_N=out_4N[2],
        forgetting_events_N=out_4N[3],
    )


def _summarize_block(bytes_EK: PackedArray, n: int) -> NDArray[np.int32]:
    """Work out the four rows of `summarize` for one block of instances, shape (4, n)."""
    misclassified, first, learning, forgetting = out_4N = np.zeros((4, n), dtype=np.int32)
    first[:] = NEVER
    before = None
    for epoch, row_K in enumerate(bytes_EK, start=1):
        now = np.unpackbits(row_K, count=n)
        missed = 1 - now
        misclassified += missed
        first[(first == NEVER) & (now == 1)] = epoch
        if before is not None:
            learning += now & ~before & 1
            forgetting += before & missed
        before = now
    return out_4N
