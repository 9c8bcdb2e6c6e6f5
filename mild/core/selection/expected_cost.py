"""The cut with the least expected cost under a fit, for any price of the two mistakes."""

import numpy as np

from mild.core.mixture.value import WeibullMixture


def expected_error_cut(mixture: WeibullMixture, *, tau: float = 0.5) -> int:
    """Find the cut with the least expected cost, 0 .. p + 1.

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
