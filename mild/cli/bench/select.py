"""`bench select`: judge selection on recorded runs and time it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.words import percent


def bench_select(
    panel: Annotated[
        Path | None, typer.Option(help="Folder of recorded runs.", exists=True, file_okay=False)
    ] = None,
    planted_panel: Annotated[
        Path | None,
        typer.Option(
            help="Folder of recorded runs with planted labels.", exists=True, file_okay=False
        ),
    ] = None,
    speed: Annotated[bool, typer.Option(help="Also time the fit (about a minute).")] = True,
    as_json: AsJson = False,
) -> None:
    """Judge the selection rules on recorded training runs, and time the fit.

    Two panels, the ones that come with the sources unless others are given: folders of .npz files
    with status, n, given and clean; and with planted, trained, losses and predictions as well.

    Example: python -m mild bench select --json
    """
    from benchmarks import select
    from benchmarks.selection.panels import PANEL, PLANTED_PANEL

    if speed:
        stderr.print("Timing includes the reliability library: allow about a minute.")
    result = select.run(
        PANEL if panel is None else panel,
        PLANTED_PANEL if planted_panel is None else planted_panel,
        speed=speed,
    )
    if as_json:
        print_json(result)
        return
    stdout.print(_rows_table(result["rows"]))
    stdout.print(_figures_table(result["summary"], "Without planted labels"))
    stdout.print(_planted_table(result["planted"]["rows"]))
    stdout.print(_summaries_table(result["planted"]["summary"]))
    if result["speed"] is not None:
        stdout.print(_figures_table(result["speed"], "Speed"))
        stdout.print(_budgets_table(result["planted_speed"]))


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


def _planted_table(rows: list[dict[str, Any]]) -> Table:
    names = ("planted", "noise", "est.", "F1", "best F1", "ratio", "F1 said", "tells", "without",
             "prototype")  # fmt: skip
    table = Table(Column("run", min_width=20, overflow="fold"), *names, box=None)
    for row in rows:
        zero = row["ratio"] is None
        shown = _kept if zero else _three
        table.add_row(
            f"{row['file']} {row['part']}",
            str(row["n_planted"]),
            percent(row["noise_rate"]),
            percent(row["noise_rate_estimate"]),
            *(_three(row[name]) for name in ("f1_flagged", "best_f1_flagged")),
            shown(row["kept_share"] if zero else row["ratio"]),
            _interval(row["f1_interval"]),
            "yes" if row["can_tell"] else "no",
            *(shown(row[name]) for name in ("without_planting", "prototype")),
        )
    return table


def _summaries_table(summaries: dict[str, dict[str, float | None]]) -> Table:
    table = Table("", *summaries, title="With planted labels, systematic flips left out")
    for name in next(iter(summaries.values())):
        values = (figures[name] for figures in summaries.values())
        table.add_row(
            name.replace("_", " "),
            *("–" if value is None else f"{value:.3g}" for value in values),
        )
    return table


def _budgets_table(measured: list[dict[str, float]]) -> Table:
    table = Table("instances, 3 % planted", "ranks, fit and cut", "budget")
    for row in measured:
        seconds = (f"{1000 * row[name]:.0f} ms" for name in ("seconds", "budget_seconds"))
        table.add_row(f"{row['n']:,.0f}", *seconds)
    return table


def _figures_table(figures: dict[str, float | None], title: str) -> Table:
    table = Table(title=title, show_header=False)
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), "–" if value is None else f"{value:.4g}")
    return table


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _kept(value: float | None) -> str:
    return "–" if value is None else f"kept {value:.1%}"


def _interval(value: tuple[float, float] | None) -> str:
    return "–" if value is None else f"{value[0]:.2f} – {value[1]:.2f}"
