"""`bench select`: judge selection on recorded runs and time it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from mild.commands.output import AsJson, print_json, stderr, stdout
from mild.words import percent

HELP = """Judge the selection rules on recorded training runs, and time the fit.

The panel is a folder of .npz files with status, n, given and clean; the one that comes with the
sources unless another is given.

Example: python -m mild bench select --json
"""


def bench_select(
    panel: Annotated[
        Path | None, typer.Option(help="Folder of recorded runs.", exists=True, file_okay=False)
    ] = None,
    speed: Annotated[bool, typer.Option(help="Also time the fit (about a minute).")] = True,
    as_json: AsJson = False,
) -> None:
    from benchmarks import select

    if speed:
        stderr.print("Timing includes the reliability library: allow about a minute.")
    result = select.run(select.PANEL if panel is None else panel, speed=speed)
    if as_json:
        print_json(result)
        return
    stdout.print(_rows_table(result["rows"]))
    stdout.print(_figures_table(result["summary"], "Selection"))
    if result["speed"] is not None:
        stdout.print(_figures_table(result["speed"], "Speed"))


bench_select.__doc__ = HELP


def _rows_table(rows: list[dict[str, Any]]) -> Table:
    names = ("E", "noise", "est.", "cut", "best", "F1", "best F1", "ratio")
    table = Table(Column("run", min_width=20, overflow="fold"), *names, box=None)
    for row in rows:
        table.add_row(
            f"{row['file']} {row['part']}",
            str(row["n_epochs"]),
            percent(row["noise_rate"]),
            percent(row["noise_rate_estimate"]),
            str(row["cut"]),
            "–" if row["best_cut"] is None else str(row["best_cut"]),
            *(_three(row[name]) for name in ("f1_flagged", "best_f1_flagged")),
            f"kept {row['kept_share']:.0%}" if row["ratio"] is None else _three(row["ratio"]),
        )
    return table


def _figures_table(figures: dict[str, float | None], title: str) -> Table:
    table = Table(title=title, show_header=False)
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), "–" if value is None else f"{value:.4g}")
    return table


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
