"""Choose the kept set of a round: fit, apply a rule, say in words what came of it.

No signature here has clean labels: selection must work without them.
"""

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import BoolArray, IntArray
from mild.core.dynamics import counts_to_cells
from mild.core.estimates import CutEstimate, estimate_at
from mild.core.mixture import WeibullMixture
from mild.core.notes import describe
from mild.core.rules import NEEDS_MIXTURE, RULES, check_rule, choose_cut
from mild.core.weibull import fit_weibull_mixture

__all__ = [
    "RULES",
    "ClassCut",
    "CutEstimate",
    "Selection",
    "estimate_at",
    "select",
    "select_counts",
]

MIN_EPOCHS = 3
MIN_INSTANCES = 20
MIN_DISTINCT_COUNTS = 3
CLASS_MIN_INSTANCES = 50
"""Smaller classes take the cut of the whole set."""
EMPTIED_SHARE = 0.1
"""A class that keeps a smaller share than this raises the alarm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassCut:
    """The cut of one given label."""

    given: int
    n: int
    cut: int
    n_kept: int
    emptied: bool
    """True when next to nothing of the class is kept: look before training on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What a rule decided; keep an instance iff it was misclassified in fewer than `cut` epochs."""

    rule: str
    n_epochs: int
    cut: int
    """0 .. n_epochs + 1; with `class_cuts` those decide instead."""
    kept_N: BoolArray | None
    """Shape (N,), True where kept; None from `select_counts`."""
    n_kept: int
    n_flagged: int
    mixture: WeibullMixture | None
    """None where there was too little to fit."""
    noise_rate_estimate: float | None
    converged: bool
    note: str
    """A plain sentence when something deserves to be said, else empty."""
    class_cuts: tuple[ClassCut, ...] = ()


def select_counts(
    n_by_count_C: IntArray,
    *,
    rule: str = "expected-error",
    tau: float = 0.5,
    keep_fraction: float | None = None,
    cut: int | None = None,
) -> Selection:
    """Choose a cut from counts alone: `kept_N` is None, all else as `select`.

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
    check_rule(rule, n_epochs, tau=tau, keep_fraction=keep_fraction, cut=cut)
    too_little = _too_little(n_C)
    mixture = None if too_little else fit_weibull_mixture(n_C)
    if mixture is None and rule in NEEDS_MIXTURE:
        chosen = n_epochs + 1
    else:
        chosen = choose_cut(rule, n_C, mixture, tau=tau, keep_fraction=keep_fraction, cut=cut)
    n_kept = int(n_C[:chosen].sum())
    return Selection(
        rule=rule,
        n_epochs=n_epochs,
        cut=chosen,
        kept_N=None,
        n_kept=n_kept,
        n_flagged=int(n_C.sum()) - n_kept,
        mixture=mixture,
        noise_rate_estimate=None if mixture is None else float(mixture.weight[1]),
        converged=mixture is not None and mixture.converged,
        note=too_little if mixture is None else describe(mixture, rule, chosen, n_C),
    )


def select(
    misclassified_N: IntArray,
    n_epochs: int,
    *,
    rule: str = "expected-error",
    tau: float = 0.5,
    keep_fraction: float | None = None,
    cut: int | None = None,
    given_N: IntArray | None = None,
    per_class: bool = False,
) -> Selection:
    """Choose the instances to keep.

    Parameters
    ----------
    misclassified_N
        Shape (N,), epochs in which each instance was misclassified, 0 .. n_epochs.
    rule
        One of RULES.
    tau
        For `posterior`: keep while P(clean | c) >= tau.
    keep_fraction, cut
        What `keep-fraction` and `manual` ask for.
    given_N
        Shape (N,), given labels; read only with `per_class`.
    per_class
        Choose a cut for every given label. Classes with little data take the common cut.

    Raises
    ------
    ValueError
        If a count is out of range, the rule is unknown, or its argument is missing.

    Examples
    --------
    >>> selection = select(np.array([0, 1, 5]), 5, rule="manual", cut=3)
    >>> selection.kept_N.tolist(), selection.n_flagged
    ([True, True, False], 1)
    """
    counts_N = np.asarray(misclassified_N)
    common = select_counts(
        counts_to_cells(counts_N, n_epochs),
        rule=rule,
        tau=tau,
        keep_fraction=keep_fraction,
        cut=cut,
    )
    kept_N = counts_N < common.cut
    if not per_class:
        return _with(common, kept_N=kept_N)
    if given_N is None or np.shape(given_N) != counts_N.shape:
        raise ValueError("per_class needs given_N, one given label per instance")
    return _per_class(common, counts_N, np.asarray(given_N), tau, keep_fraction)


def _per_class(
    common: Selection,
    counts_N: IntArray,
    given_N: IntArray,
    tau: float,
    keep_fraction: float | None,
) -> Selection:
    kept_N = np.zeros(counts_N.shape, dtype=np.bool_)
    class_cuts = []
    for label in np.unique(given_N):
        member_N = given_N == label
        n_C = counts_to_cells(counts_N[member_N], common.n_epochs)
        cut, n = common.cut, int(n_C.sum())
        if n >= CLASS_MIN_INSTANCES and common.rule != "manual":
            own = select_counts(n_C, rule=common.rule, tau=tau, keep_fraction=keep_fraction)
            cut = own.cut
        n_kept = int(n_C[:cut].sum())
        kept_N[member_N] = counts_N[member_N] < cut
        class_cuts.append(
            ClassCut(
                given=int(label), n=n, cut=cut, n_kept=n_kept, emptied=n_kept < EMPTIED_SHARE * n
            )
        )
    return _with(common, kept_N=kept_N, class_cuts=tuple(class_cuts))


def _with(
    common: Selection, *, kept_N: BoolArray, class_cuts: tuple[ClassCut, ...] = ()
) -> Selection:
    emptied = [str(c.given) for c in class_cuts if c.emptied]
    alarm = f"Almost nothing is kept of class {', '.join(emptied)}." if emptied else ""
    n_kept = int(kept_N.sum())
    return Selection(
        rule=common.rule,
        n_epochs=common.n_epochs,
        cut=common.cut,
        kept_N=kept_N,
        n_kept=n_kept,
        n_flagged=kept_N.size - n_kept,
        mixture=common.mixture,
        noise_rate_estimate=common.noise_rate_estimate,
        converged=common.converged,
        note=" ".join(part for part in (common.note, alarm) if part),
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
