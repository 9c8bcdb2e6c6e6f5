"""Detectors of wrong labels, on what the same run recorded: one table, one direction.

A file of this package that binds a `Detector` adds a row to `DETECTORS`, and by that to what the
compare page judges. Every score is (N,) float64 and **lower means more likely wrong**.
"""

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray, IntArray, PackedArray
from mild.core.detectors.detector import Detector, Recorded
from mild.core.detectors.ranking import rank_by_planted
from mild.errors import EvaluationError
from mild.registry import collect

DETECTORS = collect(Detector, __name__, __path__)
"""Every detector by its name; `detector_scores` returns those it has the recordings for."""


def detector_scores(
    packed_EK: PackedArray,
    given_N: IntArray,
    *,
    losses_EN: NDArray[np.floating] | None = None,
    margins_EN: NDArray[np.floating] | None = None,
    probabilities_NC: NDArray[np.floating] | None = None,
    neighbour_NK: NDArray[np.integer] | None = None,
    similarity_NK: NDArray[np.floating] | None = None,
) -> dict[str, FloatArray]:
    """Score by every detector; those without their recording are left out.

    Parameters
    ----------
    packed_EK
        Shape (E, ceil(N / 8)), packed status.
    given_N
        Shape (N,), given labels.
    losses_EN
        Shape (E, N), cross entropy of the given label: adds `small-loss-mixture`, `mean-loss`
        and `data-maps`.
    margins_EN
        Shape (E, N), given label's logit minus the largest other: adds `aum`.
    probabilities_NC
        Shape (N, C), predicted probabilities: adds `confident-learning`, where cleanlab is
        installed. They come from the network that was trained on these labels ("in-sample").
    neighbour_NK, similarity_NK
        Shape (N, K), the most similar instances and their cosine: add `neighbours` and
        `relation-graph`.

    Raises
    ------
    EvaluationError
        If a recording has another number of instances than `given_N`.
    """
    n = len(given_N)
    for name, array in (("losses", losses_EN), ("margins", margins_EN)):
        _check_recording(name, array, n, axis=1)
    _check_recording("probabilities", probabilities_NC, n, axis=0)
    _check_recording("neighbours", neighbour_NK, n, axis=0)
    _check_recording("similarities", similarity_NK, n, axis=0)
    recorded = Recorded(
        packed_EK=packed_EK,
        given_N=given_N,
        losses_EN=losses_EN,
        margins_EN=margins_EN,
        probabilities_NC=probabilities_NC,
        neighbour_NK=neighbour_NK,
        similarity_NK=similarity_NK,
    )
    scores = {name: detector.score(recorded) for name, detector in DETECTORS.items()}
    return {name: score_N for name, score_N in scores.items() if score_N is not None}


def _check_recording(name: str, array: NDArray[np.number] | None, n: int, *, axis: int) -> None:
    if array is not None and (array.ndim != 2 or array.shape[axis] != n):
        raise EvaluationError(
            f"Recorded {name} have shape {array.shape}, there are {n} given labels; "
            f"axis {axis} must hold one entry per instance."
        )


__all__ = ["DETECTORS", "Detector", "Recorded", "detector_scores", "rank_by_planted"]
