"""What several measurements ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Seeds = Annotated[
    list[int] | None,
    typer.Option("--seed", help="May be given several times; by default 0, 1 and 2."),
]
TrainTestFolder = Annotated[Path, typer.Option(help="Folder with train/ and test/.", exists=True)]
RunsKept = Annotated[
    Path | None, typer.Option(help="Keep the runs here; by default they are deleted.")
]
