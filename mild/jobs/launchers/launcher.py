"""What a launcher does: it has workers started somewhere, ends those that wait, and knows of both.

A launcher starts nothing but workers; what a run is and how it goes on is told by its folder.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from mild.store.folder import RunFolder
from mild.store.job import Job


class Launcher(Protocol):
    """Where workers come from. To add one: a file here, and a row in `launchers.LAUNCHERS`."""

    name: str

    def submit(self, folders: Sequence[RunFolder]) -> None:
        """Have a worker started for each of these queued runs, in this order.

        What is not started at once is written down in the run's job.json.

        Raises
        ------
        RunError
            If nothing can be started from here.
        """

    def cancel(self, job: Job) -> None:
        """Ask a job to end: one at work ends at its next batch, one that waits never begins.

        Raises
        ------
        RunError
            If the job cannot be reached from here.
        """

    def states(self, jobs: Collection[Job]) -> dict[str, str]:
        """Return what became of jobs, by id: `waits`, `runs`, or `gone`, without unknown ones."""
