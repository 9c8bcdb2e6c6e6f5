"""What comparing needs: settings that differ, detectors on one run, and rules after any epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.select_round import select_round
from mild.config import SelectionConfig
from mild.core.detectors import detector_scores, rank_by_planted
from mild.core.evaluation import scores
from mild.core.selection import COMPARED, RULES, cut_of_rule
from mild.store.run import Run

FloatArray = npt.NDArray[np.float64]

CURVE_POINTS = 200
"""Points of a curve that are sent to the browser."""
MOST_WORDS = 300
"""Characters of a setting that are shown."""
SWEEP_COLUMNS = 24
"""Numbers of epochs that the sweep over rules looks at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectorCurves:
    """One detector against the clean labels, on one round."""

    auroc: float
    average_precision: float
    best_f1: float
    """Of flagging, at the best possible threshold."""
    roc: tuple[FloatArray, FloatArray]
    """False positive rate and true positive rate, of flagging."""
    precision_recall: tuple[FloatArray, FloatArray]
    """Recall and precision of flagging."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSweep:
    """Every rule that asks a person for nothing, had training stopped after e epochs.

    Axes: R rules, E numbers of epochs.
    """

    rules: tuple[str, ...]
    epochs: tuple[int, ...]
    f1_flagged_RE: FloatArray
    """nan where clean labels are unknown."""
    precision_RE: FloatArray
    kept_share_RE: FloatArray


def settings_that_differ(runs: list[Run]) -> dict[str, list[str]]:
    """Return setting -> its value in each run, for the settings that are not the same in all."""
    flat = [_flat(run.stored().settings()) for run in runs]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    values = {key: [str(settings.get(key, "–")) for settings in flat] for key in keys}
    return {
        key: [_short(value) for value in row]
        for key, row in values.items()
        if len(set(row)) > 1 and key != "name"
    }


def judge_detectors(run: Run, number: int) -> dict[str, DetectorCurves] | None:
    """Judge every detector on a round; None without clean labels, or where all are right.

    Instances whose label was planted are left out: what was given for them was not trained on.
    """
    instances, index_N = run.instances(), run.index(number)
    if instances.clean_N is None:
        return None
    judged_N = ~run.planted(number).mask(len(index_N))
    wrong_M = (instances.given_N != instances.clean_N)[index_N[judged_N]]
    if wrong_M.all() or not wrong_M.any():
        return None
    found = _scores(run, number)
    return {name: _curves(wrong_M, -score_N[judged_N]) for name, score_N in found.items()}


def rank_detectors(run: Run, number: int) -> dict[str, float] | None:
    """Return the AUROC by which each detector tells planted labels from clean ones, the best first.

    Needs no clean label. None where the round planted nothing.
    """
    planted_N = run.planted(number).mask(len(run.index(number)))
    if not planted_N.any() or planted_N.all():
        return None
    ended = {record.round: record for record in run.rounds()}
    noise_rate = ended[number].noise_rate_estimate if number in ended else None
    n_classes = len(run.facts().get("class_names", ())) or None
    return rank_by_planted(_scores(run, number), planted_N, noise_rate or 0.0, n_classes)


def _scores(run: Run, number: int) -> dict[str, FloatArray]:
    """Score by every detector, by the labels the round was trained on, shape (N,) each."""
    n_epochs, index_N, planted = run.n_epochs(number), run.index(number), run.planted(number)
    trained_N = run.instances().given_N[index_N].copy()
    trained_N[planted.slot_P] = planted.label_P
    return detector_scores(
        run.status(number)[:n_epochs],
        trained_N,
        losses_EN=run.losses(number)[:n_epochs],
        margins_EN=run.margins(number)[:n_epochs],
        probabilities_NC=run.probabilities(number),
        **run.neighbours(number),
    )


def _curves(wrong_N: npt.NDArray[np.bool_], suspicion_N: FloatArray) -> DetectorCurves:
    from sklearn.metrics import (
        average_precision_score,
        precision_recall_curve,
        roc_auc_score,
        roc_curve,
    )

    false_positive, true_positive, _ = roc_curve(wrong_N, suspicion_N)
    precision, recall, _ = precision_recall_curve(wrong_N, suspicion_N)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return DetectorCurves(
        auroc=float(roc_auc_score(wrong_N, suspicion_N)),
        average_precision=float(average_precision_score(wrong_N, suspicion_N)),
        best_f1=float(f1.max()),
        roc=_thinned(false_positive, true_positive),
        precision_recall=_thinned(recall, precision),
    )


def _thinned(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    if len(x) <= CURVE_POINTS:
        return x, y
    chosen = np.unique(np.linspace(0, len(x) - 1, CURVE_POINTS).round().astype(int))
    return x[chosen], y[chosen]


def sweep_rules(run: Run, number: int) -> RuleSweep:
    """Try every rule after every number of epochs, from what was recorded."""
    n_epochs = run.n_epochs(number)
    instances, index_N = run.instances(), run.index(number)
    judged_N = ~run.planted(number).mask(len(index_N))
    right_N = None
    if instances.clean_N is not None:
        right_N = (instances.given_N == instances.clean_N)[index_N[judged_N]]
    steps = np.unique(np.linspace(min(3, n_epochs), n_epochs, SWEEP_COLUMNS).round().astype(int))
    f1, precision, kept = (np.full((len(COMPARED), len(steps)), np.nan) for _ in range(3))
    settings = SelectionConfig(later_rounds=run.config().selection.later_rounds)
    for e, epochs in enumerate(steps):
        selection = select_round(run, number, settings, n_epochs=int(epochs))
        score_M = np.asarray(selection.score_N)[judged_N]
        for r, rule in enumerate(COMPARED):
            kept_M = score_M < cut_of_rule(selection, score_M, RULES[rule])
            kept[r, e] = kept_M.mean() if kept_M.size else 0.0
            if right_N is not None:
                precision[r, e], _, f1[r, e] = scores(~right_N, kept_M)  # None becomes nan
    return RuleSweep(
        rules=COMPARED,
        epochs=tuple(int(item) for item in steps),
        f1_flagged_RE=f1,
        precision_RE=precision,
        kept_share_RE=kept,
    )


def _flat(settings: Any, prefix: str = "") -> dict[str, Any]:
    if isinstance(settings, dict):
        return {
            key: value
            for name, item in settings.items()
            for key, value in _flat(item, f"{prefix} {name}".strip()).items()
        }
    if prefix == "rounds":
        return {"rounds": ", ".join(_round(item) for item in settings)}
    return {prefix.replace("_", " "): settings}


def _round(settings: dict[str, Any]) -> str:
    decay = settings["weight_decay"]
    words = str(settings["epochs"])
    return words if decay is None else f"{words} (weight decay {decay:g})"


def _short(value: str) -> str:
    """Shorten a value: a transition matrix of many classes would fill the page."""
    return value if len(value) <= MOST_WORDS else f"{value[: MOST_WORDS - 1]}…"
