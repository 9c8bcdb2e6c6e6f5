"""What arrays of a run may hold: whoever copied, edited or damaged them, checked before use."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.core.planted.planting import Planted
from mild.store.schema import MOST_CLASSES, MOST_EPOCHS

Array = npt.NDArray[Any]
_PER_SLOT = {"kept": "b", "planted": "b", "misclassified": "iu", "score": "iuf"}
_SCORES = {
    "first_memorized_epoch": "iuf", "forgetting_events": "iuf", "mean_loss": "f", "last_loss": "f",
    "aum": "f",
}  # fmt: skip
_OF_FIT = ("weight", "shape", "scale")


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


def planted(members: dict[str, Array], n: int) -> Planted:
    """Check which of `n` slots are planted, and with which labels.

    Raises
    ------
    KeyError, ValueError
        If something is missing, or of another kind, or names others.
    """
    slot_P, label_P = members["slot"], members["label"]
    if slot_P.dtype.kind != "i" or label_P.dtype.kind != "i" or slot_P.ndim != 1:
        raise ValueError(f"it holds {slot_P.dtype} and {label_P.dtype}, not whole numbers")
    if slot_P.shape != label_P.shape:
        raise ValueError(f"it holds {len(slot_P)} slots, and labels of shape {label_P.shape}")
    rising = bool((slot_P[1:] > slot_P[:-1]).all())  # a difference could be too large for its type
    if len(slot_P) and not (slot_P[0] >= 0 and slot_P[-1] < n and rising):
        raise ValueError(f"its slots are not rising, or not within 0 .. {n - 1}")
    if len(label_P) and label_P.min() < 0:
        raise ValueError(f"it holds the label {label_P.min()}; labels count from 0")
    return Planted(slot_P=slot_P.astype(np.int64), label_P=label_P.astype(np.int64))


def _check(array: Array, kinds: str, shape: tuple[int, ...], name: str = "it") -> None:
    what = f"'{name}'" if name != "it" else name
    if array.dtype.kind not in kinds or array.shape != shape or len(shape) != 1:
        raise ValueError(f"{what} holds {array.dtype} of shape {array.shape}")


def _within(values: Array, most: int) -> bool:
    """Whether all are between `-most` and `most`; the smallest whole number has no absolute one."""
    return bool(((values >= -most) & (values <= most)).all())
