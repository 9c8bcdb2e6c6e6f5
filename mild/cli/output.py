"""What commands print: one JSON object on standard output, everything else on standard error."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mild.visible import visible

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]

WIDEST = 1000
"""Columns of a table that goes to a file or another program."""
MOST_PRINTED = 50_000
"""Characters of a text."""


class PlainConsole(Console):
    """Prints names, notes and errors as they are: nothing in them steers a terminal."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Turn what is printed, a cell of a table as well, into what is shown."""
        return super().render_str(visible(text, MOST_PRINTED, lines=True), **how)


# Paths and names may hold square brackets, which are not meant as markup; a sentence is one line.
stderr = PlainConsole(stderr=True, highlight=False, markup=False, soft_wrap=True)
stdout = PlainConsole(highlight=False, markup=False, soft_wrap=True)


def fits(table: Table) -> bool:
    """Tell whether the terminal is wide enough for a table; what is no terminal always is."""
    wanted = stdout.measure(table, options=stdout.options.update(max_width=WIDEST)).maximum
    return not stdout.is_terminal or wanted <= stdout.width


def print_table(table: Table) -> None:
    """Print as wide as the terminal; as wide as the table wants to be for a file or a program."""
    if stdout.is_terminal:
        stdout.print(table)
    else:
        PlainConsole(highlight=False, markup=False, width=WIDEST).print(table)


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
