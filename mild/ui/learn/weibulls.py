"""Lesson, two Weibulls: fit the recorded run by hand, then compare with the fitted mixture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.core.mixture.value import WeibullMixture
from mild.figures.lesson import mixtures_by_hand, squeeze
from mild.lesson import numbers
from mild.ui.learn import words as learn_words
from mild.ui.learn.view import LessonRound, first_round
from mild.ui.learn.words import signed
from mild.ui.saving import chart
from mild.ui.words import count, percent

SLIDERS: dict[str, tuple[str, float, float, float, float, str]] = {
    "rate": ("Mislabeled (% of all images)", 0.0, 100.0, 1.0, 50.0, "How much of the data belongs to the mislabeled component."),  # noqa: E501
    "shape0": ("Shape of clean", 0.2, 8.0, 0.1, 3.0, "No unit. 1 and below: most at once, ever fewer later. Large: nearly all at the same time."),  # noqa: E501
    "scale0": ("Scale of clean (epochs)", 0.1, 20.0, 0.1, 6.0, "By then 63.2 % of the component has been memorized."),  # noqa: E501
    "hard": ("Hard images (% of clean)", 0.0, 10.0, 0.5, 0.0, "A slow tail of clean images that stay misclassified far longer than their kind."),  # noqa: E501
    "shape1": ("Shape of mislabeled", 4.0, 60.0, 0.5, 8.0, "No unit. The larger, the narrower the component."),  # noqa: E501
    "scale1": ("Scale of mislabeled (epochs)", 5.0, 40.0, 0.1, 14.0, "By then 63.2 % of the component would have been memorized; beyond the last epoch means: most never."),  # noqa: E501
}  # fmt: skip
"""Label, lowest, highest, step, where it starts, help."""
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
BEYOND = 0.05
"""Nats by which sliders may be better than the fit by their steps alone."""


def show() -> None:
    """Sliders, histogram, log-likelihood; then what a density does wrong."""
    view = first_round("demo")
    st.markdown(
        f"Count for each of the {count(view.n)} images in how many of {view.n_epochs} epochs it "
        "was misclassified. Two humps: clean images are learned early, mislabeled ones late or "
        "never. A *Weibull* distribution describes such a waiting time with two numbers, shape "
        "and scale. Fit two of them by hand."
    )
    left, right = st.columns([1, 2], gap="large")
    with left:
        mine = _by_hand(view)
    with right:
        _compare(view, mine)
    learn_words.task(
        "**Try.** Start with the two scales, then the share, then the shapes. Who comes closest "
        "to the fitted mixture? Only then press *Show the fitted one*."
    )
    st.subheader("Why count, and not use a density?")
    _squeeze(view)


def _by_hand(view: LessonRound) -> WeibullMixture:
    with st.container(horizontal=True):
        st.button("Start over", key="press over", on_click=_set, args=(_start(),))
        st.button(
            "Take the fitted one", key="press fitted", on_click=_set, args=(_of(view.mixture),),
            help="Moves every slider to the fitted value, as closely as its steps allow.",
        )  # fmt: skip
    values = {}
    for name, (label, low, high, step, start, help_) in SLIDERS.items():
        key = f"learn {name}"
        if key not in st.session_state:
            st.session_state[key] = start
        values[name] = st.slider(
            label, low, high, step=step, key=key, help=help_,
            format="%.0f" if step == 1 else "%.1f",
        )  # fmt: skip
    return numbers.by_hand(
        view.mixture,
        view.n_by_count_C,
        noise_rate=values["rate"] / 100,
        shape=(values["shape0"], values["shape1"]),
        scale=(values["scale0"], values["scale1"]),
        hard_share=values["hard"] / 100,
    )


def _compare(view: LessonRound, mine: WeibullMixture) -> None:
    fitted, n = view.mixture, view.n
    with st.container(horizontal=True):
        shown = st.toggle("Show the fitted one", key="learn shown")
        truth = st.toggle("Colour by the truth", key="learn truth", help="The fit never sees it.")
    bars = {"all": view.n_by_count_C.tolist()}
    if truth:
        bars = {"clean": view.clean_C.tolist(), "mislabeled": view.wrong_C.tolist()}
    expected_JC = n * mine.weight[:, None] * mine.cell_probability()
    fitted_C = view.expected_JC().sum(axis=0)
    chart(
        mixtures_by_hand(bars, expected_JC, fitted_C if shown else None),
        "two components by hand",
        lambda: {
            "misclassified epochs": range(len(fitted_C)),
            **bars,
            "your clean component": expected_JC[0],
            "your mislabeled component": expected_JC[1],
            "the fitted mixture": fitted_C,
        },
        key="chart weibulls",
        alt="Images per count of misclassified epochs, and what two Weibull components expect",
    )
    _log_likelihoods(mine, fitted)
    if shown:
        st.markdown(_in_words(view))


def _log_likelihoods(mine: WeibullMixture, fitted: WeibullMixture) -> None:
    columns = st.columns(3)
    columns[0].metric(
        "Your log-likelihood", signed(mine.log_likelihood), help=learn_words.LOG_LIKELIHOOD
    )
    behind = fitted.log_likelihood - mine.log_likelihood
    columns[1].metric(
        "Of the fitted mixture", signed(fitted.log_likelihood), help=learn_words.LOG_LIKELIHOOD
    )
    columns[2].metric(
        "You are behind by", signed(behind, 1),
        f"{signed(behind / fitted.n_instances, 3)} per image", "off", delta_arrow="off",
        help="0 means: as good as the fitted mixture.",
    )  # fmt: skip
    if behind < -BEYOND:
        st.markdown(
            "Yours is higher: possible only outside the bounds of the fit. Where nothing was "
            "planted, as here, clean images have a median of at most half the epochs in it and "
            "mislabeled ones of at least half."
        )


def _in_words(view: LessonRound) -> str:
    fitted, estimate = view.mixture, view.estimate(view.cut)
    low, high = estimate.noise_rate_interval or (np.nan, np.nan)
    return (
        f"The fit: {percent(float(fitted.weight[1]))} mislabeled; clean with shape "
        f"{fitted.shape[0]:.2f}, scale {fitted.scale[0]:.2f} epochs, {percent(fitted.hard_share)} "
        f"hard images; mislabeled with shape {fitted.shape[1]:.1f}, scale {fitted.scale[1]:.1f} "
        f"epochs. Its estimate of the share of mislabeled images, {percent(estimate.noise_rate)}, "
        f"has the 95 % interval {percent(low)} to {percent(high)}; in truth it is "
        f"{percent(view.n_wrong / view.n)}."
    )


def _squeeze(view: LessonRound) -> None:
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
    """Shapes tried, and the log-likelihood of each in both ways."""
    n_C = view.n_by_count_C
    shapes = np.geomspace(LOWEST_SHAPE, 10.0**HIGHEST_POWER, 40)
    mixtures = [numbers.squeezed(view.mixture, n_C, shape) for shape in shapes]
    return shapes, {
        "density": [numbers.continuous_log_likelihood(item, n_C) for item in mixtures],
        "grouped": [numbers.grouped_log_likelihood(item, n_C) for item in mixtures],
    }


def _start() -> dict[str, float]:
    return {name: start for name, (_, _, _, _, start, _) in SLIDERS.items()}


def _of(mixture: WeibullMixture) -> dict[str, float]:
    fitted: dict[str, Any] = {
        "rate": 100 * mixture.weight[1],
        "shape0": mixture.shape[0],
        "scale0": mixture.scale[0],
        "hard": 100 * mixture.hard_share,
        "shape1": mixture.shape[1],
        "scale1": mixture.scale[1],
    }
    values = {}
    for name, (_, low, high, step, _, _) in SLIDERS.items():
        steps = round((float(fitted[name]) - low) / step)
        values[name] = round(min(max(low + steps * step, low), high), 3)
    return values


def _set(values: dict[str, float]) -> None:
    for name, value in values.items():
        st.session_state[f"learn {name}"] = value
