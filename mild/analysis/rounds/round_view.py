"""View one round at every cut: its scores, its fit, what is estimated and what is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from mild.core.mixture.bootstrap import Bootstrap
from mild.core.selection import Selection
from mild.core.selection.estimates import (
    CutEstimate,
    estimate_anchored,
    estimate_at,
    scores_anchored,
)
from mild.core.selection.left import held_to

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Value = TypeVar("Value")

FINE = 10
"""Steps per count that the chart knows kept images and scores of."""
FINE_EPOCHS = 500
"""With more epochs than these a step is a whole count: no mouse aims finer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What clean labels say of one cut; nan where undefined."""

    precision: float
    recall: float
    f1_flagged: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundView:
    """The instances that a round judges, which are all but the planted ones, by rising score."""

    n_epochs: int
    """Epochs counted: all that are recorded, or the first so many."""
    score_N: FloatArray
    """Shape (N,), rising: kept is what scores below the cut."""
    slot_N: npt.NDArray[np.int32]
    """Shape (N,), the slot of each; equal scores are in no order."""
    n_clean_below: npt.NDArray[np.int32] | None
    """Shape (N + 1,): how many of the first k have the clean label; None where that is unknown."""
    planted_by_count: IntArray | None
    """Shape (p + 1,): planted instances misclassified in exactly c epochs; None without any."""
    selection: Selection
    """By the run's own rule, without its arrays per instance."""
    draws: Bootstrap | None
    """Of the mixture, where no planted instances anchor a fit."""
    separated_best: int | None = None
    """After how many epochs planted instances were told best."""
    derived: dict[object, Any] = field(default_factory=dict)
    """What `once` made."""

    def once(self, what: object, make: Callable[[], Value]) -> Value:
        """Work out what follows from the round alone when it is first asked for, not per cut."""
        if what not in self.derived:
            self.derived[what] = make()
        return cast(Value, self.derived[what])

    @property
    def n(self) -> int:
        """Instances that the round judges."""
        return len(self.score_N)

    @property
    def truth_known(self) -> bool:
        """Whether clean labels are known."""
        return self.n_clean_below is not None

    @property
    def noise_rate(self) -> float | None:
        """In truth; None where clean labels are unknown."""
        if self.n_clean_below is None or not self.n:
            return None
        return 1.0 - float(self.n_clean_below[-1]) / self.n

    @property
    def n_by_count(self) -> IntArray:
        """Shape (p + 1,): instances misclassified in exactly c epochs."""
        return self.once("counts", lambda: counts_between(self._below_counts()))

    @property
    def clean_by_count(self) -> IntArray | None:
        """Of those, the ones whose given label is the clean one; None where that is unknown."""
        below = self.n_clean_below
        if below is None:
            return None
        return self.once("clean", lambda: counts_between(below[self._below_counts()]))

    def _below_counts(self) -> IntArray:
        return np.searchsorted(self.score_N, np.arange(self.n_epochs + 2))

    def bars(self, cut: float) -> dict[str, list[int]]:
        """Count instances in two groups: by the truth where it is known, else by the cut."""
        n_by_count, clean = self.n_by_count, self.clean_by_count
        if clean is not None:
            return {"clean": clean.tolist(), "mislabeled": (n_by_count - clean).tolist()}
        kept = np.where(np.arange(self.n_epochs + 1) < int(cut), n_by_count, 0)
        if cut <= self.n_epochs:
            kept[int(cut)] = self.kept(cut) - self.kept(int(cut))
        return {"kept": kept.tolist(), "flagged": (n_by_count - kept).tolist()}

    def expected(self) -> FloatArray | None:
        """Return instances that each fitted component expects, shape (2, p + 1)."""
        mixture = self.selection.mixture
        if mixture is None:
            return None
        return self.once(
            "expected",
            lambda: np.asarray(self.n * mixture.weight[:, None] * mixture.cell_probability()),
        )

    def posterior(self) -> FloatArray | None:
        """Return P(clean | c misclassified epochs) by the fit, shape (p + 1,)."""
        mixture = self.selection.mixture
        return None if mixture is None else self.once("posterior", mixture.posterior_clean)

    def kept(self, cut: float) -> int:
        """Return the instances that a cut keeps."""
        return int(np.searchsorted(self.score_N, cut))

    def estimate(self, cut: float) -> CutEstimate | None:
        """Estimate the figures of a cut, with 95 % intervals; None where nothing was fitted."""
        mixture, anchored = self.selection.mixture, self.selection.anchored
        if anchored is not None:
            return estimate_anchored(anchored, cut, self.kept(cut))
        if mixture is None:
            return None
        split = min(int(cut), self.n_epochs)
        share = (self.kept(cut) - self.kept(split)) / max(1, int(self.n_by_count[split]))
        if cut == int(cut):
            share = 0.0
        return self.once(
            ("estimate", cut),
            lambda: estimate_at(
                mixture,
                self.n_by_count,
                cut,
                share_of_split=share,
                draws=self.draws,
                left=self.selection.left,
            ),
        )

    def truth(self, cut: float) -> Truth | None:
        """Return the exact figures of a cut; None where clean labels are unknown."""
        if self.n_clean_below is None:
            return None
        found = self._true_scores(np.array([self.kept(cut)]))
        return Truth(**{name: float(value_K[0]) for name, value_K in found.items()})

    def best_cut(self) -> float | None:
        """Find the lowest cut with the highest true F1; None where that is unknown or undefined."""
        if self.n_clean_below is None or not self.n or not self.noise_rate:
            return None
        kept_K = np.concatenate([[0], np.flatnonzero(np.diff(self.score_N) > 0) + 1, [self.n]])
        best = int(kept_K[np.argmax(self._true_scores(kept_K)["f1_flagged"])])
        return float(self.score_N[best]) if best < self.n else float(self.n_epochs + 1)

    @property
    def steps_per_count(self) -> int:
        """How finely `kept_at` and `scores` go through the cuts."""
        return FINE if self.n_epochs <= FINE_EPOCHS else 1

    def cuts(self) -> FloatArray:
        """Return every cut from 0 to p + 1 in such steps, shape (K,)."""
        n_steps = self.steps_per_count
        return np.asarray(np.arange((self.n_epochs + 1) * n_steps + 1) / n_steps)

    def kept_at(self) -> IntArray:
        """Return the instances kept at each of `cuts`, shape (K,)."""
        return self.once("kept", lambda: np.searchsorted(self.score_N, self.cuts()))

    def scores(self) -> dict[str, FloatArray]:
        """Return precision, recall, F1 at each of `cuts`: true, else estimated, else none."""
        if self.truth_known:
            return self._true_scores(self.kept_at())
        if self.selection.anchored is not None:
            return scores_anchored(self.selection.anchored, self.cuts(), self.kept_at())
        posterior, left = self.posterior(), self.selection.left
        if posterior is None:
            return {}
        if left is not None:
            n_BC = self.n_by_count[None, :].astype(np.float64)
            posterior = held_to(posterior[None, :], n_BC, left.over(1))[0]
        return self._expected_scores(posterior)

    def _true_scores(self, kept_K: IntArray) -> dict[str, FloatArray]:
        below = self.n_clean_below
        assert below is not None
        return _scores(kept_K, below[kept_K].astype(np.float64), self.n, float(below[-1]))

    def _expected_scores(self, posterior: FloatArray) -> dict[str, FloatArray]:
        """Estimate as `mild.core.selection.estimates.estimate_at` does, without intervals."""
        at_counts = np.concatenate([[0.0], np.cumsum(self.n_by_count * posterior)])
        count_K = np.minimum(self.cuts().astype(int), self.n_epochs)
        within_K = self.kept_at() - self._below_counts()[count_K]
        kept_clean_K = at_counts[count_K] + posterior[count_K] * within_K
        return _scores(self.kept_at(), kept_clean_K, self.n, at_counts[-1])


