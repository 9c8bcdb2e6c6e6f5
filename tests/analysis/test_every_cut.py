"""What the chart of the cut shows are plain values: of every cut, and of the one chosen."""

from __future__ import annotations

import numpy as np
import pytest

from mild.analysis.rounds.every_cut import SCORES, every_cut, one_cut
from mild.analysis.rounds.round_view import make_view
from mild.core.selection import select_counts

COUNTS_N = np.repeat([0, 1, 2, 8, 9, 10], [40, 20, 6, 3, 8, 23])
RIGHT_N = COUNTS_N < 5
SELECTION = select_counts(np.bincount(COUNTS_N, minlength=11))


def test_kept_and_scores_are_there_for_every_step_and_agree_with_one_cut() -> None:
    view = make_view(COUNTS_N, RIGHT_N, SELECTION)
    every = every_cut(view)
    n_steps = (every.n_epochs + 1) * every.steps_per_count + 1
    assert len(every.kept_K) == n_steps
    assert every.scores_are_true
    for cut in (0, 2, 5, 11):
        one, step = one_cut(view, cut), cut * every.steps_per_count
        assert one.n_kept == every.kept_K[step] == (cut > COUNTS_N).sum()
        for name in SCORES:
            assert one.scores[name] == pytest.approx(every.scores_K[name][step], nan_ok=True)


def test_bars_are_clean_and_mislabeled_where_that_is_known_else_all() -> None:
    known = every_cut(make_view(COUNTS_N, RIGHT_N, SELECTION)).groups_C
    assert [sum(known[name]) for name in ("clean", "mislabeled")] == [66, 34]
    unknown = every_cut(make_view(COUNTS_N, None, SELECTION))
    assert list(unknown.groups_C) == ["all"]
    assert not unknown.scores_are_true


def test_a_view_is_gathered_once() -> None:
    view = make_view(COUNTS_N, RIGHT_N, SELECTION)
    assert every_cut(view) is every_cut(view)
