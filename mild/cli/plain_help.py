"""Help as people read it: flags stand alone, and the terminal breaks the lines of a paragraph."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")
"""One that does not end a paragraph."""


class PlainCommand(TyperCommand):
    """A command whose flags stand alone, and whose paragraphs are wrapped by the terminal."""

    def __init__(self, *args: Any, help: str | None = None, **more: Any) -> None:
        super().__init__(*args, help=help and _LINE_BREAK.sub(" ", help), **more)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, as click asks for them."""
        return _plain(super().get_params(ctx))


class PlainGroup(TyperGroup):
    """A group of commands whose flags stand alone."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options, as click asks for them."""
        return _plain(super().get_params(ctx))


def _plain(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return parameters
