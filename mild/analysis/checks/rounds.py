"""What spot checks say of every finished round, in the place of what its fit guesses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mild.analysis.checks.sides import n_instances, sides_of_round
from mild.analysis.checks.spot_checks import checked
from mild.analysis.rounds.estimates import Guess, Guesses
from mild.analysis.rounds.side_by_side import RoundsView
from mild.core.spot_check import Measured, SpotCheck
from mild.store.review.checks import checks
from mild.store.run import Run


def with_checks(run: Run, view: RoundsView) -> RoundsView:
    """Put measured shares into the rounds where people checked images."""
    if not checks(run.folder).answers:
        return view
    found = _measured(run, [item.record.round for item in view.outcomes])
    if not any(found):
        return view
    outcomes = tuple(
        replace(item, guesses=guesses) for item, guesses in zip(view.outcomes, found, strict=True)
    )
    return replace(view, outcomes=outcomes, measured=True)


def _measured(run: Run, numbers: list[int]) -> list[Guesses | None]:
    """Measure each round as its guesses are: what earlier rounds flagged stays flagged.

    The noise rate is of what the round judged, precision and recall of the whole training set.
    """
    found: list[Guesses | None] = []
    flagged_A = np.zeros(n_instances(run), dtype=bool)
    for number in numbers:
        own = sides_of_round(run, number)
        if own is None:
            found.append(None)
            continue
        flagged_A = (flagged_A | own.flagged_A) & ~own.kept_A
        here = checked(run, own.kept_A, own.flagged_A)
        whole = checked(run, own.kept_A, flagged_A)
        found.append(None if here is None or whole is None else _guesses(here, whole))
    return found


def _guesses(here: SpotCheck, whole: SpotCheck) -> Guesses:
    return Guesses(
        noise_rate=_guess(here.noise_rate),
        precision=_guess(whole.precision),
        recall=_guess(whole.recall),
    )


def _guess(figure: Measured) -> Guess:
    return Guess(share=figure.value, between=(figure.low, figure.high))
