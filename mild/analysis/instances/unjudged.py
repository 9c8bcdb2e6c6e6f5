"""What becomes of the instances planted in a run's last round, which no later round judges.

Axes: N instances of the round by slot, P planted ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mild.core.planted.never_shown import flagged_share, judge_planted, no_more_than_others
from mild.core.planted.planting import never_judged
from mild.store.run import Run

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


def kept_of_planted(run: Run, number: int, given_A: IntArray) -> BoolArray:
    """Return who of those planted in the last round, counted from 0, is kept; shape (P,).

    One that an earlier round judged was kept there, or it would not be trained on. Of the others,
    those that the network, which never saw their given label, took for it rather than for another
    class; and no larger share of them is dropped than of those that the round judged.
    """
    planted = run.planted(number)
    index_P = run.index(number)[planted.slot_P]
    undecided = never_judged(
        [run.index(k)[run.planted(k).slot_P] for k in range(number)] + [index_P]
    )
    kept_P = np.ones(len(planted), dtype=bool)
    asked_P = np.isin(index_P, undecided)
    if asked_P.any():
        slot_P, label_P = planted.slot_P[asked_P], planted.label_P[asked_P]
        predictions_EP = np.asarray(run.predictions(number)[:, slot_P])
        opinion = judge_planted(predictions_EP, given_A[index_P[asked_P]], label_P)
        kept_N = run.selection(number)["kept"]
        share = flagged_share(kept_N, planted.mask(len(kept_N)))
        kept_P[asked_P] = ~no_more_than_others(opinion.flagged_N, opinion.score_N, share)
    return kept_P


def trained_on_next(run: Run, number: int) -> IntArray:
    """Return by index what the next round trains on: what is kept, and what was planted."""
    index_N = run.index(number)
    stays_N = run.selection(number)["kept"] | run.planted(number).mask(len(index_N))
    return np.asarray(index_N[stays_N])


def kept_in_the_end(run: Run, number: int, given_A: IntArray) -> IntArray:
    """Return by index what is left after the last round: what is kept, planted ones as well."""
    index_N, planted = run.index(number), run.planted(number)
    stays_N = np.array(run.selection(number)["kept"])
    stays_N[planted.slot_P] = kept_of_planted(run, number, given_A)
    return np.asarray(index_N[stays_N])
