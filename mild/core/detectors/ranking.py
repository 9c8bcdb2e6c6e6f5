"""How well detectors tell planted labels, which needs no clean label."""

from collections.abc import Mapping

import numpy as np

from mild.core.arrays import BoolArray, FloatArray
from mild.core.planted.anchored import auroc_of_planted, corrected_auroc


def rank_by_planted(
    scores: Mapping[str, FloatArray],
    planted_N: BoolArray,
    noise_rate: float,
    n_classes: int | None = None,
) -> dict[str, float]:
    """Measure how well each detector tells planted labels from clean ones, without any clean label.

    Parameters
    ----------
    scores
        By name, shape (N,) each, lower means more likely wrong, as from `detector_scores`.
    planted_N
        Shape (N,), True where the label trained on was planted.
    noise_rate
        Share of mislabeled instances among the others, 0 to 1, for which AUROC is corrected.
    n_classes
        How many classes there are: a planted label may hit the true one. None: it never does.

    Returns
    -------
    AUROC by name, 0 to 1, the best first.

    Raises
    ------
    ValueError
        If there is no planted instance, or no other one.

    Examples
    --------
    >>> scores = {"good": np.array([0.1, 0.8, 0.9]), "poor": np.array([0.8, 0.1, 0.9])}
    >>> rank_by_planted(scores, np.array([True, False, False]), noise_rate=0.0)
    {'good': 1.0, 'poor': 0.5}
    """
    planted_N = np.asarray(planted_N, dtype=np.bool_)
    auroc = {
        name: corrected_auroc(auroc_of_planted(-score_N, planted_N), noise_rate, n_classes)
        for name, score_N in scores.items()
    }
    return dict(sorted(auroc.items(), key=lambda item: -item[1]))
