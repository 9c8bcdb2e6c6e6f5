"""`delete`, `trash`, `restore`: putting runs away, taking them back, and getting rid of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from mild.cli.output import AsJson, print_json, stdout
from mild.cli.run_id import RunId
from mild.store.lifecycle.remove import delete_run, empty_trash, restore_run, trashed
from mild.store.named import named_run
from mild.store.overview import overview


def delete(run_id: RunId, as_json: AsJson = False) -> None:
    """Move a run into the trash, from which it can be taken back.

    Example: python -m mild delete demo-digits-sym40-20261122-101500-7f3a
    """
    run = named_run(run_id)
    delete_run(run)
    if as_json:
        print_json({"run_id": run.run_id, "in_trash": True})
    else:
        stdout.print(f"{run.run_id} is in the trash; python -m mild restore takes it back.")


def trash(
    empty: Annotated[bool, typer.Option("--empty", help="Delete for good what is in it.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the runs in the trash, or empty it.

    Example: python -m mild trash --empty
    """
    if empty:
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
