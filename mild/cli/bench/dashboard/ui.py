"""`bench ui`: time every page of the dashboard in a real browser."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated, Any

import typer
from rich.table import Table

from mild.cli.output import AsJson, PlainConsole, print_json, stderr, stdout
from mild.errors import InstallationError
from mild.installation import need

WIDTH = 140
"""Columns of a table that is written to a file."""


def bench_ui(
    n: Annotated[
        list[int] | None, typer.Option(help="Instances of a run; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Time every page on runs of several sizes, in a real Chromium, against the budgets.

    Example: python -m mild bench ui --n 50000 --json
    """
    need("dashboard", "This measurement")
    if find_spec("playwright") is None:
        raise InstallationError(
            "This measurement drives a browser: pip install playwright, and have a Chromium."
        )
    from benchmarks.dashboard import ui

    sizes = tuple(size for size in ui.SIZES if not n or size[0] in n)
    known = {size[0] for size in ui.SIZES}
    sizes += tuple((other, 30) for other in n or () if other not in known)
    stderr.print("Writing runs and looking at every page: allow five minutes.")
    result = ui.run(sizes)
    if as_json:
        print_json(result)
        return
    wide = PlainConsole(highlight=False, markup=False, width=None if stdout.is_terminal else WIDTH)
    wide.print(_pages(result["pages"]))
    wide.print(_rows(result["rows"]))
    stdout.print(
        f"The server answers {result['server_answers_seconds']:.2f} s after its launch and holds "
        f"{result['server_megabytes']:.0f} MB at the end."
    )


def _pages(pages: list[dict[str, Any]]) -> Table:
    table = Table("page", "instances", "first", "warm", "warm, best", "new tab", "server", "sent")
    for item in pages:
        times = ("first", "warm", "warm_best", "new_tab", "warm_cpu")
        table.add_row(
            item["page"],
            f"{item['n']:,}",
            *(_value(item[f"{name}_seconds"], "s") for name in times),
            f"{item['kilobytes']:.0f} kB",
        )
    return table


def _rows(rows: list[dict[str, Any]]) -> Table:
    table = Table("what", "instances", "median", "best", "budget", "met")
    for row in rows:
        table.add_row(
            row["what"],
            "" if row["n"] is None else f"{row['n']:,}",
            *(_value(row[name], row["unit"]) for name in ("median", "best", "budget")),
            {True: "yes", False: "no", None: ""}[row["met"]],
        )
    return table


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if not unit:
        return "yes" if value else "no"
    digits = {"s": 3, "kB": 0}.get(unit, 1)
    return f"{value:,.{digits}f} {unit}"
