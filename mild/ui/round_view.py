"""One round as the selection page needs it: counts, fit, and truth at every cut."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.core.bootstrap import Bootstrap, bootstrap
from mild.core.dynamics import counts_to_cells, misclassified_counts
from mild.core.estimates import CutEstimate, estimate_at
from mild.core.evaluation import CutTable, evaluate_cuts
from mild.core.selection import Selection, select_counts
from mild.store.run import Run, open_run

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

DRAWS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundView:
    """A round's counts of misclassified epochs, and what follows from them."""

    n_epochs: int
    n_by_count: IntArray
    """Shape (p + 1,): instances misclassified in exactly c epochs."""
    clean_by_count: IntArray | None
    """Of those, the ones whose given label is the clean one; None where that is unknown."""
    selection: Selection
    """By the run's own rule."""
    draws: Bootstrap | None
    truth: CutTable | None

    @property
    def n(self) -> int:
        """Instances of the round."""
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
        return np.asarray(self.n * mixture.weight[:, None] * mixture.cell_probability())

    def kept(self, cut: int) -> int:
        """Instances that a cut keeps."""
        return int(self.n_by_count[:cut].sum())

    def estimate(self, cut: int) -> CutEstimate | None:
        """What the fit says of a cut, with 95 % intervals; None where nothing was fitted."""
        if self.selection.mixture is None:
            return None
        return estimate_at(self.selection.mixture, self.n_by_count, cut, draws=self.draws)


def load_round(run: Run, number: int) -> RoundView:
    """A round by its committed epochs; quick where it was asked for before."""
    root = str(run.folder.path.parent)
    return _load_round(root, run.run_id, number, run.n_epochs(number))


@st.cache_resource(max_entries=64, show_spinner="Counting and fitting …")
def _load_round(root: str, run_id: str, number: int, n_epochs: int) -> RoundView:
    run = open_run(run_id, Path(root))
    index_N = run.index(number)
    misclassified_N = misclassified_counts(run.status(number), len(index_N), n_epochs=n_epochs)
    n_by_count = counts_to_cells(misclassified_N, n_epochs)
    clean_by_count = _clean_by_count(run, index_N, misclassified_N, n_epochs)
    selection = _select(run, n_by_count)
    draws = None
    if selection.mixture is not None:
        draws = bootstrap(
            selection.mixture, n_by_count, rng=np.random.default_rng(0), n_draws=DRAWS
        )
    return RoundView(
        n_epochs=n_epochs,
        n_by_count=n_by_count,
        clean_by_count=clean_by_count,
        selection=selection,
        draws=draws,
        truth=None
        if clean_by_count is None
        else evaluate_cuts(clean_by_count, n_by_count - clean_by_count),
    )


def _select(run: Run, n_by_count: IntArray) -> Selection:
    settings = run.config().selection
    manual = settings.rule == "manual" and settings.cut is not None
    return select_counts(
        n_by_count,
        rule=settings.rule,
        tau=settings.tau,
        keep_fraction=settings.keep_fraction,
        cut=min(settings.cut or 0, len(n_by_count)) if manual else None,
    )


def _clean_by_count(
    run: Run, index_N: IntArray, misclassified_N: IntArray, n_epochs: int
) -> IntArray | None:
    instances = run.instances()
    if instances.clean_N is None:
        return None
    right_N = instances.given_N[index_N] == instances.clean_N[index_N]
    return counts_to_cells(misclassified_N[right_N], n_epochs)
