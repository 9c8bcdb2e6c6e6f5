"""`select RUN --cut C --apply`: a person gives the cut that a run waits for."""

from __future__ import annotations

from mild.cli.opening import opened
from mild.cli.output import print_json, stdout
from mild.errors import RunError, SelectionError
from mild.store.review.cuts import give_cut, waiting_round


def apply_cut(run_id: str, cut: float | None, others: dict[str, object], *, as_json: bool) -> None:
    """Give the cut to the round that waits; the run goes on by itself.

    `others` are the options of `select` that mean nothing here.
    """
    given = [name for name, value in others.items() if value]
    if cut is None or given:
        raise SelectionError(
            "--apply gives a run the cut that it is waiting for: "
            + (f"leave out {', '.join(given)}." if given else "add --cut.")
        )
    run = opened(run_id)
    number = waiting_round(run)
    if number is None:
        raise RunError(
            f"run {run.run_id} is {run.state().state} and is not waiting for a cut; start a run "
            f"with "
            "--wait, or branch a new run from one of its rounds."
        )
    n_kept = give_cut(run, number, cut)
    n = len(run.index(number)) - len(run.planted(number))
    if as_json:
        answer = {"run_id": run.run_id, "round": number, "cut": cut, "kept": n_kept, "n": n}
        print_json(answer)
        return
    stdout.print(f"Round {number + 1} of {run.run_id} keeps {n_kept:,} of {n:,}.")
    if run.state().resumable:
        stdout.print(f"It goes on with: python -m mild resume {run.run_id}")
