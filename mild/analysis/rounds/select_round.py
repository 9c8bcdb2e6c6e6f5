"""The selection of a round, worked out from its committed epochs: at its end, or on a page.

Axes: N instances of the round by slot, E epochs, K bytes of packed status.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.before import before_round
from mild.config import SelectionConfig
from mild.core.dynamics import misclassified_counts
from mild.core.dynamics.refined import mean_of_epochs
from mild.core.planted.flips import MixedUp, search_flips
from mild.core.planted.separation import Separation, separation
from mild.core.selection import Selection, select
from mild.store.run import Run

LOOKED_AT = 50_000
"""Of more instances, evenly spaced ones are asked what they were taken for."""


def select_round(
    run: Run,
    number: int,
    settings: SelectionConfig,
    *,
    n_epochs: int | None = None,
    per_class: bool = False,
    told: Separation | None = None,
    given_A: npt.NDArray[Any] | None = None,
) -> Selection:
    """Select among the instances of a round, as if it had stopped after the first epochs.

    Parameters
    ----------
    number
        The round, counted from 0.
    n_epochs
        Count over the first so many epochs; all that are committed when None.
    told
        From `separation_of`, to look whether whole classes are flipped, which changes no cut, only
        the trust in it; not looked at when None.
    given_A
        Given labels of the training set; read from the run when None.
    """
    status_EK, losses_EN = run.status(number)[:n_epochs], run.losses(number)[:n_epochs]
    index_N = run.index(number)
    planted_N = run.planted(number).mask(len(index_N))
    given_N = (run.instances().given_N if given_A is None else given_A)[index_N]
    class_names = run.facts().get("class_names", ())
    return select(
        misclassified_counts(status_EK, len(index_N)),
        len(status_EK),
        mean_loss_N=mean_of_epochs(losses_EN),
        planted_N=planted_N,
        before=before_round(run, number, settings),
        flips=_flips(run, number, told, planted_N, given_N),
        n_classes=len(class_names) or None,
        class_names=class_names,
        given_N=given_N,
        per_class=per_class,
        rule=settings.made_rule().within(len(status_EK)),
    )


def separation_of(run: Run, number: int, *, n_epochs: int | None = None) -> Separation | None:
    """Measure how well planted labels are told after each epoch; None where nothing was planted."""
    planted_N = run.planted(number).mask(len(run.index(number)))
    return separation(run.status(number)[:n_epochs], run.losses(number)[:n_epochs], planted_N)


def _flips(
    run: Run,
    number: int,
    told: Separation | None,
    planted_N: npt.NDArray[np.bool_],
    given_N: npt.NDArray[Any],
) -> tuple[MixedUp, ...]:
    if told is None or number > 0:  # later rounds anchor nothing, so there is no trust to qualify
        return ()
    return search_flips(
        run.predictions(number), given_N, planted_N, told.best_epochs, most=LOOKED_AT
    )
