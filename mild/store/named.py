"""Find the run that a person means: by its id, its name, or the beginning of its id."""

from __future__ import annotations

from pathlib import Path

from mild.errors import RunError
from mild.store.folder import find_run, ids_in_words, run_folders, runs_root
from mild.store.review.about import about
from mild.store.run import Run


def named_run(words: str, root: Path | None = None) -> Run:
    """Find the run of this id, else of exactly this name, else whose id alone begins like this.

    Raises
    ------
    RunError
        If there is none, or several, which are then listed.
    """
    root = root or runs_root()
    runs = [Run(folder) for folder in run_folders(root)]
    if any(run.run_id == words for run in runs):
        return Run(find_run(words, root))
    fitting = [run for run in runs if _name(run) == words]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise RunError(
            f"run {words!r}: {len(fitting)} have this name in {root}; give the id of one of them: "
            f"{ids_in_words([run.run_id for run in fitting])}."
        )
    return Run(find_run(words, root))


def _name(run: Run) -> str | None:
    """Return what people call a run; None where it cannot be read."""
    try:
        return about(run.folder).name or run.config().name
    except RunError:
        return None
