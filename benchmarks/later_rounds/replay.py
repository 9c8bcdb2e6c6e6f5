"""A run replayed: who is flagged in the end, if later rounds may flag so and so many.

The network of a third round was trained on what the second one really kept, so only two rounds are
replayed exactly. Axes: A instances of the training set by index, N of a round by slot, P planted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.before import left_by
from mild.analysis.rounds.select_round import select_round, separation_of
from mild.core.dynamics import misclassified_counts
from mild.core.dynamics.refined import mean_of_epochs
from mild.core.planted.never_shown import flagged_share, judge_planted, no_more_than_others
from mild.core.selection import select
from mild.core.selection.left import cut_for_most
from mild.store.run import Run
from mild.store.schema import RoundRecord

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Bound = Callable[[Run, RoundRecord, int, int], int | None]
"""From a run, its first record, a later round and what is flagged so far to the most to flag."""


def first_round(run: Run, given_A: IntArray) -> RoundRecord:
    """Return the record of round 1, with whether it can tell as it would be judged today."""
    record, told = run.rounds()[0], separation_of(run, 0)
    if told is None:
        return record
    settings = run.config().selection
    trust = select_round(run, 0, settings, told=told, given_A=given_A).trust
    return record if trust is None else replace(record, can_tell=trust.can_tell)


def _none(run: Run, first: RoundRecord, number: int, n_flagged: int) -> int | None:
    return 0


def _any(run: Run, first: RoundRecord, number: int, n_flagged: int) -> int | None:
    return None


def _expected(run: Run, first: RoundRecord, number: int, n_flagged: int) -> int | None:
    """Bound a round as the product does."""
    n = len(run.index(0))
    left = left_by(first, n, n - n_flagged)
    return None if left is None else int(left.expected)


def _upper(run: Run, first: RoundRecord, number: int, n_flagged: int) -> int | None:
    """Bound a round by the upper end of round 1's interval."""
    high = first.noise_rate_high
    return None if high is None else max(0, int(high * len(run.index(0)) - n_flagged))


def _by_its_own(run: Run, first: RoundRecord, number: int, n_flagged: int) -> int | None:
    """Bound a round by what a fit anchored to the labels planted in it would flag."""
    status_EK, n = run.status(number), len(run.index(number))
    planted_N = run.planted(number).mask(n)
    if not planted_N.any():
        return None
    mean_loss_N = mean_of_epochs(run.losses(number))
    counts_N = misclassified_counts(status_EK, n)
    return select(counts_N, len(status_EK), mean_loss_N=mean_loss_N, planted_N=planted_N).n_flagged


WAYS: dict[str, Bound] = {
    "round 1 alone": _none,
    "free": _any,
    "upper end": _upper,
    "planted in it": _by_its_own,
    "bounded": _expected,
}


def flagged_in_the_end(
    run: Run, first: RoundRecord, n_rounds: int, bound: Bound, given_A: IntArray
) -> BoolArray:
    """Replay the first rounds of a run whose later rounds were free; shape (A,), True if flagged.

    What the last of them planted and no round judged is flagged as the product does it.
    """
    flagged_A, judged_A = np.zeros((2, len(given_A)), dtype=bool)
    for number in range(n_rounds):
        selection, index_N = run.selection(number), run.index(number)
        planted_N, score_N = selection["planted"], selection["score"]
        kept_N = selection["kept"] | planted_N
        most = bound(run, first, number, int(flagged_A.sum())) if number else None
        if most is not None:
            cut = cut_for_most(score_N[~planted_N], float(selection["cut"]), most, np.inf)
            kept_N = (score_N < cut) | planted_N
        flagged_A[index_N[~kept_N]] = True
        judged_A[index_N[~planted_N]] = True
    planted = run.planted(number)
    index_P = index_N[planted.slot_P]
    asked_P = ~judged_A[index_P]
    index_P, slot_P = index_P[asked_P], planted.slot_P[asked_P]
    if len(index_P):
        predictions_EP = np.asarray(run.predictions(number)[:, slot_P])
        opinion = judge_planted(predictions_EP, given_A[index_P], planted.label_P[asked_P])
        share = flagged_share(kept_N, planted_N)
        flagged_A[index_P] = no_more_than_others(opinion.flagged_N, opinion.score_N, share)
    return flagged_A
