"""`pause` and `resume`: a break in a run that leaves no trace in what comes out."""

from __future__ import annotations

from mild import jobs
from mild.cli.commands.lifecycle.runs import stop
from mild.cli.output import AsJson
from mild.cli.run_id import RunId
from mild.cli.watch import Detach, Hold, show_held, watch
from mild.store.named import named_run


def pause(run_id: RunId, as_json: AsJson = False) -> None:
    """Stop a run at its next batch; resume goes on from its last whole epoch.

    Example: python -m mild pause demo-digits-sym40-20261122-101500-7f3a
    """
    stop(run_id, as_json)


def resume(
    run_id: RunId, as_json: AsJson = False, detach: Detach = False, hold: Hold = False
) -> None:
    """Go on with a run that was stopped, failed, or lost its worker, from its last whole epoch.

    What comes out is the same to the bit as without the break, on the same kind of device.

    Example: python -m mild resume demo-digits-sym40-20261122-101500-7f3a
    """
    run = named_run(run_id)
    jobs.resume(run, by_hand=hold)
    if hold:
        show_held(run, as_json=as_json)
    else:
        watch(run, as_json=as_json, detach=detach)
