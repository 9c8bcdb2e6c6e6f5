"""What a person should be told about a fit and its cut, in plain sentences."""

import numpy as np

from mild.core.arrays import IntArray
from mild.core.mixture import WeibullMixture
from mild.core.rules import NEEDS_MIXTURE, expected_error_cut

LOOKS_CLEAN = 0.005
"""Share of mislabeled or of flagged instances below which the data look clean."""
LATE_MEDIAN = 0.25
"""Median of the clean component, in shares of the epochs, from which they are too few to tell."""


def describe(mixture: WeibullMixture, rule: str, cut: int, n_by_count_C: IntArray) -> str:
    """Sentences on the fit and the cut, or '' when there is nothing to say.

    Parameters
    ----------
    cut
        The cut the rule chose, 0 .. p + 1.
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs.
    """
    n_C = np.asarray(n_by_count_C)
    noise_rate, median = float(mixture.weight[1]), float(mixture.median[0])
    flagged_share = float(n_C[cut:].sum()) / float(n_C.sum())
    sentences = []
    if noise_rate < LOOKS_CLEAN or (rule in NEEDS_MIXTURE and flagged_share < LOOKS_CLEAN):
        sentences.append("The data look as if next to no instance were mislabeled.")
    elif median > LATE_MEDIAN * mixture.n_epochs:
        sentences.append(
            f"Too few epochs to tell well: even instances taken for clean were misclassified in "
            f"{median:.1f} of {mixture.n_epochs} epochs (median), so hard clean ones are flagged "
            "too."
        )
    if rule == "expected-error" and cut != expected_error_cut(mixture):
        sentences.append(
            "At almost every count clean instances outnumber mislabeled ones, so the cut with the "
            "highest expected F1 was taken instead of keeping nearly everything."
        )
    if not mixture.converged:
        sentences.append("The fit did not converge; look at the histogram before trusting it.")
    return " ".join(sentences)
