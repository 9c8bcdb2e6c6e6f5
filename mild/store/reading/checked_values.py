"""What rows and facts of run.db may say: whoever copied, edited or damaged it, it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from mild.store.schema import MOST_CLASSES, Finite, Number

Record = TypeVar("Record")


def _square(rows: list[list[float]]) -> list[list[float]]:
    if any(len(row) != len(rows) for row in rows):
        raise ValueError("a matrix with as many rows as columns is needed")
    return rows


Words = Annotated[str, BeforeValidator(str)]
Names = Annotated[list[Words], Field(max_length=MOST_CLASSES)]
Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[int, Field(ge=0, le=10**6)]


FACTS: dict[str, Any] = {
    "class_names": Names,
    "description": Words,
    "device": Words,
    "device_reason": Words,
    "machine": Words,
    "n_instances": Number,
    "n_test": Number,
    "n_skipped": Number,
    "n_set_aside": Number,
    "image_height": Pixels,
    "image_width": Pixels,
    "actual_noise_rate": Share | None,
    "requested_noise_rate": Share | None,
    "actual_transitions": Annotated[list[list[float]], AfterValidator(_square)] | None,
    "head_trials": list[tuple[float, float]],
    "head_weight_decay": float,
    "training_seconds": Finite | None,
}
"""The kinds of those facts that are reckoned with; others are shown at most."""


@cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def record(kind: type[Record], values: Mapping[str, Any]) -> Record:
    """Make a value of a class out of a row of a table.

    Raises
    ------
    ValueError
        If a column holds what it never holds.
    """
    of: Any = kind
    try:
        found: Record = _reader(of).validate_python(dict(values))
    except ValidationError as error:
        raise ValueError(_first(error)) from None
    # Whole numbers stay what they are: a cut of 5 is told as 5.
    whole = {
        name: raw
        for name, raw in values.items()
        if type(raw) is int and type(getattr(found, name)) is float
    }
    return replace(found, **whole) if whole else found  # type: ignore[type-var]


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts, those of `FACTS` as they are declared there.

    Raises
    ------
    ValueError
        If one of these is of another kind.
    """
    found = dict(values)
    for name in FACTS.keys() & found.keys():
        try:
            found[name] = _reader(FACTS[name]).validate_python(found[name])
        except ValidationError as error:
            raise ValueError(f"{name}: {_first(error)}") from None
    return found


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    place = ".".join(map(str, found["loc"]))
    return f"{place}: {found['msg']}" if place else str(found["msg"])
