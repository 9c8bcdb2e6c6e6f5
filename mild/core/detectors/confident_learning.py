"""confident-learning: the probabilities of the last epoch, where cleanlab is installed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from mild.core.arrays import FloatArray
from mild.core.detectors.detector import Detector, Recorded
from mild.errors import EvaluationError


def has_cleanlab() -> bool:
    """Tell whether the optional package cleanlab can be imported."""
    return find_spec("cleanlab") is not None


def confident_learning_score(recorded: Recorded) -> FloatArray:
    """Score by self-confidence of confident learning (Northcutt et al., JAIR 2021), by cleanlab.

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
        labels=np.asarray(recorded.given_N),
        pred_probs=np.asarray(recorded.probabilities_NC, dtype=np.float64),
        method="self_confidence",
        adjust_pred_probs=True,
    )
    return np.asarray(scores_N, dtype=np.float64)


def _probabilities(recorded: Recorded) -> Recorded | None:
    """What is scored; nothing where a given label has no probability on record."""
    found = recorded.probabilities_NC
    if found is None or not has_cleanlab():
        return None
    return recorded if found.shape[1] > np.max(recorded.given_N, initial=0) else None


CONFIDENT_LEARNING = Detector(
    name="confident-learning",
    label="the probabilities of the last epoch, which come from a network trained on these very "
    "labels; shown where the package cleanlab is there",
    signal=_probabilities,
    aggregate=confident_learning_score,
    order=70,
)
