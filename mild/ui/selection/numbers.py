"""What a cut keeps and flags, and how good that is: true, measured or estimated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st

from mild.core.selection import Selection
from mild.core.spot_check import Measured
from mild.scale import scale_of
from mild.ui.said import said
from mild.ui.selection.look import Look
from mild.ui.words import count, percent, plain

WIDTH = 140
"""Pixels; two stand side by side on a telephone."""

_SCORES = (
    ("Precision of kept", "precision", "Share of the kept images whose label is right"),
    ("Recall of clean", "recall", "Share of the images with a right label that are kept"),
    ("F1 of flagged", "f1_flagged", "How well the flagged images are the mislabeled ones"),
)
_BY_FIT = (
    "An estimate comes from the fit alone, with the interval of 95 % of its refits to "
    "resampled images. Where the fit is wrong, so is the estimate."
)
_BY_ROUND_1 = (
    "An estimate comes from the fit, held to as many wrong labels as those planted in round 1 "
    "leave, with a 95 % interval."
)
_BY_PLANTED = (
    "An estimate comes from what became of the planted labels, which are known to be "
    "wrong, with its 95 % interval."
)


@dataclass(frozen=True, slots=True)
class _Figure:
    value: str
    note: str


def show(look: Look) -> None:
    """Show five figures that wrap, and what they rest on."""
    view, cut = look.view, look.cut
    kept, flagged = view.kept(cut), view.n - view.kept(cut)
    with st.container(horizontal=True, gap="small"):
        _metric("Kept", _Figure(count(kept), percent(kept / view.n)))
        _metric("Flagged", _Figure(count(flagged), percent(flagged / view.n)))
        for title, name, help_ in _SCORES:
            _metric(title, _score(look, name), said(f"{help_}. {_how(view.selection)}"))
    if words := _rests_on(look):
        st.caption(words)
    note = view.selection.note
    if note and note != view.selection.trust.reason:
        st.info(plain(note))


def _how(selection: Selection) -> str:
    if selection.anchored is not None:
        return _BY_PLANTED
    return _BY_FIT if selection.left is None else _BY_ROUND_1


def _metric(title: str, figure: _Figure, help_: str | None = None) -> None:
    st.metric(
        title, figure.value, figure.note, "off", delta_arrow="off", help=help_, width=WIDTH
    )  # fmt: skip


def _score(look: Look, name: str) -> _Figure:
    """Choose the truth where it is known, else what people measured, else the estimate."""
    estimate, truth = look.view.estimate(look.cut), look.view.truth(look.cut)
    scale = scale_of(name)
    guess = getattr(estimate, name) if estimate else None
    low_high = getattr(estimate, f"{name}_interval") if estimate else None
    if truth is not None:
        known = guess is not None and not math.isnan(guess)
        note = (
            f"estimated {scale.write(guess)}{scale.between(low_high)}" if known else "no estimate"
        )
        return _Figure(scale.write(getattr(truth, name)), note)
    if look.measured is not None:
        found: Measured = getattr(look.measured, name)
        if not math.isnan(found.value):
            return _Figure(
                scale.write(found.value), f"measured{scale.between((found.low, found.high))}"
            )
    if not look.trust.estimates:
        return _Figure("–", "no estimate")
    if look.trust.ranges and low_high is not None:
        return _Figure(scale.span(low_high), "estimated")
    return _Figure(scale.write(guess), f"estimated{scale.between(low_high)}")


def _rests_on(look: Look) -> str:
    if look.view.truth_known or look.measured is not None:
        return ""
    if not look.trust.estimates:
        return (
            "Clean labels are unknown here, and planted labels cannot imitate whole classes that "
            "are mixed up: how many labels are wrong, and how good this cut is, is not known."
        )
    fit = look.view.selection.anchored
    rests = f" to {count(fit.n_planted)} planted labels" if fit else ""
    if look.view.selection.left is not None:
        rests = ", held to what the labels planted in round 1 leave"
    if rests:
        rests += ", which are wrong at random; mistakes of people are harder to find"
    return (
        "Clean labels are unknown here: precision, recall and F1 are estimates from the fit"
        f"{rests}."
    )
