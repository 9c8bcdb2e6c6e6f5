"""How a command is told which run is meant."""

from __future__ import annotations

from typing import Annotated

import typer

from mild.errors import MildError
from mild.store.folder import run_folders


def _beginning_with(incomplete: str) -> list[str]:
    """List ids for the shell to offer, newest first; a shell is told of no error."""
    try:
        ids = [folder.run_id for folder in run_folders()]
    except MildError:
        return []
    return [run_id for run_id in ids if run_id.startswith(incomplete)]


RunId = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="The run's id, its name, or the beginning of its id.",
        autocompletion=_beginning_with,
    ),
]
