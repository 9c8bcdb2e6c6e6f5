"""Measured figures beside their budgets, as a table."""

from __future__ import annotations

from typing import Any

from rich.table import Table


def rows_table(rows: list[dict[str, Any]]) -> Table:
    """A row for each figure: median, best, budget, and whether that is met."""
    table = Table("what", "times", "median", "best", "budget", "met")
    for row in rows:
        table.add_row(
            row["what"],
            str(row["times"]),
            *(_value(row[name], row["unit"]) for name in ("median", "best", "budget")),
            {True: "yes", False: "no", None: ""}[row["met"]],
        )
    return table


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.{3 if unit == 's' else 1}f} {unit}".strip()
