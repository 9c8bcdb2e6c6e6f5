"""`bench ui`: time every page of the dashboard in a real browser."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from mild.commands.output import AsJson, print_json, stderr, stdout


def bench_ui(
    n: Annotated[
        list[int] | None, typer.Option(help="Instances of a run; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Time every page on runs of several sizes, in a real Chromium.

    Example: python -m mild bench ui --n 50000 --json
    """
    from benchmarks import ui

    sizes = tuple(size for size in ui.SIZES if not n or size[0] in n)
    known = {size[0] for size in ui.SIZES}
    sizes += tuple((other, 30) for other in n or () if other not in known)
    stderr.print("Writing runs and looking at every page: allow a few minutes.")
    result = ui.run(sizes)
    if as_json:
        print_json(result)
        return
    table = Table("page", "instances", "first", "warm", "sent")
    for item in result["pages"]:
        table.add_row(
            item["page"],
            f"{item['n']:,}",
            f"{item['first_seconds']:.2f} s",
            f"{item['warm_seconds']:.2f} s",
            f"{item['kilobytes']:.0f} kB",
        )
    stdout.print(table)
    stdout.print(
        f"Server answers after {result['server_answers_seconds']:.2f} s, first page after another "
        f"{result['first_page_seconds']:.2f} s, {result['server_megabytes']:.0f} MB at the end."
    )
