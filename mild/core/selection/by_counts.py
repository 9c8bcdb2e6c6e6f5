"""Select by counts alone, where nothing was planted: fit, apply the rule, say what came of it."""

import numpy as np

from mild.core.arrays import IntArray
from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.selection.notes import describe
from mild.core.selection.rules import DEFAULT, Fitted, Rule
from mild.core.selection.selection import Selection
from mild.core.selection.trust import Trust, trust_mixture

MIN_EPOCHS = 3
MIN_INSTANCES = 20
MIN_DISTINCT_COUNTS = 3


def select_counts(n_by_count_C: IntArray, *, rule: Rule = DEFAULT) -> Selection:
    """Choose a cut from counts alone: nothing was planted, `kept_N` is None, all else as `select`.

    Parameters
    ----------
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs, c = 0 .. p.

    Raises
    ------
    ValueError
        If counts are negative or of another shape, or the rule lacks its number.

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
    too_little = why_too_little(n_C)
    mixture = None if too_little else fit_weibull_mixture(n_C)
    chosen = cut_by(rule, Fitted(n_by_count_C=n_C, mixture=mixture))
    n_kept = int(n_C[: int(np.ceil(chosen))].sum())
    n_flagged = int(n_C.sum()) - n_kept
    if mixture is None:
        trust, note = Trust(can_tell=False, reason=too_little), too_little
    else:
        trust = trust_mixture(mixture, n_flagged / int(n_C.sum()))
        note = describe(mixture, rule, chosen, n_C)
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
        note=note,
    )


def cut_by(rule: Rule, fitted: Fitted) -> float:
    """Find the cut of a rule; one that needs a fit keeps everything where there is none."""
    if fitted.mixture is None and rule.needs_mixture:
        return fitted.n_epochs + 1
    return rule.find_cut(fitted)


def why_too_little(n_C: IntArray) -> str:
    """Say why there is nothing to fit, or ''. Such a round keeps everything."""
    n_epochs, n, n_distinct = n_C.size - 1, int(n_C.sum()), int(np.count_nonzero(n_C))
    if n_epochs < MIN_EPOCHS:
        return f"{_too_few(n_epochs, 'epoch')} to tell; at least {MIN_EPOCHS} are needed."
    if n < MIN_INSTANCES:
        return f"{_too_few(n, 'instance')} to tell; at least {MIN_INSTANCES} are needed."
    if n_distinct < MIN_DISTINCT_COUNTS:
        there = (
            "Every instance was misclassified in equally many epochs"
            if n_distinct == 1
            else f"Only {n_distinct} different counts of misclassified epochs occur"
        )
        return (
            f"{there}; at least {MIN_DISTINCT_COUNTS} different counts are needed to tell clean "
            "from mislabeled."
        )
    return ""


def _too_few(n: int, noun: str) -> str:
    return f"{n} {noun} is too few" if n == 1 else f"{n} {noun}s are too few"
