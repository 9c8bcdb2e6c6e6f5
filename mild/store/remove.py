"""Deleting a run."""

from __future__ import annotations

import shutil

from mild.errors import RunError
from mild.store.run import Run


def delete_run(run: Run) -> None:
    """Delete a run's folder and everything in it, at once and for good.

    Raises
    ------
    RunError
        If a worker is at work on it, or the folder cannot be removed.
    """
    try:
        live = run.state().live
    except RunError:  # damaged: deleting it is what its message advises
        live = False
    if live:
        raise RunError(f"run {run.run_id} is at work; stop it before you delete it.")
    doomed = run.folder.path.with_name(f".deleting-{run.run_id}")
    try:
        run.folder.path.rename(doomed)  # at once gone from every list, however long the rest takes
        shutil.rmtree(doomed)
    except OSError as error:
        raise RunError(
            f"run {run.run_id} cannot be deleted ({error.strerror}); "
            f"make its folder {run.folder.path} writable, or remove it by hand."
        ) from error
