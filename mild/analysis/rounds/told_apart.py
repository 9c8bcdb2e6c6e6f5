"""How well planted labels are told from the others so far: the number that says "enough"."""

from __future__ import annotations

from dataclasses import dataclass

from mild.analysis.rounds.select_round import select_round, separation_of
from mild.core.arrays import FloatArray
from mild.core.selection.trust import MIN_SEPARATION
from mild.store.run import Run

FEW_EPOCHS = 3
"""In the first epochs everybody is misclassified, so nothing is said of them."""
NOTABLE = 0.005
"""A change of AUROC that is more than the draw of the planted instances makes."""
LATE_SHARE = 0.75


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldApart:
    """Planted against clean instances, had the round stopped now."""

    auroc: float
    """Corrected for the mislabeled ones among the others, as the anchored fit has it."""
    enough: bool
    """Whether a cut is more than a guess."""
    words: str
    """Whether it is enough, and whether more epochs help."""


def told_apart(run: Run, number: int, n_epochs: int) -> ToldApart | None:
    """Tell how far apart a round has them after its first epochs; None while it is too early.

    The figure is that of the selection of the same epochs. None as well where nothing was planted,
    and in later rounds, where planted labels calibrate nothing.
    """
    if n_epochs < FEW_EPOCHS:
        return None
    fit = select_round(run, number, run.config().selection, n_epochs=n_epochs).anchored
    told = separation_of(run, number, n_epochs=n_epochs)
    if fit is None or told is None:
        return None
    n_classes = len(run.facts().get("class_names", ())) or None
    return judged(
        told.corrected(fit.noise_rate, n_classes),
        fit.separation,
        best_epochs=told.best_epochs,
        n_epochs=n_epochs,
        n_asked=run.config().rounds[number].epochs,
    )


def judged(
    auroc_S: FloatArray, now: float, *, best_epochs: int, n_epochs: int, n_asked: int
) -> ToldApart:
    """Say what a person who watches a round should know.

    Parameters
    ----------
    auroc_S
        Shape (S,), corrected, at rising numbers of epochs.
    now
        The last of them, of all instances.
    best_epochs
        After how many epochs it was highest.
    """
    enough, best = now >= MIN_SEPARATION, float(auroc_S.max())
    before = float(auroc_S[max(0, int(LATE_SHARE * len(auroc_S)) - 1)])
    if now < best - NOTABLE and best_epochs < LATE_SHARE * n_epochs:
        words = f"best after {best_epochs} epochs: fewer would do"
    elif not enough:
        words = "not enough yet" if n_epochs < n_asked else "too little: more epochs may help"
    elif float(auroc_S[-1]) > before + NOTABLE:
        words = "enough, and still rising"
    else:
        words = "enough"
    return ToldApart(auroc=now, enough=enough, words=words)
