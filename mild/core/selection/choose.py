"""Choose the kept set of a round: fit, apply a rule, say in words what came of it.

No signature here has clean labels: selection must work without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, IntArray
from mild.core.dynamics import counts_to_cells
from mild.core.dynamics.refined import refined_metric
from mild.core.mixture.value import WeibullMixture
from mild.core.mixture.weibull import fit_anchored_mixture, fit_weibull_mixture
from mild.core.planted.anchored import AnchoredFit, fit_anchored
from mild.core.planted.flips import Flip
from mild.core.selection.estimates import CutEstimate, estimate_anchored
from mild.core.selection.notes import describe, describe_anchored
from mild.core.selection.rules import DEFAULT, Fitted, Rule
from mild.core.selection.trust import Trust, trust_anchored, trust_mixture, trust_selected_before

MIN_EPOCHS = 3
MIN_INSTANCES = 20
MIN_DISTINCT_COUNTS = 3
CLASS_MIN_INSTANCES = 50
"""Smaller classes take the cut of the whole set."""
CLASS_MIN_PLANTED = 30
"""So do classes with fewer planted instances, where any were planted."""
EMPTIED_SHARE = 0.1
"""A class that keeps a smaller share than this raises the alarm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassCut:
    """The cut of one given label."""

    given: int
    n: int
    cut: float
    n_kept: int
    emptied: bool
    """True when next to nothing of the class is kept: look before training on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What a rule decided; keep an instance iff its score is below `cut`."""

    rule: str
    n_epochs: int
    cut: float
    """0 .. n_epochs + 1; with `class_cuts` those decide instead."""
    score_N: FloatArray | None
    """Shape (N,), the refined metric; None from `select_counts`."""
    planted_N: BoolArray | None
    """Shape (N,), True where the label was planted; None where none was."""
    kept_N: BoolArray | None
    """Shape (N,), True where kept, False where planted; None from `select_counts`."""
    n_kept: int
    n_flagged: int
    """Planted instances are neither kept nor flagged: nothing is known of their given label."""
    mixture: WeibullMixture | None
    anchored: AnchoredFit | None
    """What planted instances tell; None where none was planted."""
    noise_rate_estimate: float | None
    estimate: CutEstimate | None
    """What the planted instances say of this cut, with intervals; None where none was planted."""
    trust: Trust
    converged: bool
    note: str
    """A plain sentence when something deserves to be said, else empty."""
    class_cuts: tuple[ClassCut, ...] = ()


def select_counts(n_by_count_C: IntArray, *, rule: Rule = DEFAULT) -> Selection:
    """Choose a cut from counts alone: nothing was planted, `kept_N` is None, all else as `select`.

    Parameters
    ----------
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs, c = 0 .. p.

    Examples
    --------
    >>> select_counts(np.array([40, 20, 10, 2, 1, 0, 0, 1, 5, 9, 12])).n_flagged
    27
    """
    n_C = np.asarray(n_by_count_C, dtype=np.int64)
    if n_C.ndim != 1 or n_C.size < 1 or n_C.min() < 0:
        raise ValueError(f"counts must be non-negative, shape (n_epochs + 1,), not {n_C.shape}")
    n_epochs = n_C.size - 1
    rule.check(n_epochs)
    too_little = _too_little(n_C)
    mixture = None if too_little else fit_weibull_mixture(n_C)
    chosen = _cut(rule, Fitted(n_by_count_C=n_C, mixture=mixture))
    n_kept = int(n_C[: int(np.ceil(chosen))].sum())
    n_flagged = int(n_C.sum()) - n_kept
    trust = Trust(can_tell=False, reason=too_little)
    if mixture is not None:
        trust = trust_mixture(mixture, n_flagged / int(n_C.sum()))
    return Selection(
        rule=rule.name,
        n_epochs=n_epochs,
        cut=chosen,
        score_N=None,
        planted_N=None,
        kept_N=None,
        n_kept=n_kept,
        n_flagged=n_flagged,
        mixture=mixture,
        anchored=None,
        noise_rate_estimate=None if mixture is None else float(mixture.weight[1]),
        estimate=None,
        trust=trust,
        converged=mixture is not None and mixture.converged,
        note=too_little if mixture is None else describe(mixture, rule, chosen, n_C),
    )


