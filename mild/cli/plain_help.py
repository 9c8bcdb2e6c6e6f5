"""Help in which an option that takes no value shows none: `--json`, not `--json <bool>`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup


class PlainCommand(TyperCommand):
    """A command whose flags stand alone."""

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
