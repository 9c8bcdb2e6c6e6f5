"""What a later round knows by round 1: how many labels are left to be wrong, or nothing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.analysis.rounds.before import before_round
from mild.analysis.rounds.estimates import guesses
from mild.analysis.rounds.read_round import read_round
from mild.analysis.rounds.select_round import select_round
from mild.analysis.trust.gather import told_of_round, trust_in_record, trust_in_run
from mild.core.selection.trust import ROUND_1_COULD_NOT
from mild.store.run import Run
from tests.runs_for_tests import write_run

COUNTED = {
    "planted": 100, "planted_auroc": 0.95, "can_tell": 1, "noise_rate_estimate": 0.3,
    "noise_rate_low": 0.28, "noise_rate_high": 0.32,
}  # fmt: skip


def _said_by_round_1(run: Run, **told: Any) -> None:
    """Put into the first round's record what one with planted labels would have written."""
    names = ", ".join(f"{name} = ?" for name in told)
    with closing(sqlite3.connect(run.folder.database)) as database, database:
        database.execute(f"UPDATE rounds SET {names} WHERE round = 0", tuple(told.values()))


@pytest.fixture
def run(runs_root: Path) -> Run:
    return write_run(runs_root, n=2000, clean_known=False)


def test_a_later_round_may_flag_what_round_1_leaves(run: Run) -> None:
    n_flagged = 2000 - 100 - run.rounds()[0].kept
    _said_by_round_1(run, **COUNTED, f1_estimate=2 * n_flagged / (n_flagged + 600))
    before = before_round(run, 1, run.config().selection)
    assert before is not None
    assert before.left is not None
    assert before.left.expected == pytest.approx(600 - (2000 - len(run.index(1))))
    found = select_round(run, 1, run.config().selection)
    assert found.most == before.most
    assert found.n_flagged <= int(before.left.expected)
    assert found.trust.can_tell


def test_a_run_says_that_a_later_round_would_flag_more_than_can_be_wrong(run: Run) -> None:
    _said_by_round_1(
        run, **COUNTED | {"noise_rate_low": 0.0}, f1_estimate=1.0, f1_low=0.9, f1_high=1.0
    )
    with closing(sqlite3.connect(run.folder.database)) as database, database:
        database.execute("UPDATE rounds SET would_flag = 900 WHERE round = 1")
    note = trust_in_run(run)
    assert note is not None
    assert "The fit to round 2 alone would flag 900" in note.why


def test_pages_are_held_to_it_too(run: Run) -> None:
    _said_by_round_1(run, **COUNTED | {"noise_rate_estimate": 0.0}, f1_estimate=0.0)
    view, records = read_round(run, 1, 6, None), run.rounds()
    estimate = view.estimate(view.selection.cut)
    assert estimate is not None
    assert estimate.noise_rate == 0.0
    assert view.selection.n_flagged == 0
    assert np.nanmin(view.scores()["precision"]) == 1.0
    found = guesses(run, records[1], records[0])
    assert found is not None
    assert found.noise_rate.share == 0.0


def test_whole_classes_that_look_flipped_leave_a_later_round_free_and_unvouched(run: Run) -> None:
    before = select_round(run, 1, run.config().selection)
    _said_by_round_1(run, **COUNTED | {"can_tell": 0, "can_tell_reason": "Classes look flipped."})
    found = select_round(run, 1, run.config().selection)
    assert (found.cut, found.most) == (before.cut, None)
    assert found.trust.reason == ROUND_1_COULD_NOT
    assert not found.trust.can_tell


def test_figures_that_cannot_be_bound_nothing_beyond_reason(run: Run) -> None:
    _said_by_round_1(run, **COUNTED | {"noise_rate_high": 1e300}, f1_estimate=-1e300)
    before = before_round(run, 1, run.config().selection)
    assert before is not None
    assert before.left is not None
    assert before.left.high <= 2000


def test_a_run_from_before_the_setting_selects_as_it_did(run: Run) -> None:
    free = run.rounds()[1].cut
    _said_by_round_1(run, **COUNTED | {"noise_rate_estimate": 0.0}, f1_estimate=0.0)
    assert select_round(run, 1, run.config().selection).n_flagged == 0
    settings = json.loads(run.folder.config.read_text())
    del settings["selection"]["later_rounds"]
    run.folder.config.write_text(json.dumps(settings))
    assert select_round(run, 1, run.config().selection).cut == free


def test_a_later_round_that_claimed_to_tell_is_not_believed_where_round_1_could_not(
    run: Run,
) -> None:
    _said_by_round_1(run, can_tell=0, can_tell_reason="It memorized nearly every label.")
    records = run.rounds()
    assert records[1].can_tell
    note = trust_in_record(run, records[1])
    assert note is not None
    assert (note.weight, note.why) == ("cannot tell", ROUND_1_COULD_NOT)
    assert told_of_round(records, 1).endswith(ROUND_1_COULD_NOT)
    assert ROUND_1_COULD_NOT not in told_of_round(records, 0)
