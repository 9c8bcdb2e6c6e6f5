"""What a fit says and how far to trust it, in words."""

from __future__ import annotations

import streamlit as st

from mild.analysis.rounds.round_view import RoundView
from mild.core.mixture.value import WeibullMixture
from mild.core.selection import Selection
from mild.ui.words import count, interval, percent

CLOSE, FAIR = 0.05, 0.15
"""Misfits up to which a fit follows the data closely, and fairly."""
NOTABLE = 0.001
WIDE = 0.1
"""An interval of the noise rate beyond which one figure would say too much."""
FEWER = 0.75
BIC_CLEAR = 10.0
"""A difference of BIC above which the better model is better beyond doubt."""


def describe_fit(view: RoundView) -> None:
    """Noise rate, the two kinds, goodness of fit, and whether two kinds are better than one."""
    mixture = view.selection.mixture
    if mixture is None:
        return
    st.markdown(noise_sentence(view))
    with st.expander("How far can the fit be trusted?", icon=":material/fact_check:"):
        lines = [
            separated_sentence(view), misfit_sentence(mixture), bic_sentence(mixture),
            _searched(view),
        ]  # fmt: skip
        st.markdown("\n".join(f"- {line}" for line in lines if line))


def noise_sentence(view: RoundView) -> str:
    """The estimated share of mislabeled images, the true one where known, and both medians."""
    mixture, selection = view.selection.mixture, view.selection
    if mixture is None:
        return ""
    estimate = view.estimate(selection.cut)
    between = interval(estimate.noise_rate_interval) if estimate else ""
    known = ""
    if view.noise_rate is not None:
        known = f" In truth it is {percent(view.noise_rate)}."
    return (
        f"{_share(selection, between)}.{known} "
        f"By the fit, half of the clean images are misclassified in "
        f"{_epochs(mixture.median[0], view.n_epochs)}, half of the mislabeled ones in "
        f"{_epochs(mixture.median[1], view.n_epochs)}."
    )


def _share(selection: Selection, between: str) -> str:
    """The noise rate and what it rests on; a range alone where it is a wide one."""
    fit, rate = selection.anchored, selection.noise_rate_estimate
    if fit is None:
        words = f"The fit puts the share of mislabeled images at **{percent(rate)}**"
        return f"{words} (95 % interval {between})" if between else words
    words = f"By {count(fit.n_planted)} planted labels, the share of mislabeled images is"
    low, high = fit.noise_rate_interval
    if high - low > WIDE or not selection.trust.can_tell:
        return f"{words} between **{percent(low, 0)} and {percent(high, 0)}** (95 % interval)"
    return f"{words} **{percent(rate)}** (95 % interval {between})"


def separated_sentence(view: RoundView) -> str:
    """After which epoch planted labels were told best, and what to do about it."""
    best, n_epochs = view.separated_best, view.n_epochs
    if best is None:
        return ""
    text = f"**Epochs**: planted labels were told best after epoch {best} of {n_epochs}"
    if best < FEWER * n_epochs:
        return f"{text}: fewer epochs would do."
    if best >= n_epochs - 1:
        return f"{text}: more epochs may help."
    return f"{text}."


def misfit_sentence(mixture: WeibullMixture) -> str:
    """Goodness of fit as an amount that a person can imagine."""
    moved = round(mixture.misfit * mixture.n_instances)
    if mixture.misfit <= CLOSE:
        verdict = "The fit follows the data closely."
    elif mixture.misfit <= FAIR:
        verdict = "The fit follows the data fairly; read its estimates as rough ones."
    else:
        verdict = "The fit does not follow the data: trust the histogram and your eyes, not it."
    return (
        f"**Goodness of fit**: {percent(mixture.misfit)} of the images ({count(moved)}) would have "
        f"to be misclassified in some other number of epochs for the bars to equal the fitted "
        f"curve. {verdict}"
    )


def bic_sentence(mixture: WeibullMixture) -> str:
    """Are there two kinds? By the Bayesian information criterion, lower is better."""
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
        verdict = "one kind explains the data as well; the second may be made up by the fit"
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
