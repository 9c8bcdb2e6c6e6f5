"""How well planted labels are told from the others after every epoch: more epochs, or fewer?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, PackedArray
from mild.core.dynamics.refined import refined_metric
from mild.core.planted.anchored import auroc_of_planted, corrected_auroc

LOOKED_AT = 20_000
"""Of more instances, evenly spaced ones are looked at, and all of the planted."""
NUMBERS_OF_EPOCHS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Separation:
    """AUROC of planted against other instances, had training stopped after so many epochs."""

    epochs: NDArray[np.int64]
    """Shape (S,), rising, at least 1."""
    auroc: FloatArray
    """Shape (S,), against all others, of which some are mislabeled themselves."""

    @property
    def best_epochs(self) -> int:
        """After how many epochs planted labels were told best; of equally good ones the fewest."""
        return int(self.epochs[int(np.argmax(self.auroc > self.auroc.max() - 1e-9))])

    def corrected(self, noise_rate: float, n_classes: int | None = None) -> FloatArray:
        """Return the AUROC against the clean ones among the others, shape (S,)."""
        return np.array(
            [corrected_auroc(float(value), noise_rate, n_classes) for value in self.auroc]
        )


def separation(
    status_EK: PackedArray, losses_EN: NDArray[np.floating] | None, planted_N: BoolArray
) -> Separation | None:
    """Measure it at up to NUMBERS_OF_EPOCHS numbers of epochs; None where nothing was planted.

    Parameters
    ----------
    status_EK
        Shape (E, ceil(N / 8)), packed status.
    losses_EN
        Shape (E, N), of the label trained on; None leaves ties within a count.
    planted_N
        Shape (N,), True where the label was planted.
    """
    planted_N = np.asarray(planted_N, dtype=np.bool_)
    n_epochs = len(status_EK)
    if not planted_N.any() or planted_N.all() or not n_epochs:
        return None
    looked_at_M = _looked_at(planted_N)
    byte_M, shift_M = looked_at_M // 8, (7 - looked_at_M % 8).astype(np.uint8)
    count_M = np.zeros(looked_at_M.size, dtype=np.int64)
    loss_M = np.zeros(looked_at_M.size)
    asked = np.linspace(1, n_epochs, min(n_epochs, NUMBERS_OF_EPOCHS)).round().astype(np.int64)
    auroc = []
    for epoch in range(1, n_epochs + 1):
        count_M += 1 - ((np.asarray(status_EK[epoch - 1])[byte_M] >> shift_M) & 1)
        if losses_EN is not None:
            row_M = np.asarray(losses_EN[epoch - 1])[looked_at_M]
            loss_M += np.nan_to_num(row_M.astype(np.float64), posinf=65504.0)
        if epoch in asked:
            score_M = refined_metric(count_M, None if losses_EN is None else loss_M)
            auroc.append(auroc_of_planted(score_M, planted_N[looked_at_M]))
    return Separation(epochs=np.unique(asked), auroc=np.array(auroc))


def _looked_at(planted_N: BoolArray) -> NDArray[np.int64]:
    step = max(1, planted_N.size // LOOKED_AT)
    spaced = np.zeros(planted_N.size, dtype=np.bool_)
    spaced[::step] = True
    return np.flatnonzero(spaced | planted_N)
