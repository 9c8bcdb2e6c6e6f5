"""Starting, stopping and resuming workers.

A worker is a process of its own: it outlives page and server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mild.access import Role, needs
from mild.config import RunConfig, parse
from mild.config.stored import Stored
from mild.errors import ConfigError, RunError
from mild.installation import need
from mild.jobs.launchers import LAUNCHERS, launcher_of
from mild.jobs.paths import with_absolute_paths
from mild.store.database import tables
from mild.store.folder import RunFolder
from mild.store.lifecycle.branch import branch_run, check
from mild.store.lifecycle.create import create_run
from mild.store.lifecycle.requeue import requeue
from mild.store.run import Run

DOUBLE_CLICK_SECONDS = 3.0
GOING_SECONDS = 10.0
"""How long a worker may take to go, once it has written that it stopped."""

_starting = threading.Lock()
_last_start: dict[str, tuple[float, RunConfig, Run]] = {}


@needs(Role.OWNER, "Starting a run")
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
            _forget_old_starts()
            _last_start[asker] = (time.monotonic(), config, run)
        return run


def _forget_old_starts() -> None:
    """A server that runs for months has had many askers."""
    latest = time.monotonic() - DOUBLE_CLICK_SECONDS
    for asker in [name for name, last in _last_start.items() if last[0] < latest]:
        del _last_start[asker]


@needs(Role.OWNER, "Making a run")
def create(config: RunConfig, root: Path | None = None) -> Run:
    """Make a queued run for workers that somebody starts by hand.

    Raises
    ------
    RunError
        If the runs folder cannot be written.
    """
    return Run(create_run(with_absolute_paths(config), root))


@needs(Role.OWNER, "Starting a worker")
def launch(folder: RunFolder) -> None:
    """Have a worker started on a queued run, by the launcher that it asks for."""
    launch_all([folder])


@needs(Role.OWNER, "Starting workers")
def launch_all(folders: Sequence[RunFolder]) -> None:
    """Launch many runs: their launcher may have more than one start, and a better way.

    Raises
    ------
    RunError
        If a launcher cannot start them; the runs stay queued, and can be resumed.
    """
    by_launcher: dict[str, list[RunFolder]] = {}
    for folder in folders:
        by_launcher.setdefault(launcher_of(Run(folder).config()).name, []).append(folder)
    for name, group in by_launcher.items():
        LAUNCHERS[name].submit(group)


@needs(Role.OWNER, "Resuming a run")
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


@needs(Role.OWNER, "Branching a run")
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
    if cut is None and not selection:
        raise ConfigError(["a branch needs a cut or a rule of its own; give one of them."])
    if cut is not None and selection:
        raise ConfigError(["a branch takes a cut or a rule of its own, not both; leave one out."])
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


def _cuts(run: Run, number: int, cut: float | None) -> dict[int, float] | None:
    """Return the cuts that make a branch what it is, so that its settings alone would repeat it.

    With another rule, the rounds before were cut by the rule of then.
    """
    given = run.config().selection.cuts or {}
    before = {k: given[k] for k in given if k < number}
    if cut is None:
        before = {record.round: record.cut for record in run.rounds()[:number]}
        return before or None
    return before | {number: cut}


def _known(run: Run) -> Stored:
    """Return what a run is asked for, where this version knows all of it."""
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
