"""`branch`: a new run from a round of another, with another cut."""

from __future__ import annotations

from typing import Annotated

import typer

from mild import jobs
from mild.cli.output import AsJson
from mild.cli.run_id import RunId
from mild.cli.signature import RuleName, with_numbers
from mild.cli.watch import Detach, watch
from mild.store.named import named_run


def _branch(
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
        RuleName | None, typer.Option(help="Or a rule, for this round and those that follow.")
    ] = None,
    as_json: AsJson = False,
    detach: Detach = False,
    **numbers: float | None,
) -> None:
    """Start a new run from a round of another with another cut; nothing up to there is repeated.

    Example: python -m mild branch demo-digits-sym40-20261122-101500-7f3a --round 2 --cut 8
    """
    asked = {"rule": rule, **numbers}
    selection = {name: value for name, value in asked.items() if value is not None}
    run = jobs.branch(named_run(run_id), round_number - 1, cut=cut, selection=selection)
    watch(run, as_json=as_json, detach=detach)


branch = with_numbers(_branch, after="rule", words=lambda item: f"For the rule {item.rule}.")
