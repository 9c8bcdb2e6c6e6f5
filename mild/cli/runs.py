"""`runs` and `stop`: what there is, and ending what is at work."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from mild import jobs
from mild.cli.output import AsJson, print_json, stdout
from mild.errors import RunError
from mild.store.overview import Overview, overview
from mild.store.run import all_runs, open_run
from mild.words import percent

STOP_SECONDS = 60.0


def runs(as_json: AsJson = False) -> None:
    """List all runs, newest first.

    Example: python -m mild runs --json
    """
    found = [overview(run) for run in all_runs()]
    if as_json:
        print_json({"runs": [asdict(item) for item in found]})
    elif not found:
        stdout.print("No runs yet; python -m mild demo makes one.")
    else:
        stdout.print(_table(found))


def stop(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or its beginning.")],
    as_json: AsJson = False,
) -> None:
    """Stop a run at its next batch; every epoch up to there is kept.

    Example: python -m mild stop demo-digits-sym40-20261122-101500-7f3a
    """
    run = open_run(run_id)
    jobs.stop(run)
    deadline = time.monotonic() + STOP_SECONDS
    while (state := run.state()).live:
        if time.monotonic() > deadline:
            raise RunError(
                f"run {run.run_id} was asked to stop {STOP_SECONDS:.0f} s ago and is still "
                f"{state.state}; wait for its batch to end, or end process {state.pid}."
            )
        time.sleep(0.05)
    answer: dict[str, Any] = {
        "run_id": run.run_id,
        "state": state.state,
        "sentence": state.sentence,
    }
    if as_json:
        print_json(answer)
    else:
        stdout.print(f"{run.run_id}: {state.state}. {state.sentence}")


def _table(found: list[Overview]) -> Table:
    table = Table()
    for heading in ("Run", "State", "Rounds", "Kept", "F1 of flagged", "Accuracy"):
        table.add_column(heading, overflow="fold")
    for item in found:
        table.add_row(
            item.run_id,
            item.state,
            f"{item.rounds_done} of {item.rounds_asked}",
            percent(item.kept_share),
            percent(item.f1_flagged),
            percent(item.accuracy),
        )
    return table
