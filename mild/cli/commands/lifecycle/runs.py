"""`runs` and `stop`: what there is, and ending what is at work."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from mild import jobs
from mild.cli.output import AsJson, fits, print_json, print_table, stderr, stdout
from mild.cli.run_id import RunId
from mild.errors import RunError
from mild.store.folder import runs_root
from mild.store.named import named_run
from mild.store.overview import Overview, overview
from mild.store.run import all_runs
from mild.words import percent, score

STOP_SECONDS = 60.0


def runs(as_json: AsJson = False) -> None:
    """List all runs, newest first.

    Example: python -m mild runs --json
    """
    there = all_runs()
    jobs.look_after(there)
    found = [overview(run) for run in there]
    if not found:
        stderr.print(_no_runs(runs_root()))
    if as_json:
        print_json({"runs": [asdict(item) for item in found]})
    elif found and fits(table := _table(found)):
        print_table(table)
    else:
        for item in found:
            stdout.print(_in_lines(item))


def stop(
    run_id: RunId,
    as_json: AsJson = False,
) -> None:
    """Stop a run at its next batch; every epoch up to there is kept.

    Example: python -m mild stop demo-digits-sym40-20261122-101500-7f3a
    """
    run = named_run(run_id)
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


def _no_runs(root: Path) -> str:
    if root.is_dir():
        return f"No runs yet in {root}; python -m mild demo makes one."
    given = " (MILD_RUNS_DIR)" if os.environ.get("MILD_RUNS_DIR") else ""
    return f"No runs yet: there is no folder {root}{given}; python -m mild demo makes both."


def _table(found: list[Overview]) -> Table:
    table = Table("Run", "State", "Rounds", "Kept", "F1 of flagged", "Held-out accuracy")
    for item in found:
        table.add_row(item.run_id, *_cells(item))
    return table


def _cells(item: Overview) -> tuple[str, str, str, str, str]:
    return (
        item.state,
        f"{item.rounds_done} of {item.rounds_asked}",
        percent(item.kept_share),
        score(item.f1_flagged),
        score(item.accuracy),
    )


def _in_lines(item: Overview) -> str:
    """Print runs in lines for a narrow terminal: an id that is cut or folded cannot be copied."""
    state, rounds, kept, f1, accuracy = _cells(item)
    return (
        f"{item.run_id}\n  {state}, {rounds} rounds, kept {kept}\n"
        f"  F1 of flagged {f1}, held-out accuracy {accuracy}"
    )
