"""Watching a run from a terminal until it ends."""

from __future__ import annotations

import time

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from mild import jobs
from mild.cli.output import stderr
from mild.errors import RunError
from mild.store import overview
from mild.store.run import Run, RunState
from mild.visible import visible_name

POLL_SECONDS = 0.1


def follow(run: Run) -> RunState:
    """Show progress with the time left until the run ends; Ctrl-C stops the run first."""
    config = run.config()
    total = config.total_epochs
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f} epochs"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("queued", total=total)
        while True:
            try:
                state = run.state()
                if not stderr.is_terminal or state.state == "waiting":
                    _say_once(run, state)
                progress.update(
                    task,
                    description=visible_name(state.state),
                    completed=total * overview.progress(state, config),
                )
                if not state.live:
                    return state
                time.sleep(POLL_SECONDS)
            except KeyboardInterrupt:
                stderr.print("Stopping at the next batch; every epoch up to here is kept.")
                try:
                    jobs.stop(run)
                except RunError:
                    return run.state()


_said: dict[str, str] = {}


def _say_once(run: Run, state: RunState) -> None:
    """Print a line per step where a bar cannot be shown, or does not say enough."""
    line = f"{state.state}: {state.sentence}" if state.sentence else state.state
    if _said.get(run.run_id) != line:
        _said[run.run_id] = line
        stderr.print(line)
        if state.state == "waiting":
            stderr.print(f"From here: python -m mild select {run.run_id} --cut CUT --apply")
