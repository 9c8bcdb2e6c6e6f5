"""What a loop hands over, as numpy arrays, each problem a sentence.

Axes: A instances of the training set by index, B batch, C classes, H height, W width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.data.images.thumbnails import thumbnail_side, thumbnails
from mild.errors import RecordingError
from mild.store.schema import MOST_CLASSES

IntArray = npt.NDArray[np.int64]
Names = Sequence[str] | npt.NDArray[np.str_]
FloatArray = npt.NDArray[np.float32]

MIN_INSTANCES = 2


def to_numpy(value: Any) -> npt.NDArray[Any]:
    """Turn an array, or a torch tensor on any device, into a numpy array of the same shape.

    Raises
    ------
    RecordingError
        If it is a list whose rows differ in length.
    """
    if hasattr(value, "detach"):  # torch, which is not imported for it
        value = value.detach().cpu()
        if str(value.dtype) == "torch.bfloat16":  # numpy has no such type
            value = value.float()
    try:
        return np.asarray(value)
    except ValueError:
        raise RecordingError(
            "a list has rows of different lengths; hand over an array, in which all are as long."
        ) from None


def labels(value: Any, what: str) -> IntArray:
    """Check the labels of all instances, shape (A,), whole numbers from 0.

    Raises
    ------
    RecordingError
        If they are anything else, or too large for a run to hold.
    """
    array = to_numpy(value)
    if array.ndim != 1 or len(array) < MIN_INSTANCES:
        raise RecordingError(
            f"{what} has shape {array.shape}; it needs one label for each of at least "
            f"{MIN_INSTANCES} instances, shape (N,)."
        )
    if array.dtype.kind not in "iu":
        raise RecordingError(
            f"{what} holds {array.dtype}; it needs whole numbers, the positions of the labels in "
            "class_names."
        )
    if int(array.min()) < 0:
        raise RecordingError(f"{what} holds {int(array.min())}; labels count from 0.")
    if int(array.max()) >= MOST_CLASSES:
        raise RecordingError(
            f"{what} holds {int(array.max()):,}; a run has at most {MOST_CLASSES:,} classes. "
            "Number the classes 0, 1, 2, ... without gaps."
        )
    return array.astype(np.int64)


def classes(class_names: Sequence[str] | None, labels_A: IntArray) -> tuple[str, ...]:
    """Name all classes; by numbers up to the largest label where no names are given.

    Raises
    ------
    RecordingError
        If a label has no name, or there are fewer than two classes.
    """
    if isinstance(class_names, str):
        raise RecordingError("class_names is one str; give a list with one name per class.")
    largest = int(labels_A.max())
    known = range(largest + 1) if class_names is None else class_names
    names = tuple(str(name) for name in known)
    if len(names) <= largest:
        raise RecordingError(
            f"label {largest} has no name: class_names has {len(names)}; give one name per class."
        )
    if len(names) < 2:
        raise RecordingError("there is only one class; at least two are needed to mistake them.")
    return names


def same_length(value: Sequence[Any] | npt.NDArray[Any], what: str, n: int) -> None:
    """Raise `RecordingError` unless there is one for each of n instances."""
    if len(value) != n:
        raise RecordingError(
            f"{what} has {len(value):,} entries, but there are {n:,} given labels; "
            "give one per instance, in the same order."
        )


def check_number(value: Any, what: str) -> None:
    """Raise `RecordingError` unless it is a number, or None."""
    try:
        None if value is None else float(value)
    except (TypeError, ValueError):
        raise RecordingError(f"{what} is {value!r}; it needs a number.") from None


def check_share(value: Any, what: str) -> None:
    """Raise `RecordingError` unless it is a share from 0 to 1, or None."""
    check_number(value, what)
    if value is not None and not 0 <= float(value) <= 1:
        raise RecordingError(f"{what} is {value}; it is a share from 0 to 1.")


def pictures(value: Any, n: int) -> npt.NDArray[np.uint8]:
    """Check the images of all instances, (A, H, W) or (A, H, W, 3); return them as uint8 RGB.

    Raises
    ------
    RecordingError
        If they have another shape, type or number.
    """
    array = to_numpy(value)
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[3] != 3):
        raise RecordingError(
            f"images have shape {array.shape}; they need (N, H, W) or (N, H, W, 3), colours last."
        )
    if array.dtype != np.uint8:
        raise RecordingError(
            f"images hold {array.dtype}; they need whole numbers 0 .. 255 (uint8), as before any "
            "normalisation."
        )
    same_length(array, "images", n)
    return array if array.ndim == 4 else np.repeat(array[..., None], 3, axis=3)


def small_pictures(value: Any, n: int) -> npt.NDArray[np.uint8]:
    """Make thumbnails of the images that `pictures` reads, (A, h, w, 3)."""
    images_AHWC = pictures(value, n)
    return thumbnails(images_AHWC, thumbnail_side(n, max(images_AHWC.shape[1:3])))


def batch(index: Any, logits: Any, n_classes: int) -> tuple[IntArray, FloatArray]:
    """Check a batch: return positions (B,) and float32 logits (B, C); both may be empty.

    Raises
    ------
    RecordingError
        If a shape or a type is wrong, or a logit is no finite number.
    """
    index_B, logits_BC = to_numpy(index), to_numpy(logits)
    if index_B.ndim != 1 or logits_BC.ndim != 2 or len(index_B) != len(logits_BC):
        raise RecordingError(
            f"index has shape {index_B.shape} and logits {logits_BC.shape}; "
            "they need (B,) and (B, C) for the same B instances."
        )
    if logits_BC.shape[1] != n_classes:
        raise RecordingError(
            f"logits have {logits_BC.shape[1]} columns, but there are {n_classes} classes; "
            "hand over one column per class, or name all classes in class_names."
        )
    if len(index_B) and index_B.dtype.kind not in "iu":
        raise RecordingError(
            f"index holds {index_B.dtype}; it needs the positions of the instances in the given "
            "labels, whole numbers from 0."
        )
    if logits_BC.dtype.kind not in "iuf":
        raise RecordingError(
            f"logits hold {logits_BC.dtype}; they need numbers, one per class, as before softmax."
        )
    with np.errstate(over="ignore"):  # what becomes infinite is told below
        logits_BC = logits_BC.astype(np.float32)
    if not np.isfinite(logits_BC).all():
        bad = int(np.flatnonzero(~np.isfinite(logits_BC).all(axis=1))[0])
        raise RecordingError(
            f"the logits of instance {int(index_B[bad])} are not finite numbers; the training has "
            "diverged: start it again with a smaller learning rate."
        )
    return index_B.astype(np.int64), logits_BC
