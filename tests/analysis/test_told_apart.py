"""What people read while a round trains: are planted labels told apart, would more epochs help?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mild.analysis.rounds.read_round import read_round
from mild.analysis.rounds.told_apart import ToldApart, judged, told_apart
from tests.pages.selection.test_selection_planted import with_planted
from tests.runs_for_tests import write_run


def _judged(*auroc: float, asked: int) -> ToldApart:
    best = 1 + int(np.argmax(auroc))
    return judged(np.array(auroc), auroc[-1], best_epochs=best, n_epochs=len(auroc), n_asked=asked)


def test_a_level_separation_is_enough() -> None:
    told = _judged(0.7, 0.9, 0.929, 0.93, 0.93, 0.931, 0.93, 0.93, asked=8)
    assert (told.enough, told.words) == (True, "enough")


def test_a_rising_separation_says_that_more_epochs_help() -> None:
    told = _judged(0.6, 0.65, 0.7, 0.75, 0.78, 0.8, 0.83, 0.86, asked=20)
    assert (told.enough, told.words) == (True, "enough, and still rising")


def test_a_separation_that_fell_says_after_how_many_epochs_it_was_best() -> None:
    told = _judged(0.8, 0.9, 0.95, 0.93, 0.91, 0.9, 0.89, 0.88, asked=8)
    assert told.words == "best after 3 epochs: fewer would do"


def test_a_low_separation_is_too_little_to_select() -> None:
    assert _judged(0.5, 0.51, 0.52, 0.53, asked=20).words == "not enough yet"
    told = _judged(0.5, 0.51, 0.52, 0.53, asked=4)
    assert (told.enough, told.words) == (False, "too little: more epochs may help")


@pytest.mark.parametrize("n_epochs", [3, 5, 8])
def test_the_figure_is_that_of_the_selection_of_the_same_epochs(
    n_epochs: int, runs_root: Path
) -> None:
    run = with_planted(write_run(runs_root, n=2000, epochs=(8,)))
    told, view = told_apart(run, 0, n_epochs), read_round(run, 0, n_epochs, None)
    assert told is not None
    assert view.selection.anchored is not None
    assert told.auroc == view.selection.anchored.separation


def test_nothing_is_said_of_the_first_epochs_and_where_nothing_was_planted(runs_root: Path) -> None:
    run = write_run(runs_root)
    assert told_apart(run, 0, 8) is None
    assert told_apart(with_planted(run), 0, 2) is None
