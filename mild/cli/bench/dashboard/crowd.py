"""`bench crowd`: many windows, many workers, many runs."""

from __future__ import annotations

from typing import Annotated

import typer

from mild.cli.bench.rows import rows_table
from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.installation import need


def bench_crowd(
    windows: Annotated[int, typer.Option(min=0, help="On one live run; 0 leaves that out.")] = 20,
    workers: Annotated[int, typer.Option(min=0, help="That wait for their turn.")] = 10,
    seconds: Annotated[float, typer.Option(min=1, help="How long they look.")] = 60.0,
    runs: Annotated[int, typer.Option(min=0, help="On home; 0 leaves that out.")] = 2000,
    as_json: AsJson = False,
) -> None:
    """Many windows on one live run, many workers in the queue, a home with many runs.

    Windows are sessions without a browser, timed at the server; home is opened in a Chromium.

    Example: python -m mild bench crowd --windows 0 --runs 2000
    """
    need("train", "This measurement")
    need("dashboard", "This measurement")
    from benchmarks.dashboard import crowd

    stderr.print("Starting workers and opening windows: allow three minutes.")
    result = crowd.run(windows, workers, seconds, runs)
    if as_json:
        print_json(result)
        return
    stdout.print(rows_table(result["rows"]))
    for error in result["errors"]:
        stdout.print(f"a page said: {error}")
