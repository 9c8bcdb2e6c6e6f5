"""Who is kept and who is flagged: by a round's selection at any cut, or by the whole run.

Legend: A instances of the training set by index, N instances of a round by slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.measured import MeasuredInstances
from mild.core.spot_check import FLAGGED, KEPT
from mild.store.run import Run, open_run

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """Every array has shape (A,). Who was not judged, a planted instance among them, is on neither
    side."""

    kept_A: BoolArray
    flagged_A: BoolArray
    score_A: npt.NDArray[np.float64] | None = None
    """What the cut of a round looks at, nan where it has none; None for the whole run."""
    number: int | None = None
    """The round, counted from 0; None for the whole run."""
    cut: float | None = None
    """In place of the run's own; None for that."""

    @property
    def judged_A(self) -> BoolArray:
        """Shape (A,), True for what is kept or flagged."""
        return np.asarray(self.kept_A | self.flagged_A)

    @property
    def strata_A(self) -> npt.NDArray[np.uint8]:
        """As a sample that is drawn now has them."""
        return (KEPT * self.kept_A + FLAGGED * self.flagged_A).astype(np.uint8)


def sides_of_round(run: Run, number: int, cut: float | None = None) -> Sides | None:
    """Take the sides of a round, counted from 0, at `cut`; None before it has a selection."""
    if not (run.folder.round(number) / "selection.npz").is_file():
        return None
    selection, index_N = run.selection(number), run.index(number)
    score_N = selection.get("score", selection["misclassified"]).astype(np.float64)
    judged_N = ~selection.get("planted", np.zeros(len(index_N), dtype=bool))
    kept_N = selection["kept"] if cut is None else score_N < cut
    n = n_instances(run)
    kept_A, flagged_A = np.zeros((2, n), dtype=bool)
    kept_A[index_N] = kept_N & judged_N
    flagged_A[index_N] = ~kept_N & judged_N
    score_A = np.full(n, np.nan)
    score_A[index_N] = np.where(judged_N, score_N, np.nan)
    return Sides(kept_A=kept_A, flagged_A=flagged_A, score_A=score_A, number=number, cut=cut)


def sides_of_run(measured: MeasuredInstances, cut: float | None = None) -> Sides:
    """Take the sides by the verdicts of all finished rounds."""
    flagged_A = measured.flagged_A
    return Sides(kept_A=~flagged_A, flagged_A=flagged_A, cut=cut)


def n_instances(run: Run) -> int:
    """Count the instances of the training set."""
    return _n_instances(str(run.folder.path.parent), run.run_id)


@lru_cache(maxsize=64)
def _n_instances(root: str, run_id: str) -> int:
    return len(open_run(run_id, Path(root)).instances().given_N)
