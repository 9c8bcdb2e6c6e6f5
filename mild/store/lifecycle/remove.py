"""Deleting runs: into the trash, from which they can be taken back until it is emptied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mild.access import Role, needs
from mild.errors import RunError
from mild.store.folder import RunFolder, run_folders, runs_root
from mild.store.lock import ask
from mild.store.run import Run
from mild.store.writing.leftovers import DELETING, sweep

TRASH = ".trash"
"""The folder of deleted runs, in the runs folder; each has its own name there."""


@needs(Role.OWNER, "Deleting a run")
def delete_run(run: Run) -> None:
    """Move a run into the trash; at once it is gone from every list.

    Raises
    ------
    RunError
        If a worker is at work on it, or it cannot be moved.
    """
    if _at_work(run):
        raise RunError(f"run {run.run_id} is at work; stop it before you delete it.")
    path = run.folder.path
    with _moving(run.run_id, path):
        (path.parent / TRASH).mkdir(exist_ok=True)
        path.rename(path.parent / TRASH / run.run_id)


def trashed(root: Path | None = None) -> list[Run]:
    """List what lies in the trash, newest first."""
    return [Run(folder) for folder in run_folders((root or runs_root()) / TRASH)]


@needs(Role.OWNER, "Taking a run back")
def restore_run(run_id: str, root: Path | None = None) -> Run:
    """Take a run back out of the trash, by its id.

    Raises
    ------
    RunError
        If it is not there, or cannot be moved.
    """
    root = root or runs_root()
    there = {run.run_id: run for run in trashed(root)}
    if run_id not in there:
        raise RunError(
            f"run {run_id[:120]!r} is not in the trash; `python -m mild trash` lists what is."
        )
    with _moving(run_id, root / TRASH):
        there[run_id].folder.path.rename(root / run_id)
    return Run(RunFolder(root / run_id))


@needs(Role.OWNER, "Emptying the trash")
def empty_trash(root: Path | None = None) -> int:
    """Delete for good what lies in the trash; how many runs that were.

    Raises
    ------
    RunError
        If one of them cannot be removed.
    """
    root = root or runs_root()
    doomed = trashed(root)
    if doomed:
        sweep(root)  # what an earlier emptying left may have the name of one of them
    return sum(_delete_for_good(run.folder.path, root) for run in doomed)


def _delete_for_good(path: Path, root: Path) -> bool:
    """Delete a run of the trash; False where somebody else was faster, or took it back."""
    # Whatever cuts this short: what begins so is swept when the next run is made.
    gone = root / f"{DELETING}{path.name}"
    with _moving(path.name, root / TRASH):
        try:
            path.rename(gone)
        except FileNotFoundError:
            return False
        shutil.rmtree(gone, ignore_errors=True)  # who makes a run meanwhile sweeps it, too
        if gone.exists():
            shutil.rmtree(gone)
    return True


def _at_work(run: Run) -> bool:
    try:
        return run.state().live
    except RunError:  # damaged: it can be put away all the same, unless its worker is there
        return ask(run.folder.lock).held == "held"


@contextmanager
def _moving(run_id: str, where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(
            f"run {run_id} cannot be moved ({error.strerror}); "
            f"make {where} writable, or move it by hand."
        ) from error
