"""Choose the kept set of a round: fit, apply a rule, say in words what came of it.

No signature here has clean labels: selection must work without them.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, IntArray
from mild.core.dynamics.counts import counts_to_cells
from mild.core.dynamics.refined import refined_metric
from mild.core.planted.flips import MixedUp
from mild.core.selection.by_counts import cut_by, select_counts
from mild.core.selection.by_planted import PlantedRound, select_planted
from mild.core.selection.left import Before, cut_for_most
from mild.core.selection.per_class import select_per_class, with_kept
from mild.core.selection.rules import DEFAULT, Fitted, Rule
from mild.core.selection.selection import Selection
from mild.core.selection.trust import trust_anchored, trust_later


def select(
    misclassified_N: IntArray,
    n_epochs: int,
    *,
    rule: Rule = DEFAULT,
    mean_loss_N: NDArray[np.floating] | None = None,
    planted_N: BoolArray | None = None,
    before: Before | None = None,
    n_classes: int | None = None,
    flips: Sequence[MixedUp] = (),
    class_names: Sequence[str] = (),
    given_N: IntArray | None = None,
    per_class: bool = False,
) -> Selection:
    """Choose the instances to keep.

    Parameters
    ----------
    misclassified_N
        Shape (N,), epochs in which each instance was misclassified, 0 .. n_epochs.
    rule
        From `make_rule`.
    mean_loss_N
        Shape (N,), mean loss of the label trained on; orders instances with equal counts.
    planted_N
        Shape (N,), True where the label trained on was planted: anchors the fit.
    before
        What earlier rounds tell a later one; they took out the mistakes that stand out. Labels
        planted now are no sample of those that are left: they anchor nothing.
    n_classes
        How many classes there are; read only where labels were planted.
    flips
        Classes that look mixed up as a whole, from `search_flips`.
    given_N
        Shape (N,), given labels; read only with `per_class`.
    per_class
        Choose a cut for every given label. Classes with little data take the common cut.

    Raises
    ------
    ValueError
        If a count is out of range, or a number that the rule asks for is missing.

    Examples
    --------
    >>> from mild.core.selection import make_rule
    >>> selection = select(np.array([0, 1, 5]), 5, rule=make_rule("manual", cut=3))
    >>> selection.kept_N.tolist(), selection.n_flagged
    ([True, True, False], 1)
    """
    counts_N = np.asarray(misclassified_N)
    n_C = counts_to_cells(counts_N, n_epochs)
    score_N = refined_metric(counts_N, mean_loss_N)
    planted_N = np.zeros(counts_N.shape, bool) if planted_N is None else np.asarray(planted_N, bool)
    recorded = None
    if before is not None:
        common = _select_later(counts_N, score_N, n_epochs, planted_N, rule, before)
    elif planted_N.any():
        loss_N = None if mean_loss_N is None else np.asarray(mean_loss_N, dtype=np.float64)
        recorded = PlantedRound(
            counts_N=counts_N, score_N=score_N, mean_loss_N=loss_N, planted_N=planted_N,
            n_epochs=n_epochs, n_classes=n_classes,
        )  # fmt: skip
        common = _trusted(select_planted(recorded, rule), flips, class_names)
    else:
        common = replace(select_counts(n_C, rule=rule), score_N=score_N)
    common = with_kept(common, kept_N=(score_N < common.cut) & ~planted_N)
    if not per_class:
        return common
    if given_N is None or np.shape(given_N) != counts_N.shape:
        raise ValueError("per_class needs given_N, one given label per instance")
    return select_per_class(common, counts_N, recorded, np.asarray(given_N), rule)


def cut_of_rule(selection: Selection, rest_N: FloatArray, rule: Rule) -> float:
    """Find where another rule cuts, by the fits of a selection.

    `rest_N` are the scores of the instances that were not planted, shape (N,).
    """
    rule.check(selection.n_epochs)
    n_C = counts_to_cells(np.floor(rest_N).astype(np.int64), selection.n_epochs)
    fitted = Fitted(
        n_by_count_C=n_C, mixture=selection.mixture, anchored=selection.anchored, score_N=rest_N
    )
    return _bounded(cut_by(rule, fitted), rest_N, rule, selection.n_epochs, selection.most)


def _select_later(
    counts_N: IntArray,
    score_N: FloatArray,
    n_epochs: int,
    planted_N: BoolArray,
    rule: Rule,
    before: Before,
) -> Selection:
    """Select by the fit alone, and no more than what round 1 leaves; all instances by slot.

    Planted labels anchor nothing in later rounds.
    """
    rest_N, planted = score_N[~planted_N], bool(planted_N.any())
    fitted = select_counts(counts_to_cells(counts_N[~planted_N], n_epochs), rule=rule)
    cut = _bounded(fitted.cut, rest_N, rule, n_epochs, before.most)
    n_kept = int(np.count_nonzero(rest_N < cut))
    would_flag = fitted.n_flagged if cut != fitted.cut else None
    trust = trust_later(
        fitted.trust, before, planted=planted, n_flagged=rest_N.size - n_kept,
        would_flag=would_flag,
    )  # fmt: skip
    rate = fitted.noise_rate_estimate
    if rate is not None and before.left is not None:
        rate = min(rate, before.left.share(rest_N.size))
    return replace(
        fitted,
        cut=cut,
        score_N=score_N,
        planted_N=planted_N if planted else None,
        noise_rate_estimate=rate,
        left=before.left,
        most=before.most,
        would_flag=would_flag,
        trust=trust,
        note=trust.reason if planted or before.left is not None else fitted.note,
    )


def _bounded(cut: float, rest_N: FloatArray, rule: Rule, n_epochs: int, most: int | None) -> float:
    """Raise a cut that follows from a fit until it flags no more than `most`."""
    if most is None or not rule.needs_mixture:
        return cut
    return cut_for_most(rest_N, cut, most, n_epochs + 1.0)


def _trusted(common: Selection, flips: Sequence[MixedUp], class_names: Sequence[str]) -> Selection:
    """Add the trust in a selection whose fit planted labels anchored."""
    if common.anchored is None:
        return common
    trust = trust_anchored(common.anchored, flips, class_names)
    return replace(common, trust=trust, note=common.note if trust.can_tell else trust.reason)
