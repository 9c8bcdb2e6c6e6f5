"""Settings that a registry decides: a name among those that are there, and the numbers of rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from mild.core.selection.rules import NUMBERS, Number

_BOUNDS: dict[str, dict[str, Any]] = {
    "probability": {"gt": 0, "lt": 1},
    "share": {"gt": 0, "le": 1},
    "epochs": {"ge": 0, "allow_inf_nan": False},
}


def one_of(names: Collection[str]) -> BeforeValidator:
    """Refuse what is not among the names, in the words that pydantic has for a Literal."""

    def check(value: Any) -> Any:
        if value not in tuple(names):
            raise PydanticKnownError("literal_error", {"expected": _listed(names)})
        return value

    return BeforeValidator(check)


def numbers_of_rules() -> dict[str, tuple[Any, Any]]:
    """Type and field of every number that a selection rule asks for, by its name."""
    return {name: (_type(item), _field(item)) for name, item in NUMBERS.items()}


def _type(number: Number) -> Any:
    return float | None if number.default is None else float


def _field(number: Number) -> Any:
    words = f"For `{number.rule}`: {number.help}"
    return Field(default=number.default, description=words, **_BOUNDS[number.kind])


def _listed(names: Collection[str]) -> str:
    """List names as pydantic does.

    Examples
    --------
    >>> _listed(["cat", "dog", "horse"])
    "'cat', 'dog' or 'horse'"
    """
    *others, last = [repr(name) for name in names]
    return f"{', '.join(others)} or {last}" if others else last
