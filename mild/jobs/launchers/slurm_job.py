"""What a Slurm job of ours does on the machine that Slurm gave it: be the parent of a run's worker.

submitit stores a `WorkerJob` in the job's file and calls it there. Shortly before the time of the
job is over, or when Slurm wants the machine back, submitit calls `checkpoint`: the worker ends at
its next batch, the run is put back into the queue, and Slurm into whose queue the job goes again
starts it anew, where it goes on from its last epoch.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from types import FrameType
from typing import Any

from mild.jobs.launchers.local import start_worker
from mild.store.folder import RunFolder
from mild.store.lifecycle.requeue import requeue
from mild.store.run import Run

END_SECONDS = 100.0
"""How long a worker may take to end its batch."""
POLL_SECONDS = 0.2
OWN_DEVICES = {"MILD_QUEUE": "off"}
"""Tells a worker that its devices were given to it alone, so that it waits for no other run."""


class WorkerJob:
    """A run to be worked on; small, for it is pickled into the job's file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._worker: subprocess.Popen[bytes] | None = None

    def __call__(self) -> str:
        """Work on the run to its end, or until it is stopped; its state then."""
        folder = RunFolder(Path(self.path))
        run = Run(folder)
        if run.recorded_state().state == "done":
            return "done"
        if run.recorded_state().state != "queued":  # Slurm starts a job again that was killed
            requeue(folder, END_SECONDS)
        self._worker = start_worker(folder, own_session=False, **OWN_DEVICES)
        signal.signal(signal.SIGTERM, self._pass_on)
        while not self._ended():
            time.sleep(POLL_SECONDS)
        return run.recorded_state().state

    def checkpoint(self, *_: Any) -> Any:
        """End the worker, and tell submitit what goes on in the next job."""
        from submitit.helpers import DelayedSubmission

        self._end_worker()
        folder = RunFolder(Path(self.path))
        if Run(folder).recorded_state().state == "stopped":
            requeue(folder, END_SECONDS)
        return DelayedSubmission(WorkerJob(self.path))

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "_worker": None}

    def _pass_on(self, number: int, _: FrameType | None) -> None:
        if self._worker is not None and not self._ended():
            os.kill(self._worker.pid, number)

    def _end_worker(self) -> None:
        self._pass_on(signal.SIGTERM, None)
        until = time.monotonic() + END_SECONDS
        while not self._ended():
            if time.monotonic() > until:  # the last epoch is kept
                self._pass_on(signal.SIGKILL, None)
            time.sleep(POLL_SECONDS)

    def _ended(self) -> bool:
        """Tell whether the worker is gone, without `Popen`, which a signal may have interrupted."""
        if self._worker is None:
            return True
        how = os.WEXITED | os.WNOWAIT | os.WNOHANG
        return os.waitid(os.P_PID, self._worker.pid, how) is not None
