"""What the fits say of rounds whose clean labels nobody knows.

Axes: N instances of a round by slot, C counts, B resamples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.before import before_round
from mild.analysis.rounds.select_round import select_round
from mild.analysis.trust.imitation import estimates_mean_nothing
from mild.core.dynamics import counts_to_cells
from mild.core.mixture.bootstrap import bootstrap, percentile_interval
from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.planted.anchored import AnchoredFit
from mild.core.selection.estimates import CutEstimate, estimate_anchored
from mild.core.selection.left import held_to
from mild.store.run import Run, open_run
from mild.store.schema import RoundRecord

FloatArray = npt.NDArray[np.float64]

N_DRAWS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """A share, 0 to 1, as fitted, and its 95 % interval."""

    share: float
    between: tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Guesses:
    """Of one round."""

    noise_rate: Guess
    """Of the instances that the round judged."""
    precision: Guess
    """Of the kept set."""
    recall: Guess | None
    """Of the clean instances of the whole training set; None where round 1 has no fit."""

    def shares(self) -> tuple[Guess, Guess, Guess | None]:
        """List the shares in the order in which they are shown."""
        return self.noise_rate, self.precision, self.recall


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fitted:
    """Numbers of instances by the fit (at 0) and by its refits to resampled instances (from 1)."""

    n_B: FloatArray
    kept_B: FloatArray
    clean_B: FloatArray
    kept_clean_B: FloatArray
    anchored: CutEstimate | None = None
    """What planted instances say of the round's cut, as its own record has it."""


def guesses(run: Run, record: RoundRecord, first: RoundRecord) -> Guesses | None:
    """Guess the figures of a round by its fit and that of round 1.

    None where it has no fit, and where round 1 found whole classes mixed up.
    """
    if estimates_mean_nothing(first):
        return None
    fitted = _read(run, record)
    if fitted is None:
        return None
    whole, anchored = _read(run, first), fitted.anchored
    recall = None if whole is None else _guess(fitted.kept_clean_B, whole.clean_B)
    if anchored is None:
        return Guesses(
            noise_rate=_guess(fitted.n_B - fitted.clean_B, fitted.n_B),
            precision=_guess(fitted.kept_clean_B, fitted.kept_B),
            recall=recall,
        )
    if record.round == first.round:
        recall = _as_guess(anchored.recall, anchored.recall_interval)
    return Guesses(
        noise_rate=_as_guess(anchored.noise_rate, anchored.noise_rate_interval),
        precision=_as_guess(anchored.precision, anchored.precision_interval),
        recall=recall,
    )


def _read(run: Run, record: RoundRecord) -> _Fitted | None:
    written = (run.folder.round(record.round) / "selection.npz").stat().st_mtime_ns
    root = str(run.folder.path.parent)
    return _fit(root, run.run_id, record.round, record.epochs, written)


@lru_cache(maxsize=256)
def _fit(root: str, run_id: str, number: int, n_epochs: int, _written: int) -> _Fitted | None:
    run = open_run(run_id, Path(root))
    selection = run.selection(number)
    if "weight" not in selection:
        return None
    if selection.get("planted", np.zeros(1, dtype=bool)).any():
        fit = select_round(run, number, run.config().selection).anchored
        if fit is not None:
            return _anchored(fit, float(selection["cut"]), int(selection["kept"].sum()))
    misclassified_N, kept_N = selection["misclassified"], selection["kept"]
    judged_N = ~selection["planted"] if "planted" in selection else np.ones_like(kept_N)
    n_C = counts_to_cells(misclassified_N[judged_N], n_epochs)
    kept_C = counts_to_cells(misclassified_N[kept_N], n_epochs)
    mixture = fit_weibull_mixture(n_C)
    draws = bootstrap(mixture, n_C, rng=np.random.default_rng(0), n_draws=N_DRAWS)
    n_BC = np.vstack([n_C, draws.n_by_count_BC])
    posterior_BC = np.vstack([mixture.posterior_clean(), draws.posterior_clean_BC])
    before = before_round(run, number, run.config().selection)
    if before is not None and before.left is not None:
        posterior_BC = held_to(posterior_BC, n_BC, before.left.over(len(n_BC)))
    clean_BC = n_BC * posterior_BC
    kept_share_C = kept_C / np.maximum(1, n_C)  # neither 0 nor 1 where every class has its own cut
    return _Fitted(
        n_B=n_BC.sum(axis=1),
        kept_B=n_BC @ kept_share_C,
        clean_B=clean_BC.sum(axis=1),
        kept_clean_B=clean_BC @ kept_share_C,
    )


def _anchored(fit: AnchoredFit, cut: float, n_kept: int) -> _Fitted:
    """Return the means of the set of fits, and draws from it."""
    estimate = estimate_anchored(fit, cut, n_kept)
    drawn = np.random.default_rng(0).choice(fit.rate_D.size, N_DRAWS, p=fit.weight_D)
    rate_B, kept = fit.rate_D[drawn], n_kept / fit.n
    flagged_wrong_B = rate_B * fit.planted_above(cut) ** fit.hazard_D[drawn]
    flagged_wrong_B = np.minimum(flagged_wrong_B, 1.0 - kept)
    kept_clean_B = np.maximum(kept - (rate_B - flagged_wrong_B), 0.0)
    kept_clean = kept * np.nan_to_num(estimate.precision)
    return _Fitted(
        n_B=np.full(1 + N_DRAWS, float(fit.n)),
        kept_B=np.full(1 + N_DRAWS, float(n_kept)),
        clean_B=fit.n * np.concatenate([[1.0 - fit.noise_rate], 1.0 - rate_B]),
        kept_clean_B=fit.n * np.concatenate([[kept_clean], kept_clean_B]),
        anchored=estimate,
    )


def _as_guess(share: float, between: tuple[float, float] | None) -> Guess:
    return Guess(share=share, between=between or (float("nan"), float("nan")))


def _guess(part_B: FloatArray, whole_B: FloatArray) -> Guess:
    share_B = np.divide(part_B, whole_B, out=np.full_like(part_B, np.nan), where=whole_B > 0)
    share_B = share_B.clip(0.0, 1.0)
    return Guess(share=float(share_B[0]), between=percentile_interval(share_B[1:]))
