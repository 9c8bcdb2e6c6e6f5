"""Asking workers to end, wherever they are, and taking runs out of queues."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from mild.access import Role, needs
from mild.errors import RunError
from mild.jobs.launchers import LAUNCHERS
from mild.jobs.launchers.local import SEVERAL_SECONDS
from mild.store.job import IN_LINE, Job, read_job
from mild.store.lifecycle.requeue import take_out
from mild.store.run import LAUNCH_SECONDS, Run, RunState


@needs(Role.OWNER, "Stopping a run")
def stop(run: Run) -> None:
    """Ask a run's worker to end at its next batch. Returns at once; the state tells when it has.

    A run that waits without a worker, in a line or in the queue of a cluster, is taken out of it.

    Raises
    ------
    RunError
        If no worker is at work on the run, or it cannot be reached from here.
    """
    several = run.config().devices > 1
    deadline = time.monotonic() + (SEVERAL_SECONDS if several else LAUNCH_SECONDS)
    while True:
        state, job = run.state(), read_job(run.folder)
        if job is not None and _by_launcher(run, state, job):
            return
        if state.pid is not None and _asked_to_end(run, state):
            return
        if not state.live or time.monotonic() > deadline:
            raise RunError(
                f"run {run.run_id} is {state.state}: only a run at work can be stopped; "
                "`python -m mild runs` shows which are."
            )
        time.sleep(0.05)  # just launched: its process has not taken the lock yet


def _by_launcher(run: Run, state: RunState, job: Job) -> bool:
    """Ask the launcher of a run to end it, where it can; tell whether it was asked."""
    waits = state.state == "queued" and state.pid is None
    here = job.launcher == IN_LINE or job.launcher not in LAUNCHERS
    if not state.live or (here and not waits) or (state.pid and not waits):
        return False
    if not here:
        LAUNCHERS[job.launcher].cancel(job)
    if waits:
        # Its turn may just have come; then its worker was asked to end, or is so by who asks again.
        with contextlib.suppress(RunError):
            take_out(run.folder)
            return True
    return not here


def _asked_to_end(run: Run, state: RunState) -> bool:
    """Send SIGTERM; False where the process has just ended by itself."""
    pid = state.pid
    if pid is None or pid <= 0:  # a process of another container or machine
        where = state.elsewhere.removesuffix(".").replace("At work", "at work", 1)
        raise RunError(
            f"run {run.run_id} is {where}; stop it there."
            if where
            else f"run {run.run_id} is at work where it cannot be reached from here; "
            "stop it in the container or on the machine where it was started."
        )
    if not run.facts().get("hears_stop", True):  # the signal would end a process that is not ours
        raise RunError(
            f"run {run.run_id} is recorded by process {pid}, which does not listen for a request "
            "to stop, because its recorder is not in the main thread; end it there."
        )
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    except PermissionError:
        raise RunError(
            f"run {run.run_id} is at work for another user (process {pid}); "
            "ask them, or stop it as that user."
        ) from None
    return True
