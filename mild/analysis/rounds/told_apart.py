"""How well planted labels are told from the others, and whether more epochs help, in words."""

from __future__ import annotations

from mild.analysis.rounds.select_round import separation_of
from mild.core.planted.separation import Separation
from mild.core.selection.trust import MIN_SEPARATION, figure
from mild.store.run import Run

FEW_EPOCHS = 3
"""In the first epochs everybody is misclassified, so nothing is said of them."""
NOTABLE = 0.005
"""A change of AUROC that is more than the draw of the planted instances makes."""
LATE_SHARE = 0.75


def told_apart_words(told: Separation, n_epochs_asked: int, noise_rate: float = 0.0) -> str:
    """Say what a person who watches a round should know; '' while it is too early.

    Parameters
    ----------
    told
        Of the epochs so far.
    noise_rate
        Of the others, where the round has its estimate: they are partly mislabeled themselves.
    """
    n_epochs = int(told.epochs[-1])
    if n_epochs < FEW_EPOCHS:
        return ""
    auroc = told.corrected(noise_rate)
    now, best = float(auroc[-1]), float(auroc.max())
    text = f"The planted labels are told from the others by {figure(now)} (AUROC)"
    if now < best - NOTABLE and told.best_epochs < LATE_SHARE * n_epochs:
        return (
            f"{text}; it was {figure(best)} after {told.best_epochs} epochs: they are being "
            "memorized, so fewer epochs would do."
        )
    if now < MIN_SEPARATION:
        more = "not enough to select yet." if n_epochs < n_epochs_asked else "too little to select."
        return f"{text}: {more} More epochs may help."
    before = float(auroc[max(0, int(LATE_SHARE * len(auroc)) - 1)])
    if now > before + NOTABLE:
        return f"{text}: enough to select, and still rising: more epochs help."
    return f"{text}: enough to select."


def told_apart(run: Run, number: int, n_epochs: int) -> str:
    """Say how well the planted labels of a round are told from the others so far."""
    told = separation_of(run, number, n_epochs=n_epochs)
    if told is None:
        return ""
    estimates = [item.noise_rate_estimate for item in run.rounds() if item.round == number]
    return told_apart_words(
        told, run.config().rounds[number].epochs, (estimates or [0.0])[0] or 0.0
    )
