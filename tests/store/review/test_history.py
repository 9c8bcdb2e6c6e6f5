"""The history of what was decided about one image: every change, of every window, in order."""

from __future__ import annotations

from pathlib import Path

from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, redo, undo
from mild.store.review.history import history
from tests.runs_for_tests import write_run


def test_every_change_is_told_with_what_stood_after_it(runs_root: Path) -> None:
    folder = write_run(runs_root, n=40, epochs=(3,)).folder
    assert history(folder, 3) == []
    mine, other = Window("mine", 0), Window("other", 0)
    decide(folder, {3: Decision("keep"), 4: Decision("drop")}, mine)
    decide(folder, {3: Decision("relabel", 2)}, other)
    undo(folder, other)
    redo(folder, other)
    decide(folder, {3: None}, mine, kind="import")
    found = [(change.kind, change.decision) for change in history(folder, 3)]
    assert found == [
        ("decide", Decision("keep")),
        ("decide", Decision("relabel", 2)),
        ("undo", Decision("keep")),
        ("redo", Decision("relabel", 2)),
        ("import", None),
    ]
    assert [change.decision for change in history(folder, 4)] == [Decision("drop")]
    times = [change.time for change in history(folder, 3)]
    assert times == sorted(times)
