"""What a spot check measured, in plain words for pages, reports and commands."""

from __future__ import annotations

import math

from mild.core.spot_check import Measured, SpotCheck
from mild.scale import scale_of
from mild.words import count, percent

TITLES = {
    "noise_rate": ("wrong labels", "share of all images whose label is wrong"),
    "precision": ("precision of kept", "share of the kept images whose label is right"),
    "recall": ("recall of clean", "share of the images with a right label that are kept"),
    "f1_flagged": ("F1 of flagged", "how well the flagged images are the ones with wrong labels"),
}


def value(name: str, figure: Measured, *, rough: bool = False) -> str:
    """Return a figure of `TITLES`; a dash if unknown."""
    scale = scale_of(name)
    return (scale.rough if rough else scale.write)(figure.value)


def within(name: str, figure: Measured) -> str:
    """Return the interval of a figure in parentheses; nothing where it is unknown."""
    return scale_of(name).between((figure.low, figure.high))


def measured(name: str, figure: Measured) -> str:
    """Return a figure of `TITLES` with its interval; a dash where nothing is known of it."""
    if math.isnan(figure.value):
        return "–"
    return value(name, figure) + within(name, figure)


def headline(check: SpotCheck) -> str:
    """Say the figures in one sentence."""
    figures = ", ".join(
        f"{title} {measured(name, getattr(check, name))}" for name, (title, _) in TITLES.items()
    )
    return f"Measured by {count(check.n_checked)} checked images: {figures}."


def disagreement(check: SpotCheck, noise_rate: float) -> str:
    """Say where the fit and the measurement contradict each other."""
    return (
        f"The fit estimates {percent(noise_rate)} wrong labels, and the checked images say "
        f"{percent(check.noise_rate.low)} to {percent(check.noise_rate.high)}. Trust the checked "
        "images: they were looked at, the fit rests on assumptions."
    )
