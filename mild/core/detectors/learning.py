"""metric and forgetting-events: what status alone tells."""

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.detectors.detector import Detector, Recorded
from mild.core.dynamics import LearningDynamics


def _dynamics(recorded: Recorded) -> LearningDynamics:
    return recorded.dynamics


def _metric(dynamics: LearningDynamics) -> FloatArray:
    return -dynamics.metric_N.astype(np.float64)


def _forgetting(dynamics: LearningDynamics) -> FloatArray:
    return forgetting_score(
        dynamics.forgetting_events_N, dynamics.first_memorized_epoch_N, dynamics.n_epochs
    )


def forgetting_score(events_N: IntArray, first_memorized_N: IntArray, n_epochs: int) -> FloatArray:
    """Count forgetting events, sign turned; never memorized is one more than possible.

    Arguments and answer have shape (N,); a first memorized epoch below 0 is never. Lower means more
    likely wrong.

    References
    ----------
    Toneva et al., "An empirical study of example forgetting", ICLR 2019.

    Examples
    --------
    >>> forgetting_score(np.array([0, 2, 0]), np.array([1, 1, -1]), 4).tolist()
    [-0.0, -2.0, -5.0]
    """
    events_N = np.where(np.asarray(first_memorized_N) < 0, n_epochs + 1, events_N)
    return -events_N.astype(np.float64)


METRIC = Detector(name="metric", label="this method", signal=_dynamics, aggregate=_metric, order=10)
FORGETTING = Detector(
    name="forgetting-events",
    label="how often a memorized label was forgotten in all epochs",
    signal=_dynamics,
    aggregate=_forgetting,
    order=20,
)
