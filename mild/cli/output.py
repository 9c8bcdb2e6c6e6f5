"""What commands print: one JSON object on standard output, everything else on standard error."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]

# Paths and names may hold square brackets, which are not meant as markup; a sentence is one line.
stderr = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
stdout = Console(highlight=False, markup=False, soft_wrap=True)


WIDEST = 1000
"""Columns of a table that goes to a file or another program."""


def fits(table: Table) -> bool:
    """Tell whether the terminal is wide enough for a table; what is no terminal always is."""
    wanted = stdout.measure(table, options=stdout.options.update(max_width=WIDEST)).maximum
    return not stdout.is_terminal or wanted <= stdout.width


def print_table(table: Table) -> None:
    """Print as wide as the terminal; as wide as the table wants to be for a file or a program."""
    if stdout.is_terminal:
        stdout.print(table)
    else:
        Console(highlight=False, markup=False, width=WIDEST).print(table)


def print_json(value: dict[str, Any]) -> None:
    """Print one object; numbers that are not finite become null, which JSON can hold."""
    print(json.dumps(_finite(value), allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
