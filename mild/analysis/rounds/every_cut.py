"""Gather what a chart shows of every cut of a round, and of the one chosen: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.round_view import RoundView

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SCORES = ("precision", "recall", "f1_flagged")


@dataclass(frozen=True, kw_only=True, slots=True)
class EveryCut:
    """A round at every cut. Axes: C counts 0 .. p of misclassified epochs, K cuts, finely."""

    n_epochs: int
    rule: str
    rule_cut: float
    steps_per_count: int
    """So many of the K cuts lie between two counts."""
    kept_K: IntArray
    """Instances kept."""
    scores_K: dict[str, FloatArray]
    """Precision, recall and F1, 0 to 1, nan where undefined; empty where nothing is known."""
    scores_are_true: bool
    """Else they are estimated."""
    groups_C: dict[str, list[int]]
    """Instances per count: clean and mislabeled, or all where that is unknown."""
    planted_C: IntArray | None
    """Planted instances per count."""
    expected_JC: FloatArray | None
    """Instances that the clean and the mislabeled component expect; None without a fit."""
    posterior_C: FloatArray | None
    """P(clean) by count; None without a fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OneCut:
    """One cut of a round: what is kept, and how good that is."""

    cut: float
    n_kept: int
    scores: dict[str, float]
    """Precision, recall and F1, 0 to 1, nan where undefined; empty where nothing is known."""


def every_cut(view: RoundView) -> EveryCut:
    """Gather a round at every cut; worked out once per view."""
    return view.once("every cut", lambda: _gather(view))


def one_cut(view: RoundView, cut: float) -> OneCut:
    """Gather a round at one cut: true scores, else estimated ones."""
    found: Any = view.truth(cut) or view.estimate(cut)
    scores = {} if found is None else {name: float(getattr(found, name)) for name in SCORES}
    return OneCut(cut=cut, n_kept=view.kept(cut), scores=scores)


def _gather(view: RoundView) -> EveryCut:
    known = view.truth_known
    return EveryCut(
        n_epochs=view.n_epochs,
        rule=view.selection.rule,
        rule_cut=view.selection.cut,
        steps_per_count=view.steps_per_count,
        kept_K=view.kept_at(),
        scores_K=view.scores(),
        scores_are_true=known,
        groups_C=view.bars(0) if known else {"all": view.n_by_count.tolist()},
        planted_C=view.planted_by_count,
        expected_JC=view.expected(),
        posterior_C=view.posterior(),
    )
