"""What a fit says and how far to trust it, in words."""

from __future__ import annotations

import streamlit as st

from mild.analysis.rounds.round_view import RoundView
from mild.core.mixture.value import WeibullMixture
from mild.core.selection import Selection
from mild.ui.said import said
from mild.ui.words import count, interval, percent, span

CLOSE, FAIR = 0.05, 0.15
"""Misfits up to which a fit follows the data closely, and fairly."""
NOTABLE = 0.001
FEWER = 0.75
BIC_CLEAR = 10.0
"""A difference of BIC above which the better model is better beyond doubt."""


def describe_fit(view: RoundView, *, ranges: bool = False, estimates: bool = True) -> None:
    """Describe the noise rate, the two kinds, the fit, and whether two kinds are better than one.

    With `ranges` estimates are told as ranges, not as single figures; without `estimates` the
    noise rate is left out.
    """
    mixture = view.selection.mixture
    if mixture is None:
        return
    if estimates:
        st.markdown(said(noise_sentence(view, ranges=ranges)))
    with st.expander("How far can the fit be trusted?", icon=":material/fact_check:"):
        lines = [
            separated_sentence(view), misfit_sentence(mixture), bic_sentence(mixture),
            _searched(view),
        ]  # fmt: skip
        st.markdown(said("\n".join(f"- {line}" for line in lines if line)))


def noise_sentence(view: RoundView, *, ranges: bool = False) -> str:
    """Say the estimated share of mislabeled images, the true one where known, and both medians."""
    mixture, selection = view.selection.mixture, view.selection
    if mixture is None:
        return ""
    estimate = view.estimate(selection.cut)
    low_high = estimate.noise_rate_interval if estimate else None
    known = ""
    if view.noise_rate is not None:
        known = f" In truth it is {percent(view.noise_rate)}."
    return (
        f"{_share(selection, low_high, ranges)}.{known} "
        f"By the fit, half of the clean images are misclassified in "
        f"{_epochs(mixture.median[0], view.n_epochs)}, half of the mislabeled ones in "
        f"{_epochs(mixture.median[1], view.n_epochs)}."
    )


def _share(selection: Selection, low_high: tuple[float, float] | None, ranges: bool) -> str:
    """Say the noise rate and what it rests on; a range alone where one figure says too much."""
    fit, rate = selection.anchored, selection.noise_rate_estimate
    words = "The fit puts the share of mislabeled images at"
    if fit is not None:
        words = f"By {count(fit.n_planted)} planted labels, the share of mislabeled images is"
    elif selection.left is not None:
        words = "By the labels planted in round 1, the share of mislabeled images left here is"
    if ranges and low_high is not None:
        return f"{words} **{span(low_high)}** (95 % interval)"
    within = interval(low_high)
    return f"{words} **{percent(rate)}**" + (f" (95 % interval {within})" if within else "")


def separated_sentence(view: RoundView) -> str:
    """Say after which epoch planted labels were told apart best, and what to do about it."""
    best, n_epochs = view.separated_best, view.n_epochs
    if best is None:
        return ""
    text = f"**Epochs**: planted labels were told apart best after epoch {best} of {n_epochs}"
    if best < FEWER * n_epochs:
        return f"{text}: fewer epochs would do."
    if best >= n_epochs - 1:
        return f"{text}: more epochs may help."
    return f"{text}."


def misfit_sentence(mixture: WeibullMixture) -> str:
    """Say how good the fit is, as an amount that a person can imagine."""
    moved = round(mixture.misfit * mixture.n_instances)
    if mixture.misfit <= CLOSE:
        verdict = "The fit follows the data closely."
    elif mixture.misfit <= FAIR:
        verdict = "The fit follows the data fairly; take its estimates as rough ones."
    else:
        verdict = "The fit does not follow the data: trust the histogram and your eyes, not it."
    return (
        f"**Goodness of fit**: {percent(mixture.misfit)} of the images ({count(moved)}) would have "
        f"to be misclassified in some other number of epochs for the bars to equal the fitted "
        f"curve. {verdict}"
    )


def bic_sentence(mixture: WeibullMixture) -> str:
    """Say whether there are two kinds, by the Bayesian information criterion."""
    gain = mixture.bic_one_component - mixture.bic
    if gain > BIC_CLEAR:
        verdict = (
            "two kinds of images explain the data clearly better than one. That alone does not "
            "prove wrong labels: clean images are not exactly Weibull, so BIC nearly always says so"
        )
    elif gain > 0:
        verdict = (
            "two kinds explain the data hardly better than one, which does not prove that no label "
            "is wrong"
        )
    else:
        verdict = "one kind explains the data just as well; the second may be an artefact"
    return (
        f"**One kind or two** (BIC {mixture.bic:,.0f} against {mixture.bic_one_component:,.0f} "
        f"with one component, lower is better): {verdict}."
    )


def _searched(view: RoundView) -> str:
    mixture, draws = view.selection.mixture, view.draws
    if mixture is None:
        return ""
    text = f"**Search**: the fit {'converged' if mixture.converged else 'did **not** converge'}"
    if draws is not None:
        text += (
            f"; of {len(draws.hard_share_B)} refits to resampled images "
            f"{percent(draws.converged_share, 0)} did"
        )
    if mixture.hard_share > NOTABLE:
        text += (
            f". {percent(mixture.hard_share)} of the clean component are hard images that stay "
            "misclassified far longer than their kind"
        )
    return f"{text}."


def _epochs(median: float, n_epochs: int) -> str:
    if median >= n_epochs:
        return f"all {n_epochs} epochs"
    return f"at most {max(0, round(median))} of {n_epochs} epochs"
