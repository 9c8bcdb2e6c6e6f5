"""Starting, stopping and resuming workers.

A worker is a process of its own: it outlives page and server.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mild.config import RunConfig, parse
from mild.config.stored import Stored
from mild.errors import ConfigError, RunError
from mild.installation import IS_CLONE, TOP_LEVEL, need
from mild.store.branch import branch_run, check
from mild.store.create import create_run
from mild.store.database import tables
from mild.store.folder import RunFolder
from mild.store.requeue import requeue
from mild.store.run import LAUNCH_SECONDS, Run

DOUBLE_CLICK_SECONDS = 3.0
TORCHRUN_SECONDS = 60.0
"""How long torchrun may take until the first of several processes has the run's lock."""
GOING_SECONDS = 10.0
"""How long a worker may take to go, once it has written that it stopped."""

_starting = threading.Lock()
_last_start: dict[str, tuple[float, RunConfig, Run]] = {}


def start(config: RunConfig, *, asker: str = "", root: Path | None = None) -> Run:
    """Create a run and launch its worker; it queues where the device is taken.

    Parameters
    ----------
    asker
        Who asks, such as a browser session. The same request by the same asker within three seconds
        is a double click and gets the run that the first one started.

    Raises
    ------
    RunError
        If the runs folder cannot be written.
    InstallationError
        If PyTorch is not installed.
    """
    need("train", "Training")
    with _starting:
        last = _last_start.get(asker) if asker else None
        if last and last[1] == config and time.monotonic() - last[0] < DOUBLE_CLICK_SECONDS:
            return last[2]
        run = create(config, root)
        launch(run.folder)
        if asker:
            _last_start[asker] = (time.monotonic(), config, run)
        return run


def create(config: RunConfig, root: Path | None = None) -> Run:
    """A queued run that nobody works on yet, for workers that somebody starts by hand.

    Raises
    ------
    RunError
        If the runs folder cannot be written.
    """
    return Run(create_run(_with_absolute_paths(config), root))


def launch(folder: RunFolder) -> None:
    """Start a worker on a run, in a session of its own; for several devices, one for each."""
    n = Run(folder).config().devices
    folder.lock.touch()  # tells readers that a worker is about to take the lock
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    if not IS_CLONE:  # only in a clone does the package lie where the worker starts
        environment["PYTHONSAFEPATH"] = "1"
    # Threads that spin while they wait made an epoch twenty times slower on a busy machine.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if n > 1:
        later = time.time() + TORCHRUN_SECONDS - LAUNCH_SECONDS
        os.utime(folder.lock, (later, later))  # readers have patience from that time on
        environment.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // n)))
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command(str(folder.path), n)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=TOP_LEVEL,
            env=environment,
        )
    # Somebody has to wait for the child, or it stays as a zombie for as long as we live.
    threading.Thread(target=process.wait, daemon=True).start()


def command(run: str, n: int) -> list[str]:
    """What Python is given to start `n` workers of this machine on a run."""
    worker = ["-m", "mild.training.worker", run]
    if n == 1:
        return worker
    return ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={n}", *worker]


def resume(run: Run, *, by_hand: bool = False) -> None:
    """Go on with a run from its last checkpoint, or from its beginning where it has none.

    What comes out is the same to the bit as without the break, on the same kind of device. With
    `by_hand` somebody else starts its workers.

    Raises
    ------
    RunError
        If the run is done or at work, or was recorded by a loop of somebody's own.
    """
    need("train", "Training")
    with _starting:
        state = run.state()
        if not state.resumable:
            raise RunError(f"run {run.run_id} is {state.state}: {_why_not_resumed(state.live)}")
        if _known(run).config.recorded:
            raise RunError(
                f"run {run.run_id} was recorded by a training loop of somebody's own; "
                "only that loop can go on."
            )
        requeue(run.folder, GOING_SECONDS)
        if not by_hand:
            launch(run.folder)


