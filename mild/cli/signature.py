"""Commands whose options are made from a registry."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mild.core.selection.rules import NUMBERS, RULES, Number

if TYPE_CHECKING:
    RuleName = str
else:  # the command line offers, and checks, what is in a Literal
    RuleName = Literal[tuple(RULES)]


def with_parameters(
    command: Callable[..., None], parameters: Iterable[inspect.Parameter]
) -> Callable[..., None]:
    """Return `command` with these parameters, all given by name, for the command line to see."""
    shown = [item.replace(kind=inspect.Parameter.KEYWORD_ONLY) for item in parameters]

    def called(**values: Any) -> None:
        command(**values)

    called.__doc__ = command.__doc__
    called.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    called.__annotations__ = {item.name: item.annotation for item in shown}
    return called


def with_numbers(
    command: Callable[..., None], *, after: str, words: Callable[[Number], str]
) -> Callable[..., None]:
    """Return `command`, which takes `**numbers`, with an option for each number of a rule.

    They follow the parameter `after`; those that `command` has of its own are left to it. `words`
    makes an option's line of help.
    """
    own = inspect.signature(command, eval_str=True).parameters.values()
    named = [item for item in own if item.kind is not inspect.Parameter.VAR_KEYWORD]
    asked = [item for item in NUMBERS.values() if item.name not in {known.name for known in named}]
    place = 1 + [item.name for item in named].index(after)
    numbers = [_option(item, words(item)) for item in asked]
    return with_parameters(command, [*named[:place], *numbers, *named[place:]])


def flag(name: str) -> str:
    """Write how a number is typed as an option.

    Examples
    --------
    >>> flag("keep_fraction")
    '--keep-fraction'
    """
    return f"--{name.replace('_', '-')}"


def _option(number: Number, words: str) -> inspect.Parameter:
    return inspect.Parameter(
        number.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[float | None, typer.Option(flag(number.name), help=words)],
    )
