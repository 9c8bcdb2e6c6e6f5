"""What a spot check measured, in plain words for pages, reports and commands."""

from __future__ import annotations

import math

from mild.core.spot_check import Measured, SpotCheck
from mild.words import between, count, percent

TITLES = {
    "noise_rate": ("wrong labels", "share of all images whose label is wrong"),
    "precision": ("kept that is clean", "share of the kept images whose label is right"),
    "recall": ("clean that is kept", "share of the images with a right label that are kept"),
    "f1_flagged": ("F1 of flagged", "how well the flagged images are the ones with wrong labels"),
}


def share(figure: Measured) -> str:
    """Return a measured share with its interval; a dash where nothing is known of it."""
    if math.isnan(figure.value):
        return "–"
    return percent(figure.value) + between((figure.low, figure.high))


def images(n: int) -> str:
    """Say so many images."""
    return f"{count(n)} image" if n == 1 else f"{count(n)} images"


def headline(check: SpotCheck) -> str:
    """Say the figures in one sentence."""
    figures = ", ".join(
        f"{title} {share(getattr(check, name))}" for name, (title, _) in TITLES.items()
    )
    return f"Measured by {count(check.n_checked)} checked images: {figures}."


def disagreement(check: SpotCheck, noise_rate: float) -> str:
    """Say where the fit and the measurement contradict each other."""
    return (
        f"The fit estimates {percent(noise_rate)} wrong labels, and the checked images say "
        f"{percent(check.noise_rate.low)} to {percent(check.noise_rate.high)}. Trust the checked "
        "images: they were looked at, the fit rests on assumptions."
    )