def make_view(
    score_N: npt.NDArray[Any],
    right_N: npt.NDArray[np.bool_] | None,
    selection: Selection,
    *,
    slot_N: npt.NDArray[Any] | None = None,
    planted_by_count: IntArray | None = None,
    draws: Bootstrap | None = None,
    separated_best: int | None = None,
) -> RoundView:
    """Sort the instances that a round judges by their score.

    `slot_N` are their slots, their positions where left out.
    """
    # Equal scores are shuffled: those next to the cut come from all over the round.
    shuffled_N = np.random.default_rng(0).permutation(len(score_N))
    order_N = shuffled_N[np.argsort(score_N[shuffled_N], kind="stable")]
    below = None
    if right_N is not None:
        below = np.concatenate([[0], np.cumsum(right_N[order_N])]).astype(np.int32)
    return RoundView(
        n_epochs=selection.n_epochs,
        score_N=np.asarray(score_N, dtype=np.float64)[order_N],
        slot_N=(order_N if slot_N is None else slot_N[order_N]).astype(np.int32),
        n_clean_below=below,
        planted_by_count=planted_by_count,
        selection=replace(selection, score_N=None, planted_N=None, kept_N=None),
        draws=draws,
        separated_best=separated_best,
    )


def counts_between(below: npt.NDArray[np.integer[Any]]) -> IntArray:
    """Return the differences of running totals."""
    return np.asarray(below[1:], dtype=np.int64) - below[:-1]


def _scores(
    kept_K: IntArray, kept_clean_K: FloatArray, n: int, n_clean: float
) -> dict[str, FloatArray]:
    flagged_wrong_K = (n - kept_K) - (n_clean - kept_clean_K)
    n_wrong = n - n_clean
    with np.errstate(divide="ignore", invalid="ignore"):
        f1_K = 2 * flagged_wrong_K / (n - kept_K + n_wrong)
        return {
            "precision": kept_clean_K / kept_K,
            "recall": kept_clean_K / np.full(len(kept_K), n_clean),
            "f1_flagged": f1_K if n_wrong else np.full(len(kept_K), np.nan),
        }
