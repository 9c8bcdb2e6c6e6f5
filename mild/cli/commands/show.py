"""`show`: the dashboard, from any folder."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from mild.access.door import UNSAFE
from mild.errors import RunError
from mild.installation import TOP_LEVEL, need

LOWEST_PORT, HIGHEST_PORT = 1, 65_535


def show(
    port: Annotated[
        int | None,
        typer.Option(
            min=LOWEST_PORT,
            max=HIGHEST_PORT,
            help="Where it listens on this machine; by default 8501, or the next that is free.",
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser on it, or not.")
    ] = True,
    runs: Annotated[
        Path | None,
        typer.Option(help="The folder of runs; by default MILD_RUNS_DIR, else ./runs."),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            help="Another address than this machine's own, 127.0.0.1; needs a sign-in "
            "(docs/remote.md).",
        ),
    ] = None,
    unsafe: Annotated[
        bool,
        typer.Option(
            UNSAFE,
            help="Without a sign-in, everybody who reaches it may train on this machine, read its "
            "open folders and delete runs.",
        ),
    ] = False,
) -> None:
    """Open the dashboard. It goes on until Ctrl-C; runs that train do not need it.

    Example: mild show --port 8600 --runs /shared/runs
    """
    need("dashboard", "The dashboard")
    if runs is not None:
        os.environ["MILD_RUNS_DIR"] = str(_folder(runs))
    sys.argv = _streamlit_words(port, address, browser=browser, unsafe=unsafe)
    runpy.run_module("streamlit", run_name="__main__")


def _streamlit_words(
    port: int | None, address: str | None, *, browser: bool, unsafe: bool
) -> list[str]:
    """Write streamlit's command; the rest stands in .streamlit/config.toml beside app.py.

    Streamlit looks there whatever the current folder is. Whether it may listen at the address,
    app.py decides.
    """
    words = ["streamlit", "run", str(TOP_LEVEL / "app.py"), "--server.showEmailPrompt", "false"]
    words += ["--server.headless", "false" if browser else "true"]
    words += [] if port is None else ["--server.port", str(port)]
    words += [] if address is None else ["--server.address", address]
    return words + (["--", UNSAFE] if unsafe else [])


def _folder(runs: Path) -> Path:
    if not runs.expanduser().is_dir():
        raise RunError(
            f"--runs {runs} is not a folder; make it, or name the folder that holds your runs."
        )
    return runs.expanduser().absolute()
