"""What commands print: one JSON object on standard output, everything else on standard error."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import typer
from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]

# Paths and names may hold square brackets, which are not meant as markup; a sentence is one line.
stderr = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
stdout = Console(highlight=False, markup=False)


def print_json(value: dict[str, Any]) -> None:
    """One object; numbers that are not finite become null, which JSON can hold."""
    print(json.dumps(_finite(value), allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