def select(
    misclassified_N: IntArray,
    n_epochs: int,
    *,
    rule: Rule = DEFAULT,
    mean_loss_N: NDArray[np.floating] | None = None,
    planted_N: BoolArray | None = None,
    selected_before: bool = False,
    n_classes: int | None = None,
    flips: Sequence[Flip] = (),
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
    selected_before
        Earlier rounds took out the mistakes that stand out. Labels planted now are no sample of
        those that are left: they anchor nothing.
    n_classes
        How many classes there are; read only where labels were planted.
    flips
        Classes that look flipped as a whole, from `suspected_flips`.
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
    recorded = None
    if planted_N is None or not np.any(planted_N):
        common = replace(select_counts(n_C, rule=rule), score_N=score_N)
    elif selected_before:
        rest_C = counts_to_cells(counts_N[~np.asarray(planted_N)], n_epochs)
        common = select_counts(rest_C, rule=rule)
        common = replace(
            common,
            score_N=score_N,
            planted_N=np.asarray(planted_N, dtype=np.bool_),
            trust=trust_selected_before(common.trust),
            note=trust_selected_before(common.trust).reason,
        )
    else:
        recorded = _Recorded(
            counts_N=counts_N,
            score_N=score_N,
            mean_loss_N=None if mean_loss_N is None else np.asarray(mean_loss_N, dtype=np.float64),
            planted_N=np.asarray(planted_N, dtype=np.bool_),
            n_epochs=n_epochs,
            n_classes=n_classes,
        )
        common = _anchored(recorded, rule)
        if common.anchored is not None:
            trust = trust_anchored(common.anchored, flips, class_names)
            common = replace(
                common, trust=trust, note=common.note if trust.can_tell else trust.reason
            )
    judged_N = np.ones(counts_N.shape, bool) if common.planted_N is None else ~common.planted_N
    common = _with(common, kept_N=(score_N < common.cut) & judged_N)
    if not per_class:
        return common
    if given_N is None or np.shape(given_N) != counts_N.shape:
        raise ValueError("per_class needs given_N, one given label per instance")
    return _per_class(common, counts_N, recorded, np.asarray(given_N), rule)


def cut_of_rule(selection: Selection, rest_N: FloatArray, rule: Rule) -> float:
    """Where another rule cuts, by the fits of a selection.

    `rest_N` are the scores of the instances that were not planted, shape (N,).
    """
    rule.check(selection.n_epochs)
    n_C = counts_to_cells(np.floor(rest_N).astype(np.int64), selection.n_epochs)
    fitted = Fitted(
        n_by_count_C=n_C, mixture=selection.mixture, anchored=selection.anchored, score_N=rest_N
    )
    return _cut(rule, fitted)


def _cut(rule: Rule, fitted: Fitted) -> float:
    """Where there is too little to fit, a rule that needs a fit keeps everything."""
    if fitted.mixture is None and rule.needs_mixture:
        return fitted.n_epochs + 1
    return rule.find_cut(fitted)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Recorded:
    """What is known of the instances of a round, by slot, where labels were planted."""

    counts_N: IntArray
    score_N: FloatArray
    mean_loss_N: FloatArray | None
    planted_N: BoolArray
    n_epochs: int
    n_classes: int | None

    def of(self, member_N: BoolArray) -> "_Recorded":
        loss_N = self.mean_loss_N
        return replace(
            self,
            counts_N=self.counts_N[member_N],
            score_N=self.score_N[member_N],
            mean_loss_N=None if loss_N is None else loss_N[member_N],
            planted_N=self.planted_N[member_N],
        )


def _anchored(recorded: _Recorded, rule: Rule) -> Selection:
    """The cut where labels were planted; all instances by slot, nothing kept yet."""
    counts_N, score_N, planted_N = recorded.counts_N, recorded.score_N, recorded.planted_N
    n_epochs = recorded.n_epochs
    n_C = counts_to_cells(counts_N[~planted_N], n_epochs)
    rule.check(n_epochs)
    too_little = _too_little(n_C + counts_to_cells(counts_N[planted_N], n_epochs))
    if too_little or not n_C.sum():
        plain = select_counts(n_C, rule=rule)
        return replace(plain, score_N=score_N, planted_N=planted_N, anchored=None)
    others = [] if recorded.mean_loss_N is None else [recorded.mean_loss_N]
    fit = fit_anchored(score_N, planted_N, others=others, n_classes=recorded.n_classes)
    planted_C = counts_to_cells(counts_N[planted_N], n_epochs)
    mixture = fit_anchored_mixture(n_C, planted_C, fit.noise_rate)
    fitted = Fitted(n_by_count_C=n_C, mixture=mixture, anchored=fit, score_N=score_N[~planted_N])
    chosen = _cut(rule, fitted)
    n_kept = int(np.count_nonzero((score_N < chosen) & ~planted_N))
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


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _per_class(
    common: Selection,
    counts_N: IntArray,
    recorded: _Recorded | None,
    given_N: IntArray,
    rule: Rule,
) -> Selection:
    score_N, planted_N = common.score_N, common.planted_N
    assert score_N is not None
    judged_N = np.ones(counts_N.shape, bool) if planted_N is None else ~planted_N
    kept_N = np.zeros(counts_N.shape, dtype=np.bool_)
    class_cuts = []
    for label in np.unique(given_N):
        member_N = (given_N == label) & judged_N
        cut, n = common.cut, int(member_N.sum())
        if n >= CLASS_MIN_INSTANCES and rule.fits_classes:
            members_N = member_N if recorded is None else given_N == label
            cut = _class_cut(common, counts_N, recorded, members_N, rule)
        kept_N[member_N] = score_N[member_N] < cut
        n_kept = int(kept_N[member_N].sum())
        emptied = n_kept < EMPTIED_SHARE * n
        class_cuts.append(ClassCut(given=int(label), n=n, cut=cut, n_kept=n_kept, emptied=emptied))
    return _with(common, kept_N=kept_N, class_cuts=tuple(class_cuts))


def _class_cut(
    common: Selection,
    counts_N: IntArray,
    recorded: _Recorded | None,
    member_N: BoolArray,
    rule: Rule,
) -> float:
    """The cut of one class by itself, on the common score; the common one with too few planted."""
    if recorded is None:
        return select_counts(counts_to_cells(counts_N[member_N], common.n_epochs), rule=rule).cut
    if np.count_nonzero(recorded.planted_N & member_N) < CLASS_MIN_PLANTED:
        return common.cut
    return _anchored(recorded.of(member_N), rule).cut


def _with(
    common: Selection, *, kept_N: BoolArray, class_cuts: tuple[ClassCut, ...] = ()
) -> Selection:
    emptied = [str(c.given) for c in class_cuts if c.emptied]
    alarm = f"Almost nothing is kept of class {', '.join(emptied)}." if emptied else ""
    n_kept = int(kept_N.sum())
    n_planted = 0 if common.planted_N is None else int(common.planted_N.sum())
    return replace(
        common,
        kept_N=kept_N,
        n_kept=n_kept,
        n_flagged=kept_N.size - n_planted - n_kept,
        note=_joined(common.note, alarm),
        class_cuts=class_cuts,
    )


def _too_little(n_C: IntArray) -> str:
    """Why there is nothing to fit, or ''. Such a round keeps everything."""
    n_epochs, n, n_distinct = n_C.size - 1, int(n_C.sum()), int(np.count_nonzero(n_C))
    if n_epochs < MIN_EPOCHS:
        return f"{n_epochs} epochs are too few to tell; at least {MIN_EPOCHS} are needed."
    if n < MIN_INSTANCES:
        return f"{n} instances are too few to tell; at least {MIN_INSTANCES} are needed."
    if n_distinct < MIN_DISTINCT_COUNTS:
        return (
            f"Only {n_distinct} different counts of misclassified epochs occur; at least "
            f"{MIN_DISTINCT_COUNTS} are needed to tell clean from mislabeled."
        )
    return ""
