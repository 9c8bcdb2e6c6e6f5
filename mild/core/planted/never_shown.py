"""A verdict on instances that no network was taught the given label of, by what it took them for.

The count of misclassified epochs tells nothing of them: what is never trained on is never
memorized. The network's own opinion does, for no wrong label of theirs could spoil it.
Legend: E epochs, N instances, B instances of a block, C classes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, IntArray
from mild.core.dynamics.predictions import BLOCK, votes


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkOpinion:
    """What a network thinks of instances it did not learn the given label of; shapes (N,)."""

    flagged_N: BoolArray
    """Whether it took the instance most often for another class than its given label; of equally
    frequent ones the lowest counts."""
    suggested_N: NDArray[np.int64]
    """The class it took the instance for most often other than its given label; the given label
    where it never took it for another."""
    score_N: FloatArray
    """Share of epochs in which it agreed with the given label, 0 to 1; lower means more likely
    wrong."""


def judge_held_out(predictions_EN: IntArray, given_N: IntArray) -> NetworkOpinion:
    """Judge instances that were held out, by the second half of a round's epochs.

    In the first half the network knows too little to have an opinion.

    Parameters
    ----------
    predictions_EN
        Shape (E, N), labels predicted after each epoch; may be a memory map.
    given_N
        Shape (N,), given labels.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no epoch.

    Examples
    --------
    >>> opinion = judge_held_out(np.array([[2, 2], [0, 1], [0, 1], [1, 1]]), np.array([0, 0]))
    >>> opinion.flagged_N.tolist(), opinion.suggested_N.tolist(), opinion.score_N.tolist()
    ([False, True], [1, 1], [0.5, 0.0])
    """
    _check(predictions_EN, given_N)
    return _judge(predictions_EN[len(predictions_EN) // 2 :], given_N, None)


def judge_planted(
    predictions_EN: IntArray, given_N: IntArray, planted_N: IntArray
) -> NetworkOpinion:
    """Judge instances that were trained on with a planted label, in place of their given one.

    Epochs that predicted the planted label say only that it was learned, so they do not count. Of
    the others there may be few, or none; the score is their share for the given label with one more
    for and one more against, so that a single epoch is not taken for certainty.

    Parameters
    ----------
    predictions_EN
        Shape (E, N), labels predicted in each epoch; may be a memory map.
    given_N, planted_N
        Shape (N,), given labels, and the labels trained on, which differ from them.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no epoch.

    Examples
    --------
    >>> taken_for = np.array([[0, 2], [1, 1], [1, 2]])
    >>> opinion = judge_planted(taken_for, np.array([0, 0]), np.array([1, 1]))
    >>> opinion.flagged_N.tolist(), opinion.suggested_N.tolist()
    ([False, True], [0, 2])
    """
    _check(predictions_EN, given_N)
    return _judge(predictions_EN, given_N, planted_N)


def no_more_than_others(flagged_N: BoolArray, score_N: FloatArray, share: float) -> BoolArray:
    """Flag of planted instances no larger share than was flagged of all others, the worst first.

    A network that never saw the given label is wrong about many that are hard: of 5,000 photographs
    without a wrong label, 6 were flagged, and by opinion alone 51 of the 150 planted ones.

    Parameters
    ----------
    flagged_N, score_N
        Shape (N,), from `judge_planted`.
    share
        Of the others that is flagged, 0 to 1.

    Examples
    --------
    >>> flagged = np.array([True, True, False, True])
    >>> no_more_than_others(flagged, np.array([0.2, 0.1, 0.9, 0.3]), 0.5).tolist()
    [True, True, False, False]
    """
    slots = np.flatnonzero(flagged_N)
    worst_first = slots[np.argsort(score_N[slots], kind="stable")]
    found_N = np.zeros(len(flagged_N), dtype=np.bool_)
    found_N[worst_first[: round(share * len(flagged_N))]] = True
    return found_N


def flagged_share(kept_N: BoolArray, planted_N: BoolArray) -> float:
    """Return what a round flagged of all that it judged, which are not the planted ones."""
    judged_N = ~planted_N
    return float(1.0 - kept_N[judged_N].mean()) if judged_N.any() else 0.0


def _judge(
    predictions_EN: IntArray, given_N: IntArray, planted_N: IntArray | None
) -> NetworkOpinion:
    n, prior = len(given_N), 0 if planted_N is None else 1
    flagged_N, suggested_N = np.zeros(n, dtype=np.bool_), np.array(given_N, dtype=np.int64)
    score_N = np.zeros(n)
    for start in range(0, n, BLOCK):
        block = slice(start, min(start + BLOCK, n))
        given_B = suggested_N[block].copy()
        taught_B = given_B if planted_N is None else np.asarray(planted_N[block])
        votes_BC = votes(predictions_EN[:, block], given_B, taught_B)
        rows_B = np.arange(len(given_B))
        if planted_N is not None:
            votes_BC[rows_B, taught_B] = 0
        for_B = votes_BC[rows_B, given_B].copy()
        score_N[block] = (for_B + prior) / (votes_BC.sum(axis=1) + 2 * prior)
        votes_BC[rows_B, given_B] = 0
        other_B = votes_BC.argmax(axis=1)
        against_B = votes_BC[rows_B, other_B]
        suggested_N[block] = np.where(against_B > 0, other_B, given_B)
        # Of equally frequent ones, held-out instances keep their given label, and planted ones the
        # lowest, as the selection has it that they were judged by.
        lower_B = (planted_N is not None) & (other_B < given_B) & (against_B > 0)
        flagged_N[block] = (against_B > for_B) | ((against_B == for_B) & lower_B)
    return NetworkOpinion(flagged_N=flagged_N, suggested_N=suggested_N, score_N=score_N)


def _check(predictions_EN: IntArray, given_N: IntArray) -> None:
    if predictions_EN.ndim != 2 or predictions_EN.shape[1] != len(given_N):
        raise ValueError(
            f"predictions have shape {predictions_EN.shape}; with {len(given_N)} given labels "
            "they must have one column per instance"
        )
    if not len(predictions_EN):
        raise ValueError("there is no epoch to judge by; give one or more")
