"""small-loss-mixture: the last epoch's losses, split by two Gaussians."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray
from mild.core.detectors.detector import Detector, Recorded
from mild.core.detectors.epochs import finite


def _last_losses(recorded: Recorded) -> NDArray[np.floating] | None:
    return None if recorded.losses_EN is None else np.asarray(recorded.losses_EN[-1])


def small_loss_score(loss_N: NDArray[np.floating]) -> FloatArray:
    """Score by P(small-loss component) of two Gaussians fitted to one epoch's losses.

    Losses, shape (N,), are scaled to 0 .. 1 first, as DivideMix does (Li et al., ICLR 2020). Equal
    losses give 1 everywhere. The answer, shape (N,), is a probability; lower means more likely
    wrong.
    """
    loss_N = finite(np.asarray(loss_N, dtype=np.float64))
    spread = np.ptp(loss_N) if loss_N.size else 0.0
    if loss_N.size < 2 or spread == 0.0:
        return np.ones(loss_N.shape)
    from sklearn.mixture import GaussianMixture

    scaled_N1 = ((loss_N - loss_N.min()) / spread)[:, None]
    model = GaussianMixture(2, max_iter=100, tol=1e-3, reg_covar=5e-4, random_state=0)
    model.fit(scaled_N1)
    small = int(np.argmin(model.means_.ravel()))
    return np.asarray(model.predict_proba(scaled_N1)[:, small], dtype=np.float64)


SMALL_LOSS = Detector(
    name="small-loss-mixture",
    label="the last loss, split by two Gaussians",
    signal=_last_losses,
    aggregate=small_loss_score,
    order=30,
)
