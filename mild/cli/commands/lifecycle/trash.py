"""`delete`, `trash`, `restore`: putting runs away, taking them back, and getting rid of them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from mild.cli.output import AsJson, print_json, stdout
from mild.cli.run_id import RunId
from mild.store.lifecycle.remove import delete_run, empty_trash, restore_run, trashed
from mild.store.named import named_run
from mild.store.overview import overview

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask, at a terminal either.")]


def delete(run_id: RunId, as_json: AsJson = False, yes: Yes = False) -> None:
    """Move a run into the trash, from which it can be taken back; asks first at a terminal.

    Example: python -m mild delete demo-digits-sym40-20261122-101500-7f3a
    """
    run = named_run(run_id)
    _ask(f"Move {run.run_id} into the trash? It can be taken back.", yes or as_json)
    delete_run(run)
    if as_json:
        print_json({"run_id": run.run_id, "in_trash": True})
    else:
        stdout.print(f"{run.run_id} is in the trash; python -m mild restore takes it back.")


def trash(
    empty: Annotated[bool, typer.Option("--empty", help="Delete for good what is in it.")] = False,
    as_json: AsJson = False,
    yes: Yes = False,
) -> None:
    """List the runs in the trash, or empty it; asks first at a terminal.

    Example: python -m mild trash --empty
    """
    if empty:
        n = len(trashed())
        _ask(f"Delete {n} for good? There is no way back.", yes or as_json or not n)
        n = empty_trash()
        if as_json:
            print_json({"n_deleted": n})
        else:
            stdout.print(f"{n} {'run is' if n == 1 else 'runs are'} deleted for good.")
        return
    found = [overview(run) for run in trashed()]
    if as_json:
        print_json({"runs": [asdict(item) for item in found]})
    elif not found:
        stdout.print("The trash is empty.")
    for item in () if as_json else found:
        stdout.print(f"{item.run_id}: {item.name}, {item.state}")


def restore(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The id, as `trash` lists it.")],
    as_json: AsJson = False,
) -> None:
    """Take a run back out of the trash.

    Example: python -m mild restore demo-digits-sym40-20261122-101500-7f3a
    """
    run = restore_run(run_id)
    if as_json:
        print_json({"run_id": run.run_id, "in_trash": False})
    else:
        stdout.print(f"{run.run_id} is back.")


def _ask(question: str, settled: bool) -> None:
    """Ask whoever sits at a terminal; a program that has none has decided."""
    if not settled and sys.stdin.isatty():
        typer.confirm(question, abort=True)
