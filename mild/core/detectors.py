"""Other detectors of wrong labels, on what the same run recorded: one table, one direction.

Every score is (N,) float64 and **lower means more likely wrong**. Recorded losses and margins are
read one epoch at a time, so they may be memory maps larger than the memory.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, IntArray, PackedArray
from mild.core.dynamics import summarize
from mild.core.planted.anchored import auroc_of_planted, corrected_auroc
from mild.errors import EvaluationError

NAMES = (
    "metric",
    "forgetting-events",
    "small-loss-mixture",
    "mean-loss",
    "aum",
    "data-maps",
    "confident-learning",
)
"""Every detector there is; `detector_scores` returns those it has the recordings for."""


def detector_scores(
    packed_EK: PackedArray,
    given_N: IntArray,
    *,
    losses_EN: NDArray[np.floating] | None = None,
    margins_EN: NDArray[np.floating] | None = None,
    probabilities_NC: NDArray[np.floating] | None = None,
) -> dict[str, FloatArray]:
    """Scores by name; detectors without their recording are left out.

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

    Raises
    ------
    EvaluationError
        If a recording has another number of instances than `given_N`.
    """
    n = len(given_N)
    for name, array in (("losses", losses_EN), ("margins", margins_EN)):
        _check_recording(name, array, n, axis=1)
    _check_recording("probabilities", probabilities_NC, n, axis=0)
    dynamics = summarize(packed_EK, n)
    scores = {
        "metric": -dynamics.metric_N.astype(np.float64),
        "forgetting-events": forgetting_score(
            dynamics.forgetting_events_N, dynamics.first_memorized_epoch_N, dynamics.n_epochs
        ),
    }
    if losses_EN is not None:
        mean_loss_N, confidence_N = _mean_loss_and_confidence(losses_EN)
        scores["small-loss-mixture"] = small_loss_score(np.asarray(losses_EN[-1]))
        scores["mean-loss"] = -mean_loss_N
        scores["data-maps"] = confidence_N
    if margins_EN is not None:
        scores["aum"] = area_under_margin(margins_EN)
    if probabilities_NC is not None and has_cleanlab():
        scores["confident-learning"] = confident_learning_score(probabilities_NC, given_N)
    return scores


def rank_by_planted(
    scores: Mapping[str, FloatArray],
    planted_N: BoolArray,
    noise_rate: float,
    n_classes: int | None = None,
) -> dict[str, float]:
    """How well each detector tells planted labels from clean ones, without any clean label.

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


def forgetting_score(events_N: IntArray, first_memorized_N: IntArray, n_epochs: int) -> FloatArray:
    """Minus the number of forgetting events; never memorized counts as one more than possible.

    Toneva et al., ICLR 2019. Lower means more likely wrong.

    Examples
    --------
    >>> forgetting_score(np.array([0, 2, 0]), np.array([1, 1, -1]), 4).tolist()
    [-0.0, -2.0, -5.0]
    """
    events_N = np.where(np.asarray(first_memorized_N) < 0, n_epochs + 1, events_N)
    return -events_N.astype(np.float64)


def small_loss_score(loss_N: NDArray[np.floating]) -> FloatArray:
    """P(small-loss component) of a two-component Gaussian mixture on one epoch's losses.

    Losses are scaled to 0 .. 1 first, as DivideMix does (Li et al., ICLR 2020). Equal losses
    give 1 everywhere. Lower means more likely wrong.
    """
    loss_N = _finite(np.asarray(loss_N, dtype=np.float64))
    spread = np.ptp(loss_N) if loss_N.size else 0.0
    if loss_N.size < 2 or spread == 0.0:
        return np.ones(loss_N.shape)
    from sklearn.mixture import GaussianMixture

    scaled_N1 = ((loss_N - loss_N.min()) / spread)[:, None]
    model = GaussianMixture(2, max_iter=100, tol=1e-3, reg_covar=5e-4, random_state=0)
    model.fit(scaled_N1)
    small = int(np.argmin(model.means_.ravel()))
    return np.asarray(model.predict_proba(scaled_N1)[:, small], dtype=np.float64)


def area_under_margin(margins_EN: NDArray[np.floating]) -> FloatArray:
    """Mean margin over the epochs (AUM, Pleiss et al., NeurIPS 2020).

    Examples
    --------
    >>> area_under_margin(np.array([[1.0, -2.0], [3.0, 0.0]])).tolist()
    [2.0, -1.0]
    """
    total_N = np.zeros(margins_EN.shape[1])
    for row_N in margins_EN:
        total_N += _finite(np.asarray(row_N, dtype=np.float64))
    return total_N / max(len(margins_EN), 1)


def confident_learning_score(
    probabilities_NC: NDArray[np.floating], given_N: IntArray
) -> FloatArray:
    """Self-confidence of confident learning (Northcutt et al., JAIR 2021), by cleanlab.

    In-sample probabilities flatter the given labels; out-of-sample ones would be better.
    Raises EvaluationError where cleanlab is not installed.
    """
    try:
        from cleanlab.rank import get_label_quality_scores
    except ImportError as error:
        raise EvaluationError(
            "Confident learning needs the package cleanlab, which is not installed. "
            "Install it with: pip install cleanlab"
        ) from error
    scores_N = get_label_quality_scores(
        labels=np.asarray(given_N),
        pred_probs=np.asarray(probabilities_NC, dtype=np.float64),
        method="self_confidence",
        adjust_pred_probs=True,
    )
    return np.asarray(scores_N, dtype=np.float64)


def has_cleanlab() -> bool:
    """Whether the optional package cleanlab can be imported."""
    from importlib.util import find_spec

    return find_spec("cleanlab") is not None


def data_map(losses_EN: NDArray[np.floating]) -> tuple[FloatArray, FloatArray]:
    """Confidence and variability (data maps, Swayamdipta et al., EMNLP 2020), shape (N,) each.

    Mean and standard deviation over the epochs of the given label's probability exp(-loss).
    """
    total_N, square_N = np.zeros((2, losses_EN.shape[1]))
    for row_N in losses_EN:
        probability_N = _probability(row_N)
        total_N += probability_N
        square_N += probability_N**2
    n_epochs = max(len(losses_EN), 1)
    mean_N = total_N / n_epochs
    return mean_N, np.sqrt(np.maximum(square_N / n_epochs - mean_N**2, 0.0))


def _mean_loss_and_confidence(losses_EN: NDArray[np.floating]) -> tuple[FloatArray, FloatArray]:
    loss_N, confidence_N = np.zeros((2, losses_EN.shape[1]))
    for row_N in losses_EN:
        loss_N += _finite(np.asarray(row_N, dtype=np.float64))
        confidence_N += _probability(row_N)
    n_epochs = max(len(losses_EN), 1)
    return loss_N / n_epochs, confidence_N / n_epochs


def _probability(loss_N: NDArray[np.floating]) -> FloatArray:
    with np.errstate(under="ignore"):
        return np.asarray(np.exp(-_finite(np.asarray(loss_N, dtype=np.float64))))


def _finite(values_N: FloatArray) -> FloatArray:
    """float16 recordings overflow to infinity: the largest float16 stands for that."""
    return np.asarray(np.nan_to_num(values_N, nan=0.0, posinf=65504.0, neginf=-65504.0))


def _check_recording(name: str, array: NDArray[np.floating] | None, n: int, *, axis: int) -> None:
    if array is not None and (array.ndim != 2 or array.shape[axis] != n):
        raise EvaluationError(
            f"Recorded {name} have shape {array.shape}, there are {n} given labels; "
            f"axis {axis} must hold one entry per instance."
        )
