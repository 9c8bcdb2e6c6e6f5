"""What the selection page looks at: a round, the first so many epochs, one cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mild.analysis.checks.sides import Sides, sides_of_round
from mild.analysis.rounds.round_view import RoundView
from mild.analysis.trust.gather import trust_in_view
from mild.analysis.trust.weigh import TrustNote
from mild.core.spot_check import SpotCheck
from mild.store.run import Run
from mild.ui.spot_check import measured_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One cut of a round, and what is known of it."""

    run: Run
    number: int
    """The round, counted from 0."""
    recorded: int
    """Epochs on record; `view` may count fewer."""
    view: RoundView
    cut: float
    take: Callable[[float], None]
    """Moves the cut."""
    sides: Sides | None
    """None before the round has its selection, and where fewer epochs are counted."""
    measured: SpotCheck | None
    trust: TrustNote

    @property
    def whole(self) -> bool:
        """Whether every epoch on record is counted."""
        return self.view.n_epochs == self.recorded


def look_at(
    run: Run, number: int, recorded: int, view: RoundView, cut: float, take: Callable[[float], None]
) -> Look:
    """Gather what is known of a cut."""
    sides = None
    if view.n_epochs == recorded:
        sides = sides_of_round(run, number, None if cut == view.selection.cut else cut)
    measured = measured_at(run, sides)
    return Look(
        run=run,
        number=number,
        recorded=recorded,
        view=view,
        cut=cut,
        take=take,
        sides=sides,
        measured=measured,
        trust=trust_in_view(run, number, view, check=measured),
    )
