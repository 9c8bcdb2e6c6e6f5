"""Where a run is at this moment: what its worker last wrote, and whether that worker lives.

The kernel's lock tells it on the worker's machine. From elsewhere, or where the lock may not be
asked, it is told by when the worker was last heard from.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from mild.store import lock, schema
from mild.store.database import host, progress
from mild.store.folder import RunFolder
from mild.store.job import IN_LINE, Job, read_job

LAUNCH_SECONDS = 10.0
"""How long a run that was just launched may be without a lock before it counts as interrupted."""
LAUNCH_AHEAD_SECONDS = 60.0
"""How far ahead a launcher may say that it launched; further, and the clock was set back."""
SILENT_SECONDS = 30.0
"""Not heard from for so long, a worker that is there trains nothing: it was stopped, or waits for a
disk. It writes every ten seconds that it lives, whatever else it does."""
_INTERRUPTED = "The worker ended before the run did; every committed epoch is kept."


@dataclass(frozen=True, kw_only=True, slots=True)
class RunState:
    """Where a run is, at one moment."""

    state: str
    """One of `mild.store.schema.STATES`; or `interrupted`: not ended, and its worker is gone; or
    `stalled`: its worker is there, and has not been heard from for long."""
    sentence: str
    """What people read beside the state; the reason where it failed."""
    created: schema.Time
    started: schema.Time | None
    ended: schema.Time | None
    heartbeat: schema.Time | None
    """When the worker last wrote, in seconds since 1970."""
    stage: schema.Stage | None
    """The round under way, counted from 0; the number of rounds in the final stage."""
    epoch: schema.Epoch | None
    """Within the stage, counted from 1."""
    share_of_epoch: schema.Finite | None
    epochs_left: schema.Number | None
    """Epochs still to begin after this one."""
    pid: int | None
    """The worker's process id while it lives; None where it is not told yet, and 0 where it never
    will be, of a process of another machine or container."""
    machine: str | None = None
    """Where it is at work, if that is another machine."""
    user: str | None = None
    """For whom it is at work, if that is somebody else."""

    @property
    def live(self) -> bool:
        """Whether a worker is, or is about to be, at work on it."""
        return self.state not in (*schema.FINAL_STATES, "interrupted")

    @property
    def resumable(self) -> bool:
        """Whether `mild.jobs.resume` goes on with it."""
        return self.state in schema.RESUMABLE_STATES

    @property
    def elsewhere(self) -> str:
        """Whose worker is at work where, in words; empty where it is ours and here."""
        if not self.live or not (self.machine or self.user):
            return ""
        where = f"on {self.machine}" if self.machine else "on this machine"
        return f"At work {where} for {self.user}." if self.user else f"At work {where}."


RECORDED = (
    "state", "sentence", "created", "started", "ended", "heartbeat", "stage", "epoch",
    "share_of_epoch", "epochs_left",
)  # fmt: skip
"""What of a `RunState` stands in run.db."""


def with_life(recorded: RunState, folder: RunFolder) -> RunState | None:
    """Return the state of a run that has not ended; None where its worker is gone."""
    answer = lock.ask(folder.lock)
    written = progress.read(folder.progress)
    away = written is not None and not written.here
    # A lock is told across machines by few network drives, and as free by some that know none.
    if answer.held == "held":
        return _silent(_alive(recorded, answer.pid, written), written)
    if answer.held == "unknown" or (away and recorded.state != "queued"):
        heard = recorded.heartbeat or 0.0
        fresh = written.fresh if written else time.time() - heard < progress.STALE_SECONDS
        return _alive(recorded, None, written) if fresh else None
    if recorded.state == "queued":
        return _queued(recorded, folder)
    return None


def gone(recorded: RunState, folder: RunFolder) -> RunState:
    """Return the state of a run whose worker is gone before the end."""
    job, written = read_job(folder), progress.read(folder.progress)
    sentence = _INTERRUPTED
    if job and job.ended and recorded.state == "queued":
        sentence = f"Its {job.launcher} job {job.id} ended ({job.ended}) before the run began."
    elif job and recorded.state == "queued" and job.launcher == IN_LINE:
        sentence = "The queue in which it waited is gone; resume it to have it trained."
    elif written and not written.here:
        minutes = max(1, round((time.time() - written.heard) / 60))
        sentence = (
            f"Its worker on {written.machine} was last heard from {minutes} min ago and seems to "
            f"have ended; every committed epoch is kept."
        )
    return replace(recorded, state="interrupted", sentence=sentence)


def _alive(recorded: RunState, pid: int | None, written: progress.Written | None) -> RunState:
    if written is None:
        return replace(recorded, pid=pid)
    if not written.here:  # whatever number it has there, it is somebody else's here
        pid = 0
    elif pid is None and written.at_work:  # else it was written by who put the run into the queue
        pid = written.pid
    return replace(
        recorded,
        pid=pid,
        machine=None if written.here else written.machine,
        user=None if written.user == host.os_user() else written.user,
    )


def _silent(alive: RunState, written: progress.Written | None) -> RunState:
    """The same, or `stalled` where a worker of this machine has not said for long that it lives."""
    if written is None or not (written.here and written.at_work):
        return alive
    silent = abs(time.time() - written.heard)  # ahead of us, the clock was set back since
    if silent < SILENT_SECONDS:
        return alive
    who = f" (process {alive.pid})" if alive.pid else ""
    sentence = (
        f"Its worker{who} is there but has not been heard from for a while: it was stopped, or "
        "waits for a disk. Nothing trains until it goes on."
    )
    return replace(alive, state="stalled", sentence=sentence)


def _queued(recorded: RunState, folder: RunFolder) -> RunState | None:
    job = read_job(folder)
    if _launching(folder):
        return recorded
    if job is None or job.ended or not _waits(job, folder):
        return None
    if job.launcher == IN_LINE:
        return replace(recorded, sentence="Waits behind runs that were asked for earlier.")
    return replace(recorded, sentence=f"Waits in the queue of {job.launcher} as job {job.id}.")


def _waits(job: Job, folder: RunFolder) -> bool:
    """Tell whether a run waits: its line's lock is held, or its launcher says so."""
    if job.launcher != IN_LINE:
        return True
    return lock.ask(folder.path.parent / job.id).held != "free"


def _launching(folder: RunFolder) -> bool:
    try:
        launched = folder.lock.stat().st_mtime
    except OSError:
        return False
    return -LAUNCH_AHEAD_SECONDS < time.time() - launched < LAUNCH_SECONDS
