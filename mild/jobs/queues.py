"""Runs that wait in the queue of a cluster: noticing those that will never have their turn."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace

from mild.errors import RunError
from mild.jobs.launchers import LAUNCHERS
from mild.store.job import IN_LINE, Job, read_job, write_job
from mild.store.run import Run

YOUNG_SECONDS = 20.0
"""A job that was just submitted may not be told yet."""


def look_after(runs: Sequence[Run]) -> None:
    """Write down of runs that wait that their job is gone, so that they can be resumed.

    Asks each cluster once for all of them, and not more often than every few seconds. Where it
    cannot be asked from here, nothing is known and nothing is written.
    """
    waiting: dict[str, list[tuple[Run, Job]]] = {}
    for run in runs:
        if (job := read_job(run.folder)) is not None and _waits(run, job):
            waiting.setdefault(job.launcher, []).append((run, job))
    for name, group in waiting.items():
        with contextlib.suppress(RunError):
            states = LAUNCHERS[name].states([job for _, job in group])
            for run, job in group:
                if states.get(job.id) == "gone" and _waits(run, job):
                    with contextlib.suppress(OSError):
                        write_job(run.folder, replace(job, ended="no longer in the queue"))


def _waits(run: Run, job: Job) -> bool:
    if job.launcher == IN_LINE or job.launcher not in LAUNCHERS or job.ended:
        return False
    if time.time() - job.submitted < YOUNG_SECONDS:
        return False
    try:
        state = run.state()
    except RunError:
        return False
    return state.state == "queued" and state.pid is None
