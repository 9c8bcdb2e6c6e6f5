"""Fit the first round of a recording, and judge every cut of it by the truth.

Axes: N images of the round by slot, C counts 0 .. p of misclassified epochs, R rows of a picture,
E epochs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.core.dynamics import counts_to_cells
from mild.core.evaluation import CutTable, evaluate_cuts
from mild.core.mixture.bootstrap import Bootstrap, bootstrap
from mild.core.mixture.value import WeibullMixture
from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.selection import select_counts
from mild.core.selection.estimates import CutEstimate, estimate_at
from mild.core.selection.rules.expected_error import default_cut
from mild.lesson.recording import RecordedRound, Recording

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

DRAWS = 200
N_PICTURES = 12
MOSAIC_ROWS = 240
KINDS = ("clean, easy", "clean, hard", "mislabeled, never memorized", "mislabeled, memorized most")


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonRound:
    """The first round of a recording, with its fit and the truth at every cut."""

    recording: Recording
    recorded: RecordedRound
    counts_N: npt.NDArray[np.int32]
    clean_C: IntArray
    wrong_C: IntArray
    mixture: WeibullMixture
    cut: int
    """Of the default rule."""
    truth: CutTable
    draws: Bootstrap

    @property
    def n(self) -> int:
        """Images trained on."""
        return self.recorded.n

    @property
    def n_epochs(self) -> int:
        """Epochs of the round."""
        return self.recorded.n_epochs

    @property
    def n_by_count_C(self) -> IntArray:
        """Images misclassified in exactly c epochs."""
        return np.asarray(self.clean_C + self.wrong_C)

    @property
    def n_wrong(self) -> int:
        """Images whose given label is wrong."""
        return int(self.wrong_C.sum())

    def expected_JC(self) -> FloatArray:
        """Return the images that each fitted component expects, shape (2, p + 1)."""
        return np.asarray(self.n * self.mixture.weight[:, None] * self.mixture.cell_probability())

    def estimate(self, cut: int) -> CutEstimate:
        """Estimate the figures of a cut by the fit alone, with 95 % intervals."""
        return estimate_at(self.mixture, self.n_by_count_C, cut, draws=self.draws)

    def flagged_clean(self, cut: int) -> int:
        """Return the images with a right label that a cut flags."""
        return int(self.clean_C[cut:].sum())

    def kept_wrong(self, cut: int) -> int:
        """Return the images with a wrong label that a cut keeps."""
        return int(self.wrong_C[:cut].sum())


def fit_first_round(run: Recording) -> LessonRound:
    """Fit the first round, and count its clean and mislabeled images."""
    recorded = run.rounds[0]
    clean_C, wrong_C = recorded.cells_C(~recorded.wrong_N), recorded.cells_C(recorded.wrong_N)
    n_by_count_C = clean_C + wrong_C
    mixture = fit_weibull_mixture(n_by_count_C)
    return LessonRound(
        recording=run,
        recorded=recorded,
        counts_N=recorded.counts_N(),
        clean_C=clean_C,
        wrong_C=wrong_C,
        mixture=mixture,
        cut=default_cut(mixture),
        truth=evaluate_cuts(clean_C, wrong_C),
        draws=bootstrap(mixture, n_by_count_C, rng=np.random.default_rng(0), n_draws=DRAWS),
    )


def select_after(recorded: RecordedRound, epoch: int) -> tuple[int, float]:
    """Select by the default rule as if training had ended after `epoch`: images flagged, and F1."""
    counts_N, wrong_N = recorded.counts_N(epoch), recorded.wrong_N
    clean_C = counts_to_cells(counts_N[~wrong_N], epoch)
    wrong_C = counts_to_cells(counts_N[wrong_N], epoch)
    selection = select_counts(clean_C + wrong_C)
    f1 = evaluate_cuts(clean_C, wrong_C).f1_flagged[int(selection.cut)]
    return selection.n_flagged, float(f1)


def average_rows(recorded: RecordedRound) -> tuple[FloatArray, int]:
    """Average the status over rows of images, clean ones above mislabeled ones.

    Returns
    -------
    Share memorized, shape (R, E), and the first row of mislabeled images.
    """
    order = np.lexsort((recorded.counts_N(), recorded.wrong_N))
    starts = np.arange(MOSAIC_ROWS) * recorded.n // MOSAIC_ROWS
    sums = np.add.reduceat(recorded.status_EN()[:, order], starts, axis=1, dtype=np.int64)
    share_RE = (sums / np.diff(np.append(starts, recorded.n))).T
    return share_RE, int(np.searchsorted(starts, int((~recorded.wrong_N).sum())))


def pick(view: LessonRound, kind: str) -> IntArray:
    """Pick the slots of a few images of a kind, the most telling ones first."""
    counts_N, wrong_N = view.counts_N, view.recorded.wrong_N
    orders: tuple[tuple[Any, Any], ...] = (
        (~wrong_N, counts_N),
        (~wrong_N, -counts_N),
        (wrong_N, -counts_N),
        (wrong_N, counts_N),
    )
    members, order = dict(zip(KINDS, orders, strict=True))[kind]
    slots = np.flatnonzero(members)
    return slots[np.argsort(order[slots], kind="stable")][:N_PICTURES]
