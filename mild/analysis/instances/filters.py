"""Which instances a person wants to look at, in which order, and how far the review is.

Legend: A instances of the training set by index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.measured import HELD_OUT, TRAIN, MeasuredInstances
from mild.store.review.decision import VERDICTS, Decision

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
CodeArray = npt.NDArray[np.uint8]

UNDECIDED = "undecided"
CHOICES = (UNDECIDED, *VERDICTS)
"""What a filter by decision offers; the place in it is the code of `verdict_codes`."""
PARTS = (TRAIN, HELD_OUT)
SORTS = {
    "suspicion": "Most suspicious first",
    "trust": "Least suspicious first",
    "loss": "Largest loss first",
    "margin": "Smallest margin first",
    "forgetting": "Most often forgotten first",
    "class": "By given label",
    "index": "As in the data set",
}
"""Name in the address -> what people read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """Which instances to show. An empty tuple lets everything through."""

    flagged: bool = True
    """Only those that a round dropped."""
    given: tuple[int, ...] = ()
    """Given labels."""
    taken: tuple[int, ...] = ()
    """Classes that the network took them for."""
    dropped: tuple[int, ...] = ()
    """Rounds that dropped them, counted from 0; -1 for the kept."""
    metric: tuple[int, int] | None = None
    """Lowest and highest metric, both included."""
    decision: tuple[str, ...] = ()
    """Of `CHOICES`."""
    part: str = ""
    """Of `PARTS`; empty lets both through."""
    sort: str = "suspicion"
    """Of `SORTS`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewProgress:
    """How far the review is."""

    n_flagged: int
    n_flagged_decided: int
    n_by_verdict: dict[str, int]
    """Over all instances, flagged or not."""


def matching(measured: MeasuredInstances, filters: Filters, code_A: CodeArray) -> IntArray:
    """Return the instances that pass every filter, in order; `code_A` from `verdict_codes`."""
    chosen_A = measured.flagged_A if filters.flagged else np.ones(measured.n, dtype=np.bool_)
    for wanted, values_A in (
        (filters.given, measured.given_A),
        (filters.taken, measured.suggested_A),
        (filters.dropped, measured.dropped_A),
        (tuple(CHOICES.index(item) for item in filters.decision), code_A),
    ):
        if wanted:
            chosen_A = chosen_A & np.isin(values_A, wanted)
    if filters.part:
        chosen_A = chosen_A & (measured.held_out_A == (filters.part == HELD_OUT))
    if filters.taken:
        chosen_A = chosen_A & (measured.suggested_A != measured.given_A)
    if filters.metric is not None:
        low, high = filters.metric
        chosen_A = chosen_A & (measured.metric_A >= low) & (measured.metric_A <= high)
    return _ordered(measured, np.flatnonzero(chosen_A), filters.sort)


def verdict_codes(n: int, decisions: Mapping[int, Decision | None]) -> CodeArray:
    """Return the place of each instance's decision in `CHOICES`, shape (A,)."""
    code_A = np.zeros(n, dtype=np.uint8)
    write_codes(code_A, decisions)
    return code_A


def write_codes(code_A: CodeArray, decisions: Mapping[int, Decision | None]) -> None:
    """Change the codes of these instances; None makes one undecided."""
    code_of = {verdict: code for code, verdict in enumerate(CHOICES)}
    for index, decision in decisions.items():
        if index < len(code_A):
            code_A[index] = code_of[decision.verdict] if decision else 0


def progress(measured: MeasuredInstances, code_A: CodeArray) -> ReviewProgress:
    """Count the decisions anew; quick at a million."""
    counts = np.bincount(code_A, minlength=len(CHOICES))
    flagged_A = measured.flagged_A
    return ReviewProgress(
        n_flagged=int(flagged_A.sum()),
        n_flagged_decided=int((code_A[flagged_A] > 0).sum()),
        n_by_verdict={verdict: int(counts[CHOICES.index(verdict)]) for verdict in VERDICTS},
    )


def to_suggestion(
    measured: MeasuredInstances, indices: Iterable[int]
) -> dict[int, Decision | None]:
    """Relabel each to what the network took it for; without those it never took for another."""
    return {
        index: Decision("relabel", int(measured.suggested_A[index]))
        for index in indices
        if measured.suggested_A[index] != measured.given_A[index]
    }


def _ordered(measured: MeasuredInstances, index_N: IntArray, sort: str) -> IntArray:
    """Sort equal ones by margin, then as in the data set; where there is no margin, last."""
    aum_N = measured.aum_A[index_N]
    keys = {
        "suspicion": (aum_N, measured.score_A[index_N]),
        "trust": (-aum_N, -measured.score_A[index_N]),
        "loss": (-measured.mean_loss_A[index_N],),
        "margin": (aum_N,),
        "forgetting": (aum_N, -measured.forgetting_events_A[index_N]),
        "class": (aum_N, measured.score_A[index_N], measured.given_A[index_N]),
        "index": (index_N,),
    }
    return np.asarray(index_N[np.lexsort(keys[sort])])
