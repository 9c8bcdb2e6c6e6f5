"""`bench endurance`: a day of polling at full speed, and a history of a million lines."""

from __future__ import annotations

from typing import Annotated

import typer

from mild.cli.bench.rows import rows_table
from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.installation import need


def bench_endurance(
    hours: Annotated[float, typer.Option(min=0.01, help="Of one window that polls.")] = 24.0,
    events: Annotated[int, typer.Option(min=0, help="Lines of the long history.")] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """What a day of polling leaves in memory, and how a run with a long history reads.

    As many polls as a window makes in the hours asked for, one after another without a pause, on a
    run that gets new epochs all the time.

    Example: python -m mild bench endurance --hours 24
    """
    need("dashboard", "This measurement")
    from benchmarks.dashboard import endurance

    stderr.print("Polling at full speed; a day of it takes as long as its answers do.")
    result = endurance.run(hours, events, lambda text: stderr.print(text))
    print_json(result) if as_json else stdout.print(rows_table(result["rows"]))
