"""What the lesson computes: images off a curve, and the ranking of suspicion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mild.core.mixture.weibull import fit_weibull_mixture
from mild.lesson.numbers import auroc, misplaced

COUNTS_C = np.array([40, 20, 10, 2, 1, 0, 0, 1, 5, 9, 12])


def test_images_off_the_curves_are_half_of_all_differences_and_grow_with_a_worse_curve() -> None:
    fitted = fit_weibull_mixture(COUNTS_C)
    expected_C = COUNTS_C.sum() * (fitted.weight @ fitted.cell_probability())
    off = misplaced(fitted, COUNTS_C)
    assert off == pytest.approx(np.maximum(expected_C - COUNTS_C, 0).sum())
    assert off == pytest.approx(fitted.misfit * COUNTS_C.sum())
    wrong = replace(fitted, scale=fitted.scale[::-1].copy())
    assert misplaced(wrong, COUNTS_C) > 3 * off


def test_a_single_kind_has_no_ranking() -> None:
    assert np.isnan(auroc([1.0, 2.0], np.array([True, True])))
    assert np.isnan(auroc([1.0, 2.0], np.array([False, False])))
