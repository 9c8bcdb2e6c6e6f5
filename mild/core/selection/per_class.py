"""Select class by class: every given label with a cut of its own, where it has enough instances."""

from dataclasses import replace

import numpy as np

from mild.core.arrays import BoolArray, IntArray
from mild.core.dynamics.counts import counts_to_cells
from mild.core.selection.by_counts import select_counts
from mild.core.selection.by_planted import PlantedRound, select_planted
from mild.core.selection.rules import Rule
from mild.core.selection.selection import ClassCut, Selection

CLASS_MIN_INSTANCES = 50
"""Smaller classes take the cut of the whole set."""
CLASS_MIN_PLANTED = 30
"""So do classes with fewer planted instances, where any were planted."""
EMPTIED_SHARE = 0.1
"""A class that keeps a smaller share than this raises the alarm."""


def select_per_class(
    common: Selection,
    counts_N: IntArray,
    recorded: PlantedRound | None,
    given_N: IntArray,
    rule: Rule,
) -> Selection:
    """Cut every class by itself, on the common score."""
    score_N, planted_N = common.score_N, common.planted_N
    assert score_N is not None
    judged_N = np.ones(counts_N.shape, bool) if planted_N is None else ~planted_N
    kept_N = np.zeros(counts_N.shape, dtype=np.bool_)
    class_cuts = []
    for label in np.unique(given_N):
        member_N = (given_N == label) & judged_N
        cut, n = common.cut, int(member_N.sum())
        if n >= CLASS_MIN_INSTANCES and rule.fits_classes:
            members_N = member_N if recorded is None else given_N == label
            cut = _class_cut(common, counts_N, recorded, members_N, rule)
            if common.most is not None:  # what bounds the round bounds its classes
                cut = max(cut, common.cut)
        kept_N[member_N] = score_N[member_N] < cut
        n_kept = int(kept_N[member_N].sum())
        emptied = n_kept < EMPTIED_SHARE * n
        class_cuts.append(ClassCut(given=int(label), n=n, cut=cut, n_kept=n_kept, emptied=emptied))
    return with_kept(common, kept_N=kept_N, class_cuts=tuple(class_cuts))


def _class_cut(
    common: Selection,
    counts_N: IntArray,
    recorded: PlantedRound | None,
    member_N: BoolArray,
    rule: Rule,
) -> float:
    """Cut one class by itself, on the common score; by the common cut with too few planted."""
    if recorded is None:
        return select_counts(counts_to_cells(counts_N[member_N], common.n_epochs), rule=rule).cut
    if np.count_nonzero(recorded.planted_N & member_N) < CLASS_MIN_PLANTED:
        return common.cut
    return select_planted(recorded.of(member_N), rule).cut


def with_kept(
    common: Selection, *, kept_N: BoolArray, class_cuts: tuple[ClassCut, ...] = ()
) -> Selection:
    """Complete a selection by what is kept, (N,), and say which classes that empties."""
    emptied = [str(c.given) for c in class_cuts if c.emptied]
    alarm = f"Almost nothing is kept of class {', '.join(emptied)}." if emptied else ""
    n_kept = int(kept_N.sum())
    n_planted = 0 if common.planted_N is None else int(common.planted_N.sum())
    return replace(
        common,
        kept_N=kept_N,
        n_kept=n_kept,
        n_flagged=kept_N.size - n_planted - n_kept,
        note=f"{common.note} {alarm}".strip(),
        class_cuts=class_cuts,
    )
