"""Lesson, two Weibulls: fit the recorded run by hand, then compare with the fitted mixture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from mild.core.mixture.value import WeibullMixture
from mild.figures.lesson.mixtures import mixtures_by_hand
from mild.lesson import numbers
from mild.lesson.first_round import LessonRound
from mild.ui.learn import words as learn_words
from mild.ui.learn.recorded import first_round
from mild.ui.learn.sections import density
from mild.ui.learn.words import Figure, signed
from mild.ui.saving import chart
from mild.ui.words import count, percent

ALL = "learn all numbers"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slider:
    """A number of the mixture, to be set by hand."""

    label: str
    low: float
    high: float
    step: float
    start: float
    help: str
    easy: str = ""
    """What a first class reads; a slider without it is for those who want all numbers."""


SLIDERS = {
    "rate": Slider(
        label="Mislabeled (% of all images)", easy="Mislabeled (% of all images)",
        low=0, high=100, step=1, start=50,
        help="How much of the data belongs to the mislabeled component.",
    ),
    "shape0": Slider(
        label="Shape of clean", low=0.2, high=8, step=0.1, start=3,
        help="No unit. 1 and below: most at once, ever fewer later. Large: nearly all at the same "
        "time.",
    ),
    "scale0": Slider(
        label="Scale of clean (epochs)", easy="Place of the clean hump (epochs)",
        low=0.1, high=20, step=0.1, start=6,
        help="By then 63.2 % of the component has been memorized.",
    ),
    "hard": Slider(
        label="Hard images (% of clean)", low=0, high=10, step=0.5, start=0,
        help="A slow tail of clean images that stay misclassified far longer than their kind.",
    ),
    "shape1": Slider(
        label="Shape of mislabeled", low=4, high=60, step=0.5, start=8,
        help="No unit. The larger, the narrower the component.",
    ),
    "scale1": Slider(
        label="Scale of mislabeled (epochs)", easy="Place of the mislabeled hump (epochs)",
        low=5, high=40, step=0.1, start=14,
        help="By then 63.2 % of the component would have been memorized; beyond the last epoch "
        "means: most never.",
    ),
}  # fmt: skip
BEYOND = 0.05
"""Nats by which sliders may be better than the fit by their steps alone."""


def show() -> None:
    """Move three sliders, or all six; then see the fitted mixture."""
    view = first_round("demo")
    st.markdown(
        f"Count for each of the {count(view.n)} images in how many of {view.n_epochs} epochs it "
        "was misclassified, and two humps appear: clean images are learned early, mislabeled ones "
        "late or never. A curve for each hump says how many images to expect at every count. "
        "Move the curves until they lie on the bars."
    )
    left, right = st.columns([1, 2], gap="large")
    with left:
        everything = st.toggle(
            "All six numbers", key=ALL,
            help="Each curve is a *Weibull* distribution: its scale says where it stands, its "
            "shape how wide it is. Also for those who know densities.",
        )  # fmt: skip
        mine = _by_hand(view, everything)
    with right:
        _compare(view, mine, everything)
    learn_words.task(
        "**Try.** Put each hump in its place first, then find the share of mislabeled images. Who "
        "comes closest to the fitted mixture? Only then turn on *Show the fitted one*."
    )
    if everything:
        st.subheader("Why count, and not use a density?")
        density.show(view)


def _by_hand(view: LessonRound, everything: bool) -> WeibullMixture:
    with st.container(horizontal=True):
        st.button("Start over", key="press over", on_click=_set, args=(_start(),))
        st.button(
            "Take the fitted one", key="press fitted", on_click=_set, args=(_of(view.mixture),),
            help="Moves every slider to the fitted value, as closely as its steps allow.",
        )  # fmt: skip
    for name, slider in SLIDERS.items():
        st.session_state.setdefault(f"learn {name}", float(slider.start))
        if label := slider.label if everything else slider.easy:
            st.slider(
                label, float(slider.low), float(slider.high), step=float(slider.step),
                key=f"learn {name}", help=slider.help,
                format="%.0f" if slider.step == 1 else "%.1f",
            )  # fmt: skip
    values = {name: float(st.session_state[f"learn {name}"]) for name in SLIDERS}
    if not everything:
        st.caption("How wide each hump is was taken from the fit.")
    fitted = view.mixture
    return numbers.by_hand(
        fitted,
        view.n_by_count_C,
        noise_rate=values["rate"] / 100,
        shape=(values["shape0"], values["shape1"])
        if everything
        else (float(fitted.shape[0]), float(fitted.shape[1])),
        scale=(values["scale0"], values["scale1"]),
        hard_share=values["hard"] / 100 if everything else fitted.hard_share,
    )


def _compare(view: LessonRound, mine: WeibullMixture, everything: bool) -> None:
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
    _misplaced(view, mine)
    if everything:
        _log_likelihoods(mine, fitted)
    if shown:
        st.markdown(_in_words(view) if everything else _in_easy_words(view))


def _misplaced(view: LessonRound, mine: WeibullMixture) -> None:
    own, best = (numbers.misplaced(item, view.n_by_count_C) for item in (mine, view.mixture))
    help_ = "Images that stand at another count than the curves say. Fewer is better."
    learn_words.figures(
        Figure("Images off your curves", count(round(own)), help=help_),
        Figure("Off the fitted ones", count(round(best)), help=help_),
    )


def _log_likelihoods(mine: WeibullMixture, fitted: WeibullMixture) -> None:
    behind = fitted.log_likelihood - mine.log_likelihood
    learn_words.figures(
        Figure(
            "Your log-likelihood", signed(mine.log_likelihood), help=learn_words.LOG_LIKELIHOOD
        ),
        Figure(
            "Of the fitted mixture", signed(fitted.log_likelihood),
            help=learn_words.LOG_LIKELIHOOD,
        ),
        Figure(
            "You are behind by", signed(behind, 1),
            f"{signed(behind / fitted.n_instances, 3)} per image",
            "0 means: as good as the fitted mixture.",
        ),
    )  # fmt: skip
    if behind < -BEYOND:
        st.markdown(
            "Yours is higher: possible only outside the bounds of the fit. Where nothing was "
            "planted, as here, clean images have a median of at most half the epochs in it and "
            "mislabeled ones of at least half."
        )


def _in_easy_words(view: LessonRound) -> str:
    fitted = view.mixture
    return (
        f"The fit: **{percent(float(fitted.weight[1]), 0)}** of all images are mislabeled; the "
        f"clean hump lies at {fitted.scale[0]:.1f} epochs, the mislabeled one at "
        f"{fitted.scale[1]:.1f}. In truth {percent(view.n_wrong / view.n, 0)} are mislabeled, "
        "which the fit was never told."
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


def _start() -> dict[str, float]:
    return {name: float(slider.start) for name, slider in SLIDERS.items()}


def _of(mixture: WeibullMixture) -> dict[str, float]:
    fitted: dict[str, Any] = {
        "rate": 100 * mixture.weight[1],
        "shape0": mixture.shape[0],
        "scale0": mixture.scale[0],
        "hard": 100 * mixture.hard_share,
        "shape1": mixture.shape[1],
        "scale1": mixture.scale[1],
    }
    return {name: _nearest(slider, float(fitted[name])) for name, slider in SLIDERS.items()}


def _nearest(slider: Slider, value: float) -> float:
    """Find the nearest step of a slider."""
    steps = round((value - slider.low) / slider.step)
    return round(float(min(max(slider.low + steps * slider.step, slider.low), slider.high)), 3)


def _set(values: dict[str, float]) -> None:
    for name, value in values.items():
        st.session_state[f"learn {name}"] = value
