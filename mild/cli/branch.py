"""`branch`: a new run from a round of another, with another cut."""

from __future__ import annotations

from typing import Annotated

import typer

from mild import jobs
from mild.cli.output import AsJson
from mild.cli.resume import RunId
from mild.cli.train import Detach, watch
from mild.config import SelectionRule
from mild.store.run import open_run


def branch(
    run_id: RunId,
    round_number: Annotated[
        int, typer.Option("--round", help="The round to branch from; the first is 1.", min=1)
    ],
    cut: Annotated[
        float | None,
        typer.Option(
            help="Keep what was misclassified in fewer epochs; 7.5 halves a count.", min=0
        ),
    ] = None,
    rule: Annotated[
        SelectionRule | None, typer.Option(help="Or a rule, for this round and those that follow.")
    ] = None,
    tau: Annotated[float | None, typer.Option(help="For the rule posterior.")] = None,
    keep_fraction: Annotated[float | None, typer.Option(help="For the rule keep-fraction.")] = None,
    as_json: AsJson = False,
    detach: Detach = False,
) -> None:
    """Start a new run from a round of another with another cut; nothing up to there is repeated.

    Example: python -m mild branch demo-digits-sym40-20261122-101500-7f3a --round 2 --cut 8
    """
    asked = {"rule": rule, "tau": tau, "keep_fraction": keep_fraction}
    selection = {name: value for name, value in asked.items() if value is not None}
    run = jobs.branch(open_run(run_id), round_number - 1, cut=cut, selection=selection)
    watch(run, as_json=as_json, detach=detach)
