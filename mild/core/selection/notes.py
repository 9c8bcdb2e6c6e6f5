"""What a person should be told about a fit and its cut, in plain sentences."""

import numpy as np

from mild.core.arrays import IntArray
from mild.core.mixture.value import WeibullMixture
from mild.core.planted.anchored import AnchoredFit
from mild.core.selection.rules import Rule
from mild.core.selection.trust import LOOKS_CLEAN, trust_mixture
from mild.words import percent

SURELY_CLEAN = 0.02
"""Upper end of the interval of the noise rate up to which planted labels vouch for the data."""
LATE_MEDIAN = 0.25
"""Median of the clean component, in shares of the epochs, from which they are too few to tell."""


def describe(mixture: WeibullMixture, rule: Rule, cut: float, n_by_count_C: IntArray) -> str:
    """Say what is notable of the fit and the cut, or ''.

    Parameters
    ----------
    cut
        The cut the rule chose, 0 .. p + 1.
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs.
    """
    n_C = np.asarray(n_by_count_C)
    median = float(mixture.median[0])
    looks_clean = trust_mixture(mixture, float(n_C[int(np.ceil(cut)) :].sum() / n_C.sum()))
    sentences = [] if looks_clean.can_tell else [looks_clean.reason]
    if not sentences and median > LATE_MEDIAN * mixture.n_epochs:
        sentences.append(
            f"Too few epochs to tell well: even images that the fit takes to be clean were "
            f"misclassified in "
            f"{median:.1f} of {mixture.n_epochs} epochs (median), so hard clean ones are flagged "
            "too."
        )
    if note := rule.note(mixture, cut):
        sentences.append(note)
    if not mixture.converged:
        sentences.append("The fit did not converge; look at the histogram before trusting it.")
    return " ".join(sentences)


def describe_anchored(fit: AnchoredFit) -> str:
    """Say what is notable of an anchored fit, or ''."""
    low, high = fit.noise_rate_interval
    if high <= SURELY_CLEAN:
        return f"Next to no label looks wrong: at most {percent(high)} by what planted labels tell."
    if low < LOOKS_CLEAN:
        return (
            f"Planted labels leave room for anything from none to {percent(high, 0)} of the labels "
            "being wrong: hard clean images and mistakes score alike here. Look at some flagged "
            "ones."
        )
    return ""
