"""The cut that a person gives to a round, in review.db, which the people's side alone writes."""

from __future__ import annotations

import math
import time

from mild.access import Role, needs
from mild.errors import RunError
from mild.store.folder import RunFolder
from mild.store.review import file as review_file
from mild.store.run import Run

_TABLES = (
    "CREATE TABLE IF NOT EXISTS cuts (round INTEGER PRIMARY KEY, cut INTEGER NOT NULL, time REAL)",
)


def given_cut(folder: RunFolder, number: int) -> float | None:
    """Return the cut that a person gave to a round; None where nobody has."""
    with review_file.reading(folder, "cuts") as database:
        if database is None:
            return None
        found = database.execute("SELECT cut FROM cuts WHERE round = ?", (number,)).fetchone()
        if found is None:
            return None
        if not math.isfinite(cut := float(found[0])):
            raise ValueError(f"its cut is {cut}")
        return cut


@needs(Role.OWNER, "Giving a cut")
def give_cut(run: Run, number: int, cut: float) -> int:
    """Give a cut to a round, counted from 0, that waits for one; how many instances it keeps.

    The run goes on by itself, or once it is resumed. Until it has, the cut can be given anew.

    Raises
    ------
    RunError
        If the round does not wait for a cut, or the cut is out of range or keeps too little.
    """
    if waiting_round(run) != number:
        raise RunError(
            f"run {run.run_id} does not wait for the cut of round {number + 1}; "
            "start a run with --wait, or branch a new run from this one."
        )
    n_kept = kept_by(run, number, cut)
    store_cut(run.folder, number, cut)
    return n_kept


def store_cut(folder: RunFolder, number: int, cut: float) -> None:
    """Write the cut of a round down, unchecked: for a run that is just being made."""
    with review_file.writing(folder, _TABLES) as database:
        database.execute("INSERT OR REPLACE INTO cuts VALUES (?, ?, ?)", (number, cut, time.time()))


def waiting_round(run: Run) -> int | None:
    """Return the round, counted from 0, whose cut a person is to give; None where there is none.

    The run may have been stopped, or its worker killed, while it waited.
    """
    config = run.config()
    number = len(run.rounds())
    if not config.selection.wait or number >= len(config.rounds):
        return None
    proposed = (run.folder.round(number) / "selection.npz").is_file()
    trained = run.n_epochs(number) == config.rounds[number].epochs
    return number if proposed and trained else None


def check_cut(run: Run, number: int, cut: float) -> None:
    """See whether a round, counted from 0, can have a cut; a RunError says why not."""
    n_epochs = run.n_epochs(number)
    if not 0 <= cut <= n_epochs + 1:
        raise RunError(
            f"cut {cut:.4g}: round {number + 1} has {n_epochs} epochs; "
            f"give a cut from 0 (keeps nothing) to {n_epochs + 1} (keeps everything)."
        )


def kept_by(run: Run, number: int, cut: float) -> int:
    """Count how many instances of a round, counted from 0, a cut keeps.

    Raises
    ------
    RunError
        If the cut is out of range or keeps too little to train on.
    """
    check_cut(run, number, cut)
    judged_N = ~run.planted(number).mask(len(run.index(number)))
    selection = run.selection(number)
    score_N = selection.get("score", selection["misclassified"])[judged_N]
    n_kept = int((score_N < cut).sum())
    n_needed = max(2, len(run.facts().get("class_names", ())))
    if n_kept < n_needed:
        raise RunError(
            f"cut {cut:.4g} keeps {n_kept:,} of {len(score_N):,} instances; at least "
            f"{n_needed} are needed to train on. Give a higher cut."
        )
    return n_kept
