"""Select by planted labels: a fit anchored to them, the cut of a rule, and what it is worth."""

from dataclasses import dataclass, replace

import numpy as np

from mild.core.arrays import BoolArray, FloatArray, IntArray
from mild.core.dynamics.counts import counts_to_cells
from mild.core.mixture.weibull import fit_anchored_mixture
from mild.core.planted.anchored import fit_anchored
from mild.core.selection.by_counts import cut_by, select_counts, why_too_little
from mild.core.selection.estimates import estimate_anchored
from mild.core.selection.notes import describe_anchored
from mild.core.selection.rules import Fitted, Rule
from mild.core.selection.selection import Selection
from mild.core.selection.trust import Trust


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedRound:
    """What is known of the instances of a round, by slot, where labels were planted."""

    counts_N: IntArray
    score_N: FloatArray
    mean_loss_N: FloatArray | None
    planted_N: BoolArray
    n_epochs: int
    n_classes: int | None

    def of(self, member_N: BoolArray) -> "PlantedRound":
        """Keep some of the instances, (N,) True where kept."""
        loss_N = self.mean_loss_N
        return replace(
            self,
            counts_N=self.counts_N[member_N],
            score_N=self.score_N[member_N],
            mean_loss_N=None if loss_N is None else loss_N[member_N],
            planted_N=self.planted_N[member_N],
        )


def select_planted(recorded: PlantedRound, rule: Rule) -> Selection:
    """Find the cut where labels were planted; all instances by slot, nothing kept yet."""
    counts_N, score_N, planted_N = recorded.counts_N, recorded.score_N, recorded.planted_N
    n_epochs = recorded.n_epochs
    n_C = counts_to_cells(counts_N[~planted_N], n_epochs)
    rule.check(n_epochs)
    too_little = why_too_little(n_C + counts_to_cells(counts_N[planted_N], n_epochs))
    if too_little or not n_C.sum():
        plain = select_counts(n_C, rule=rule)
        return replace(plain, score_N=score_N, planted_N=planted_N, anchored=None)
    others = [] if recorded.mean_loss_N is None else [recorded.mean_loss_N]
    fit = fit_anchored(score_N, planted_N, others=others, n_classes=recorded.n_classes)
    planted_C = counts_to_cells(counts_N[planted_N], n_epochs)
    mixture = fit_anchored_mixture(n_C, planted_C, fit.noise_rate)
    rest_M = score_N[~planted_N]
    fitted = Fitted(n_by_count_C=n_C, mixture=mixture, anchored=fit, score_N=rest_M)
    chosen = cut_by(rule, fitted)
    n_kept = int(np.count_nonzero(rest_M < chosen))
    estimate = estimate_anchored(fit, chosen, n_kept)
    return Selection(
        rule=rule.name,
        n_epochs=n_epochs,
        cut=chosen,
        score_N=score_N,
        planted_N=planted_N,
        kept_N=None,
        n_kept=n_kept,
        n_flagged=fit.n - n_kept,
        mixture=mixture,
        anchored=fit,
        noise_rate_estimate=fit.noise_rate,
        estimate=estimate,
        trust=Trust(can_tell=True, reason=""),
        converged=mixture.converged,
        note=describe_anchored(fit),
    )
