"""Lesson, two Weibulls, for those who know densities: why MILD fits probabilities of counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.figures.lesson.mixtures import squeeze
from mild.lesson import numbers
from mild.lesson.first_round import LessonRound
from mild.ui.learn.words import signed
from mild.ui.saving import chart

HIGHEST_POWER = 7.0
"""The mislabeled component is squeezed until its shape is 10 to the power of this."""
LOWEST_SHAPE = 4.0
"""The lowest shape that the fit allows the mislabeled component."""
WHY_PROBABILITIES = (
    "Counts are whole numbers, and many images share the last one. A *density* may be as high as "
    "it likes there: squeeze the mislabeled component onto that count, and its log-likelihood "
    "grows without end. There is no best fit to find. MILD gives every count a *probability*, at "
    "most 1, so the logarithm can never pass 0, and the last count stands for “this long or "
    "longer”."
)


def show(view: LessonRound) -> None:
    """Squeeze one component, and see which of two likelihoods has an end."""
    n_C = view.n_by_count_C
    left, right = st.columns([2, 3], gap="large", vertical_alignment="center")
    with left:
        st.markdown(WHY_PROBABILITIES)
        power = st.slider(
            "Squeeze: shape 10 to the power of", 1.0, HIGHEST_POWER, 2.0, step=0.5,
            format="%.1f", key="learn squeeze",
            help="The larger the shape, the narrower the component.",
        )  # fmt: skip
        squeezed = numbers.squeezed(view.mixture, n_C, 10.0**power)
        st.metric(
            "Log-likelihood with a density",
            signed(numbers.continuous_log_likelihood(squeezed, n_C)),
        )
        st.metric(
            "With probabilities of counts",
            signed(numbers.grouped_log_likelihood(squeezed, n_C)),
        )
    shapes, curves = _squeezed_curves(view)
    with right:
        chart(
            squeeze(shapes, curves, 10.0**power), "one component squeezed",
            lambda: {"shape": shapes, **curves}, key="chart squeeze",
            alt="Log-likelihood as one component is squeezed: with densities it grows, grouped it "
            "does not",
        )  # fmt: skip


def _squeezed_curves(
    view: LessonRound,
) -> tuple[npt.NDArray[np.float64], dict[str, list[float]]]:
    """Return the shapes tried, and the log-likelihood of each in both ways."""
    n_C = view.n_by_count_C
    shapes = np.geomspace(LOWEST_SHAPE, 10.0**HIGHEST_POWER, 40)
    mixtures = [numbers.squeezed(view.mixture, n_C, shape) for shape in shapes]
    return shapes, {
        "density": [numbers.continuous_log_likelihood(item, n_C) for item in mixtures],
        "grouped": [numbers.grouped_log_likelihood(item, n_C) for item in mixtures],
    }
