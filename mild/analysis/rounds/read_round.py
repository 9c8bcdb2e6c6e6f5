"""Read a round of a run, select among its instances, and view it at every cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mild.analysis.rounds.round_view import BoolArray, RoundView, make_view
from mild.analysis.rounds.select_round import select_round, separation_of
from mild.core.dynamics import counts_to_cells
from mild.core.mixture.bootstrap import bootstrap
from mild.store.run import Run

DRAWS = 200


def read_round(run: Run, number: int, n_epochs: int, right_N: BoolArray | None) -> RoundView:
    """View a round as if it had stopped after the first `n_epochs`.

    `right_N` tells by slot whether the given label is the clean one; None where that is unknown.
    """
    told = separation_of(run, number, n_epochs=n_epochs)
    selection = select_round(run, number, run.config().selection, n_epochs=n_epochs, told=told)
    assert selection.score_N is not None
    planted_N = run.planted(number).mask(len(selection.score_N))
    slot_M = np.flatnonzero(~planted_N)
    planted_by_count = draws = None
    if planted_N.any():
        counts = np.floor(selection.score_N[planted_N]).astype(np.int64)
        planted_by_count = counts_to_cells(counts, n_epochs)
    view = make_view(
        selection.score_N[slot_M],
        None if right_N is None else right_N[slot_M],
        selection,
        slot_N=slot_M,
        planted_by_count=planted_by_count,
        separated_best=None if told is None else told.best_epochs,
    )
    if selection.mixture is not None and selection.anchored is None:
        draws = bootstrap(
            selection.mixture, view.n_by_count, rng=np.random.default_rng(0), n_draws=DRAWS
        )
    return replace(view, draws=draws)
