"""What the lesson computes from a recording. Pure functions; clean labels are used to judge only.

Axes: N images of a round, E epochs, C counts 0 .. p of misclassified epochs, S shapes tried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mild.core.dynamics import NEVER, pack_status, summarize
from mild.core.evaluation import ranking
from mild.core.mixture.parameters import misfit
from mild.core.mixture.value import WeibullMixture
from mild.lesson.planting import misclassified_so_far
from mild.lesson.recording import RecordedRound

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FLOOR = 1e-300
"""Stands for a probability of 0 in a logarithm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One image's epochs, summed up."""

    n_epochs: int
    misclassified: int
    """Memorization difficulty, in epochs."""
    forgetting_events: int
    first_memorized_epoch: int | None
    """Counted from 1; None if never."""

    @property
    def memorized(self) -> int:
        """Forgetting difficulty, in epochs."""
        return self.n_epochs - self.misclassified

    @property
    def metric(self) -> int:
        """Memorization minus forgetting difficulty, in epochs. Lower means more likely clean."""
        return self.misclassified - self.memorized


def story(memorized_E: npt.ArrayLike) -> Story:
    """Sum up one image's status, epoch by epoch: true where memorized.

    Examples
    --------
    >>> story([0, 1, 0, 1]).metric, story([0, 1, 0, 1]).forgetting_events
    (0, 1)
    """
    status_E1 = np.asarray(memorized_E, dtype=np.bool_)[:, None]
    dynamics = summarize(pack_status(status_E1), 1)
    first = int(dynamics.first_memorized_epoch_N[0])
    return Story(
        n_epochs=len(status_E1),
        misclassified=int(dynamics.misclassified_N[0]),
        forgetting_events=int(dynamics.forgetting_events_N[0]),
        first_memorized_epoch=None if first == NEVER else first,
    )


def auroc(suspicion_N: npt.ArrayLike, wrong_N: npt.NDArray[np.bool_]) -> float:
    """Measure how often a mislabeled image looks more suspicious than a clean one; ties count half.

    nan where there is only one kind.

    Examples
    --------
    >>> auroc([0, 1, 1, 2], np.array([False, False, True, True]))
    0.875
    """
    found, _ = ranking(np.asarray(suspicion_N), wrong_N)
    return float("nan") if found is None else found


def auroc_by_epoch(recorded: RecordedRound) -> dict[str, list[float]]:
    """Return the AUROC after each epoch: of that epoch's loss, and of the count so far."""
    if recorded.losses_EN is None:
        raise ValueError("this round has no recorded losses")
    misclassified_EN = misclassified_so_far(recorded.status_EN())
    return {
        "loss": [auroc(row_N, recorded.wrong_N) for row_N in recorded.losses_EN],
        "metric": [auroc(row_N, recorded.wrong_N) for row_N in misclassified_EN],
    }


def memorized_by_group(recorded: RecordedRound) -> dict[str, list[float]]:
    """Return the share memorized in each epoch, of the clean and of the mislabeled images."""
    status_EN = recorded.status_EN()
    return {
        "clean": status_EN[:, ~recorded.wrong_N].mean(axis=1).tolist(),
        "mislabeled": status_EN[:, recorded.wrong_N].mean(axis=1).tolist(),
    }


def by_hand(
    fitted: WeibullMixture,
    n_by_count_C: IntArray,
    *,
    noise_rate: float,
    shape: tuple[float, float],
    scale: tuple[float, float],
    hard_share: float,
) -> WeibullMixture:
    """Return the fit with other parameters, and their log-likelihood; shares are from 0 to 1."""
    mixture = replace(
        fitted,
        weight=np.array([1.0 - noise_rate, noise_rate]),
        shape=np.array(shape),
        scale=np.array(scale),
        hard_share=hard_share,
    )
    return replace(mixture, log_likelihood=grouped_log_likelihood(mixture, n_by_count_C))


def grouped_log_likelihood(mixture: WeibullMixture, n_by_count_C: IntArray) -> float:
    """Return the log-likelihood of the counts: 0 at most, whatever the parameters."""
    probability_C = mixture.weight @ mixture.cell_probability()
    return float(n_by_count_C @ np.log(np.maximum(probability_C, FLOOR)))


def continuous_log_likelihood(mixture: WeibullMixture, n_by_count_C: IntArray) -> float:
    """Return the same by a density at c + 1/2, not a probability: it has no upper bound."""
    middles_C = np.arange(len(n_by_count_C), dtype=np.float64) + 0.5
    density_C = mixture.density(middles_C).sum(axis=0)
    return float(n_by_count_C @ np.log(np.maximum(density_C, FLOOR)))


def misplaced(mixture: WeibullMixture, n_by_count_C: IntArray) -> float:
    """Return how many images stand at another count than a mixture expects; 0 is perfect."""
    n = int(n_by_count_C.sum())
    return n * misfit(n_by_count_C / n, mixture.weight @ mixture.cell_probability())


def squeezed(fitted: WeibullMixture, n_by_count_C: IntArray, shape: float) -> WeibullMixture:
    """Squeeze the mislabeled component onto the fullest upper count, as `shape` grows."""
    upper = len(n_by_count_C) // 2
    peak = upper + int(np.argmax(n_by_count_C[upper:])) + 0.5
    scale = peak / (1.0 - 1.0 / shape) ** (1.0 / shape)
    return replace(
        fitted,
        shape=np.array([fitted.shape[0], shape]),
        scale=np.array([fitted.scale[0], scale]),
    )


def expected_errors(mixture: WeibullMixture, n: int) -> dict[str, FloatArray]:
    """Count, by the fit, images wrongly kept and wrongly flagged at every cut 0 .. p + 1."""
    clean_C, wrong_C = n * mixture.weight[:, None] * mixture.cell_probability()
    return _errors(clean_C, wrong_C)


def true_errors(clean_C: IntArray, wrong_C: IntArray) -> dict[str, FloatArray]:
    """Count, in truth, images wrongly kept and wrongly flagged at every cut 0 .. p + 1."""
    return _errors(clean_C.astype(np.float64), wrong_C.astype(np.float64))


def cost(errors: dict[str, FloatArray], price: float) -> list[float]:
    """Weigh the mistakes of every cut, in lost clean images; each wrong label kept costs `price`.

    Examples
    --------
    >>> cost({"kept_wrong": np.array([0.0, 2.0]), "flagged_clean": np.array([3.0, 0.0])}, 10)
    [3.0, 20.0]
    """
    total: list[float] = (price * errors["kept_wrong"] + errors["flagged_clean"]).tolist()
    return total


def left_after(n_rounds: int, removed_share: float) -> FloatArray:
    """Return the share left after 0 .. n_rounds rounds that each remove the same share."""
    return np.asarray((1.0 - removed_share) ** np.arange(n_rounds + 1))


def _errors(clean_C: FloatArray, wrong_C: FloatArray) -> dict[str, FloatArray]:
    kept_wrong = np.concatenate([[0.0], np.cumsum(wrong_C)])
    flagged_clean = np.concatenate([np.cumsum(clean_C[::-1])[::-1], [0.0]])
    return {"kept_wrong": kept_wrong, "flagged_clean": flagged_clean}
