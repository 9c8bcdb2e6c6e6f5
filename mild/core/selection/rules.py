"""Selection rules: from a fitted mixture, or a wish, to one cut. Keep an instance iff c < cut."""

import math

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.mixture.value import WeibullMixture

RULES = (
    "expected-error",
    "posterior",
    "noisy-scale",
    "noisy-mode",
    "keep-fraction",
    "manual",
)
"""Names of the rules; the first is the default."""

GIVES_UP = 0.3
WORTH_FLAGGING = 0.05

NEEDS_MIXTURE = frozenset(RULES[:4])
"""Rules that read the fitted mixture."""


def choose_cut(
    rule: str,
    n_by_count_C: IntArray,
    mixture: WeibullMixture | None,
    *,
    tau: float = 0.5,
    keep_fraction: float | None = None,
    cut: float | None = None,
) -> float:
    """The cut, 0 .. p + 1, of a rule. Higher keeps more.

    Parameters
    ----------
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs.
    mixture
        The fit; may be None for `keep-fraction` and `manual`.
    tau
        For `posterior`: keep while P(clean | c) >= tau.
    keep_fraction, cut
        What `keep-fraction` and `manual` ask for.

    Raises
    ------
    ValueError
        If the rule is unknown or its argument is missing or out of range.
    """
    check_rule(rule, len(n_by_count_C) - 1, tau=tau, keep_fraction=keep_fraction, cut=cut)
    if rule == "manual":
        return float(cut or 0)
    if rule == "keep-fraction":
        return keep_fraction_cut(n_by_count_C, float(keep_fraction or 0.0))
    if mixture is None:
        raise ValueError(f"rule {rule!r} needs a fitted mixture")
    if rule == "noisy-scale":
        return min(math.floor(float(mixture.scale[1])), mixture.n_epochs) + 1
    if rule == "noisy-mode":
        return min(math.floor(float(mixture.mode[1])), mixture.n_epochs) + 1
    if rule == "posterior":
        return expected_error_cut(mixture, tau=tau)
    return default_cut(mixture)


def expected_error_cut(mixture: WeibullMixture, *, tau: float = 0.5) -> int:
    """The cut with the least expected cost, 0 .. p + 1.

    Keeping a mislabeled instance costs tau, flagging a clean one 1 - tau. At tau = 0.5 this is
    the expected number of errors. For any tau it is the threshold P(clean | c) >= tau on the
    posterior made monotone by isotonic regression, because that regression minimises all these
    costs at once. Of equally good cuts the highest is taken.
    """
    clean_C, noisy_C = mixture.weight[:, None] * mixture.cell_probability()
    kept_noisy = np.concatenate([[0.0], np.cumsum(noisy_C)])
    flagged_clean = np.concatenate([np.cumsum(clean_C[::-1])[::-1], [0.0]])
    cost = tau * kept_noisy + (1.0 - tau) * flagged_clean
    return int(np.flatnonzero(cost <= cost.min() + 1e-15)[-1])


def default_cut(mixture: WeibullMixture) -> int:
    """The cut with the least expected number of errors, unless it gives up.

    Where clean instances outnumber the mislabeled ones at nearly every count, keeping all is the
    least error and no help. If it flags less than `GIVES_UP` of the mislabeled instances that
    the fit sees, and those are at least `WORTH_FLAGGING` of all, the cut with the highest
    expected F1 of the flagged set is taken.
    """
    cut = expected_error_cut(mixture)
    noisy = float(mixture.weight[1])
    clean_C, noisy_C = mixture.weight[:, None] * mixture.cell_probability()
    flagged_noisy = np.concatenate([np.cumsum(noisy_C[::-1])[::-1], [0.0]])
    flagged = np.concatenate([np.cumsum((clean_C + noisy_C)[::-1])[::-1], [0.0]])
    if noisy < WORTH_FLAGGING or flagged[cut] >= GIVES_UP * noisy:
        return cut
    return int(np.argmax(2.0 * flagged_noisy / (flagged + noisy)))


def keep_fraction_cut(n_by_count_C: IntArray | FloatArray, keep_fraction: float) -> int:
    """The lowest cut that keeps at least this share; instances with equal counts stay together.

    Examples
    --------
    >>> keep_fraction_cut(np.array([5, 3, 2]), 0.6)
    2
    """
    n_kept = np.concatenate([[0], np.cumsum(n_by_count_C)])
    return int(np.argmax(n_kept >= keep_fraction * n_kept[-1] - 1e-9))


def check_rule(
    rule: str,
    n_epochs: int,
    *,
    tau: float,
    keep_fraction: float | None,
    cut: float | None,
) -> None:
    """Raise ValueError unless the rule is known and has what it needs, within range."""
    if rule not in RULES:
        raise ValueError(f"rule {rule!r} is unknown; choose one of {', '.join(RULES)}")
    if rule == "posterior" and not 0.0 < tau < 1.0:
        raise ValueError(f"tau is {tau}; it must be above 0 and below 1")
    if rule == "keep-fraction" and (keep_fraction is None or not 0.0 <= keep_fraction <= 1.0):
        raise ValueError(
            f"keep_fraction is {keep_fraction}; rule 'keep-fraction' needs it within 0 .. 1"
        )
    if rule == "manual" and (cut is None or not 0 <= cut <= n_epochs + 1):
        told = "None" if cut is None else f"{cut:g}"
        raise ValueError(f"cut is {told}; rule 'manual' needs it within 0 .. {n_epochs + 1}")
