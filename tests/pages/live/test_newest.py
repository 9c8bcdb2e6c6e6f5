"""Of what gets longer with every epoch pages keep the newest alone: a day fills no memory."""

from __future__ import annotations

import weakref
from pathlib import Path

from mild.store.run import Run
from mild.ui.cache.decorators import newest_per_run
from tests.runs_for_tests import write_run


class _Curve:
    """What can be told to be gone."""


def test_a_new_epoch_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    made: list[weakref.ref[_Curve]] = []

    @newest_per_run(4, names=1)
    def curve(run: Run, number: int, n_epochs: int) -> _Curve:
        found = _Curve()
        made.append(weakref.ref(found))
        return found

    run = write_run(tmp_path, n=60, epochs=(2,))
    of_another_round = curve(run, 1, 5)
    for n_epochs in range(1, 40):
        curve(run, 0, n_epochs)
    assert sum(item() is not None for item in made) == 2
    assert curve(run, 0, 39) is made[-1]()
    assert curve(run, 1, 5) is of_another_round
    assert len(made) == 40
