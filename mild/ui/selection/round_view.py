"""One round as the selection page needs it: counts, fit, estimates and truth at every cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.config import SelectionConfig
from mild.core.bootstrap import Bootstrap, bootstrap
from mild.core.dynamics import counts_to_cells, misclassified_counts
from mild.core.estimates import CutEstimate, estimate_at
from mild.core.evaluation import CutTable, evaluate_cuts
from mild.core.selection import Selection, select_counts
from mild.store.run import Run, open_run
from mild.ui.recorded import right_labels

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Value = TypeVar("Value")

DRAWS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundView:
    """A round's counts of misclassified epochs, and what follows from them."""

    n_epochs: int
    """Epochs counted: all that are recorded, or the first so many."""
    misclassified_N: npt.NDArray[np.uint16]
    """Shape (N,), of each instance that the round judges: all but the planted ones."""
    n_by_count: IntArray
    """Shape (p + 1,): instances misclassified in exactly c epochs."""
    clean_by_count: IntArray | None
    """Of those, the ones whose given label is the clean one; None where that is unknown."""
    selection: Selection
    """By the run's own rule."""
    draws: Bootstrap | None
    truth: CutTable | None
    slot_N: IntArray | None = None
    """Shape (N,), the slot of each; None where that is its position."""
    derived: dict[object, Any] = field(default_factory=dict)
    """What `once` made."""

    def once(self, what: object, make: Callable[[], Value]) -> Value:
        """What follows from the round alone is worked out when first asked for, not per cut."""
        if what not in self.derived:
            self.derived[what] = make()
        return cast(Value, self.derived[what])

    @property
    def n(self) -> int:
        """Instances that the round judges."""
        return int(self.n_by_count.sum())

    def bars(self, cut: int) -> dict[str, list[int]]:
        """Instances per count in two groups: by the truth where it is known, else by the cut."""
        if self.clean_by_count is not None:
            wrong = self.n_by_count - self.clean_by_count
            return {"clean": self.clean_by_count.tolist(), "mislabeled": wrong.tolist()}
        kept = np.where(np.arange(self.n_epochs + 1) < cut, self.n_by_count, 0)
        return {"kept": kept.tolist(), "flagged": (self.n_by_count - kept).tolist()}

    def expected(self) -> FloatArray | None:
        """Shape (2, p + 1): instances that each fitted component expects."""
        mixture = self.selection.mixture
        if mixture is None:
            return None
        return self.once(
            "expected",
            lambda: np.asarray(self.n * mixture.weight[:, None] * mixture.cell_probability()),
        )

    def posterior(self) -> FloatArray | None:
        """Shape (p + 1,): P(clean | c misclassified epochs) by the fit."""
        mixture = self.selection.mixture
        return None if mixture is None else self.once("posterior", mixture.posterior_clean)

    def kept(self, cut: int) -> int:
        """Instances that a cut keeps."""
        return int(self.n_by_count[:cut].sum())

    def estimate(self, cut: int) -> CutEstimate | None:
        """What the fit says of a cut, with 95 % intervals; None where nothing was fitted."""
        mixture = self.selection.mixture
        if mixture is None:
            return None
        return self.once(
            ("estimate", cut),
            lambda: estimate_at(mixture, self.n_by_count, cut, draws=self.draws),
        )

    def scores(self) -> dict[str, FloatArray]:
        """Precision, recall, F1 at every cut, shape (p + 2,): true, else estimated, else none."""
        if self.truth is not None:
            names = ("precision", "recall", "f1_flagged")
            return {name: getattr(self.truth, name) for name in names}
        posterior = self.posterior()
        return {} if posterior is None else _expected_scores(self.n_by_count, posterior)


def load_round(run: Run, number: int, n_epochs: int | None = None) -> RoundView:
    """A round by its committed epochs, or as if it had stopped after the first `n_epochs`."""
    recorded = run.n_epochs(number)
    asked = recorded if n_epochs is None else min(max(1, n_epochs), recorded)
    return _load_round(str(run.folder.path.parent), run.run_id, number, asked)


@st.cache_resource(max_entries=32, show_spinner="Counting and fitting …")
def _load_round(root: str, run_id: str, number: int, n_epochs: int) -> RoundView:
    run = open_run(run_id, Path(root))
    index_N = run.index(number)
    slot_N = np.flatnonzero(~run.planted(number).mask(len(index_N)))
    counted_N = misclassified_counts(run.status(number), len(index_N), n_epochs=n_epochs)
    misclassified_N = counted_N[slot_N]
    n_by_count = counts_to_cells(misclassified_N, n_epochs)
    right_N = right_labels(run, index_N[slot_N])
    clean_by_count = None
    if right_N is not None:
        clean_by_count = counts_to_cells(misclassified_N[right_N], n_epochs)
    selection = _select(run.config().selection, n_by_count)
    draws = None
    if selection.mixture is not None:
        draws = bootstrap(
            selection.mixture, n_by_count, rng=np.random.default_rng(0), n_draws=DRAWS
        )
    return RoundView(
        n_epochs=n_epochs,
        misclassified_N=misclassified_N.astype(np.uint16),
        slot_N=slot_N,
        n_by_count=n_by_count,
        clean_by_count=clean_by_count,
        selection=selection,
        draws=draws,
        truth=None
        if clean_by_count is None
        else evaluate_cuts(clean_by_count, n_by_count - clean_by_count),
    )


def _select(settings: SelectionConfig, n_by_count: IntArray) -> Selection:
    manual = settings.rule == "manual" and settings.cut is not None
    return select_counts(
        n_by_count,
        rule=settings.rule,
        tau=settings.tau,
        keep_fraction=settings.keep_fraction,
        cut=min(settings.cut or 0, len(n_by_count)) if manual else None,
    )


def _expected_scores(n_by_count: IntArray, posterior: FloatArray) -> dict[str, FloatArray]:
    """As `mild.core.estimates.estimate_at` has them, at every cut at once, without intervals."""
    kept = np.concatenate([[0.0], np.cumsum(n_by_count)])
    kept_clean = np.concatenate([[0.0], np.cumsum(n_by_count * posterior)])
    n, n_clean = kept[-1], kept_clean[-1]
    flagged_wrong = (n - kept) - (n_clean - kept_clean)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "precision": kept_clean / kept,
            "recall": kept_clean / n_clean,
            "f1_flagged": 2 * flagged_wrong / (n - kept + n - n_clean),
        }
