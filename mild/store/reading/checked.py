"""What a run's files may say: whoever copied, edited or damaged them, it is checked before use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from mild.store.schema import MOST_EPOCHS, Finite, Number

Array = npt.NDArray[Any]
Record = TypeVar("Record")

MOST_CLASSES = 65_536
"""What predictions on disk can tell apart."""
_PER_SLOT = {"kept": "b", "planted": "b", "misclassified": "iu", "score": "iuf"}
_SCORES = {
    "first_memorized_epoch": "iuf", "forgetting_events": "iuf", "mean_loss": "f", "last_loss": "f",
    "aum": "f",
}  # fmt: skip
_OF_FIT = ("weight", "shape", "scale")


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


def index(index_N: Array, n: int | None) -> Array:
    """Check the instances in the slots of a round; `n` is how many the run has, where known.

    Raises
    ------
    ValueError
        If it is no list of instances.
    """
    _check(index_N, "i", (len(index_N),) if index_N.ndim else ())
    if index_N.size and not 0 <= index_N.min() <= index_N.max() < (2**62 if n is None else n):
        raise ValueError(f"it names instances outside of 0 .. {(n or 0) - 1}")
    return index_N


def selection(members: dict[str, Array], n: int) -> dict[str, Array]:
    """Check what a selection of `n` slots wrote.

    Raises
    ------
    ValueError
        If something is missing, or of another kind or length.
    """
    for name in ("kept", "misclassified"):
        if name not in members:
            raise ValueError(f"'{name}' is missing")
    for name, kinds in _PER_SLOT.items():
        if name in members:
            _check(members[name], kinds, (n,), name)
    counted = members["misclassified"]
    if counted.size and not 0 <= counted.min() <= counted.max() <= 10**6:
        raise ValueError("'misclassified' holds counts that no round has")
    if "score" in members and not np.isfinite(members["score"]).all():
        raise ValueError("'score' holds what is no number")
    for name in _OF_FIT:
        if name in members:
            _check(members[name], "f", (2,), name)
    if any(name in members for name in _OF_FIT) and not all(
        name in members and (members[name] >= 0).all() and np.isfinite(members[name]).all()
        for name in _OF_FIT
    ):
        raise ValueError("its mixture is no mixture")
    return members


def scores(members: dict[str, Array], n: int) -> dict[str, Array]:
    """Check the scores of `n` slots, as far as they are there.

    Raises
    ------
    ValueError
        If one is of another kind or length.
    """
    for name, kinds in _SCORES.items():
        if name in members:
            _check(members[name], kinds, (n,), name)
            if "i" in kinds and not _within(members[name], MOST_EPOCHS):
                raise ValueError(f"'{name}' holds what no round has")
    return members


def labels(label_N: Array, lowest: int = 0) -> Array:
    """Check labels, whole numbers from `lowest`.

    Raises
    ------
    ValueError
        If there are others.
    """
    if label_N.dtype.kind not in "iu":
        raise ValueError(f"its labels are {label_N.dtype}")
    if label_N.size and not lowest <= label_N.min() <= label_N.max() < MOST_CLASSES:
        raise ValueError(f"it holds labels outside of {lowest} .. {MOST_CLASSES - 1}")
    return label_N


def rows(array: Array, kinds: str, n_rows: int, width: int) -> Array:
    """Check rows of so many columns, and return the first `n_rows`.

    Raises
    ------
    ValueError
        If there are fewer, or others.
    """
    if array.ndim != 2 or len(array) < n_rows or array.shape[1] != width:
        raise ValueError(f"its shape is {array.shape}, not {n_rows} epochs of {width}")
    if array.dtype.kind not in kinds:
        raise ValueError(f"it holds {array.dtype}")
    return array[:n_rows]


def shares(array: Array, n: int) -> Array:
    """Check rows of `n` instances that hold shares from 0 to 1.

    Raises
    ------
    ValueError
        If there are fewer, or others.
    """
    found = rows(array, "f", n, array.shape[1] if array.ndim == 2 else 0)
    if not ((found >= 0) & (found <= 1)).all():  # nan is neither
        raise ValueError("it holds what is no probability")
    return found


def pictures(array: Array, n: int | None = None) -> Array:
    """Check small pictures, shape (N, h, w, 3).

    Raises
    ------
    ValueError
        If they are none, or not `n`.
    """
    if array.ndim != 4 or array.shape[3] != 3 or array.dtype != np.uint8 or 0 in array.shape[1:3]:
        raise ValueError(f"it holds {array.dtype} of shape {array.shape}, which are no pictures")
    if n is not None and len(array) != n:
        raise ValueError(f"it holds {len(array)} pictures of {n} instances")
    return array


def neighbours(members: dict[str, Array], n: int) -> dict[str, Array]:
    """Check who is most similar to whom among `n` slots.

    Raises
    ------
    ValueError
        If it is of another kind, or names others.
    """
    near, how = members.get("neighbour_NK"), members.get("similarity_NK")
    if near is None or how is None or near.ndim != 2 or near.shape != how.shape or len(near) != n:
        raise ValueError("it does not tell neighbours of every instance")
    if near.dtype.kind not in "iu" or how.dtype.kind != "f":
        raise ValueError(f"it holds {near.dtype} and {how.dtype}")
    if near.size and not 0 <= near.min() <= near.max() < n:
        raise ValueError(f"it names slots outside of 0 .. {n - 1}")
    return {"neighbour_NK": near, "similarity_NK": how}


def _check(array: Array, kinds: str, shape: tuple[int, ...], name: str = "it") -> None:
    what = f"'{name}'" if name != "it" else name
    if array.dtype.kind not in kinds or array.shape != shape or len(shape) != 1:
        raise ValueError(f"{what} holds {array.dtype} of shape {array.shape}")


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    place = ".".join(map(str, found["loc"]))
    return f"{place}: {found['msg']}" if place else str(found["msg"])


def _within(values: Array, most: int) -> bool:
    """Whether all are between `-most` and `most`; the smallest whole number has no absolute one."""
    return bool(((values >= -most) & (values <= most)).all())