def branch(
    run: Run,
    number: int,
    *,
    cut: float | None = None,
    selection: Mapping[str, Any] | None = None,
) -> Run:
    """Start a new run from a round of another; neither it nor what came before is trained again.

    Parameters
    ----------
    number
        The round to branch from, counted from 0.
    cut
        For this round: keep what was misclassified in fewer epochs.
    selection
        Or settings of the selection to change, such as the rule, for this round and those after.

    Raises
    ------
    ConfigError
        If the settings do not fit together, or neither or both of cut and settings are given.
    RunError
        If the round is not trained, or its network was not kept.
    """
    if (cut is None) == (not selection):
        raise ConfigError(["a branch needs a cut or a rule of its own; give one of them."])
    need("train", "Training")
    settings = _known(run).config.model_dump(mode="json")
    check(run, number, cut)
    settings["selection"] |= dict(selection or {}) | {"cuts": _cuts(run, number, cut)}
    how = f"cut {cut:.4g}" if cut is not None else settings["selection"]["rule"]
    ending = f" r{number + 1} {how}"
    settings["name"] = settings["name"][: 80 - len(ending)] + ending
    with _starting:
        branched = Run(branch_run(run, number, parse(settings)))
        launch(branched.folder)
        return branched


def stop(run: Run) -> None:
    """Ask a run's worker to end at its next batch. Returns at once; the state tells when it has.

    Raises
    ------
    RunError
        If no worker is at work on the run.
    """
    several = run.config().devices > 1
    deadline = time.monotonic() + (TORCHRUN_SECONDS if several else LAUNCH_SECONDS)
    while True:
        state = run.state()
        if state.pid is not None and _asked_to_end(run, state.pid):
            return
        if not state.live or time.monotonic() > deadline:
            raise RunError(
                f"run {run.run_id} is {state.state}: only a run at work can be stopped; "
                "`python -m mild runs` shows which are."
            )
        time.sleep(0.05)  # just launched: its process has not taken the lock yet


def _cuts(run: Run, number: int, cut: float | None) -> dict[int, float] | None:
    """The cuts that make a branch what it is, so that its settings alone would repeat it.

    With another rule, the rounds before were cut by the rule of then.
    """
    given = run.config().selection.cuts or {}
    before = {k: given[k] for k in given if k < number}
    if cut is None:
        before = {record.round: record.cut for record in run.rounds()[:number]}
        return before or None
    return before | {number: cut}


def _known(run: Run) -> Stored:
    """What a run is asked for, where this version knows all of it."""
    if (stored := run.stored()).whole and run.schema() <= tables.SCHEMA:
        return stored
    raise RunError(
        f"run {run.run_id} was written by a newer version: it can be looked at here, but only that "
        "version can go on with it or branch from it."
    )


def _why_not_resumed(live: bool) -> str:
    if live:
        return "it goes on by itself; only what was stopped, failed or interrupted is resumed."
    return "there is nothing left to do; branch a new run from one of its rounds, or start one."


def _asked_to_end(run: Run, pid: int) -> bool:
    """Send SIGTERM; False where the process has just ended by itself."""
    if pid <= 0:  # how the kernel names a process of another container or machine
        raise RunError(
            f"run {run.run_id} is at work where it cannot be reached from here; "
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


def _with_absolute_paths(config: RunConfig) -> RunConfig:
    """Paths are meant from where the asker stands; the worker stands elsewhere."""
    data = config.data
    ours: dict[str, object] = {"data_root": _absolute(data.data_root)}
    for name in ("path", "labels_path"):
        if (path := getattr(data, name)) is not None:
            ours[name] = _absolute(path)
    update: dict[str, object] = {"data": data.model_copy(update=ours)}
    if ":" in config.model:
        update["model_folder"] = _absolute(config.model_folder or ".")
    if config.weights is not None:
        update["weights"] = _absolute(config.weights)
    return config.model_copy(update=update)


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute())
