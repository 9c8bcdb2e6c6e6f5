"""`report`: one self-contained HTML file per run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mild.cli.opening import opened
from mild.cli.output import AsJson, print_json, stdout
from mild.cli.run_id import RunId
from mild.errors import RunError
from mild.installation import need


def report(
    run_id: RunId,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; by default RUN.html here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a report of a run: one HTML file that opens without network.

    Example: python -m mild report demo-digits-sym40-20261122-101500-7f3a
    """
    run = opened(run_id)
    need("dashboard", "A report, whose figures are the dashboard's,")
    from mild.report.page import make_report

    path = output or Path(f"{run.run_id}.html")
    page = make_report(run)  # what cannot be read there is not what cannot be written here
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"{path} cannot be written ({error.strerror}); name another file with --output."
        ) from error
    if as_json:
        print_json({"run_id": run.run_id, "path": str(path.absolute())})
    else:
        stdout.print(f"Written: {path}")
