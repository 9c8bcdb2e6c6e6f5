"""Check that an array is learning status, 0 and 1 by epochs and instances, or its packed bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.core.dynamics import pack_status
from mild.errors import StatusFileError

SURELY_TRANSPOSED = 200
"""More epochs than this and than instances: the axes are taken to be swapped."""


def packed_status(path: Path, arrays: dict[str, NDArray[Any]]) -> tuple[NDArray[np.uint8], int]:
    """Return packed status, (E, ceil(N / 8)), and N, from `status` and, where packed, `n`.

    Raises
    ------
    StatusFileError
        If `status` has no two axes, other values than 0 and 1, or its axes swapped.
    """
    status = arrays["status"]
    _check_shape(path, status)
    if "n" in arrays:
        n = _count(path, arrays["n"])
        return _packed(path, status, n), n
    _check_axes(path, status, arrays)
    _check_binary(path, status)
    return pack_status(status), status.shape[1]


def _check_shape(path: Path, status: NDArray[Any]) -> None:
    if status.ndim != 2:
        raise StatusFileError(
            f"{path}: status has shape {status.shape}; it needs two axes, (epochs, instances). "
            "Reshape it."
        )
    if 0 in status.shape:
        raise StatusFileError(
            f"{path}: status has shape {status.shape}, so there is nothing to select from. "
            "Record at least one epoch of one instance."
        )


def _packed(path: Path, status: NDArray[Any], n: int) -> NDArray[np.uint8]:
    n_bytes = (n + 7) // 8
    if status.dtype != np.uint8:
        raise StatusFileError(
            f"{path}: 'n' says that status is packed, but its type is {status.dtype}; packed bits "
            "are uint8. Use numpy.packbits(status, axis=1), or leave 'n' out."
        )
    if status.shape[1] == n_bytes:
        return np.asarray(status, dtype=np.uint8)
    if status.shape[0] == n_bytes:
        raise StatusFileError(
            f"{path}: packed status has shape {status.shape} and looks transposed; {n} instances "
            f"need {n_bytes} bytes per epoch on the second axis. Pack along axis 1."
        )
    raise StatusFileError(
        f"{path}: packed status has {status.shape[1]} bytes per epoch, but {n} instances need "
        f"{n_bytes}. Correct 'n', or leave it out if status is not packed."
    )


def _check_axes(path: Path, status: NDArray[Any], arrays: dict[str, NDArray[Any]]) -> None:
    labels = arrays.get("given", arrays.get("clean"))
    n_epochs, n = status.shape
    if labels is not None and labels.ndim == 1:
        transposed = labels.size == n_epochs != n
    else:
        transposed = n_epochs > n and n_epochs >= SURELY_TRANSPOSED
    if transposed:
        raise StatusFileError(
            f"{path}: status has shape {status.shape} and looks transposed; the first axis is "
            "epochs, the second instances. Save status.T."
        )


def _check_binary(path: Path, status: NDArray[Any]) -> None:
    if status.dtype.kind not in "buif":
        raise StatusFileError(
            f"{path}: status has type {status.dtype}; it needs numbers, 1 where the given "
            "label was predicted and 0 elsewhere. Convert it to uint8."
        )
    if status.dtype.kind == "f" and np.isnan(status).any():
        raise StatusFileError(
            f"{path}: status holds {int(np.isnan(status).sum())} NaN values; every epoch must have "
            "seen every instance. Drop the epochs that are not complete."
        )
    wrong = (status != 0) & (status != 1)
    if wrong.any():
        raise StatusFileError(
            f"{path}: status holds the value {status[wrong][0]}; it must be 0 or 1. If its bits "
            "are packed, add the number of instances as 'n'."
        )


def _count(path: Path, value: NDArray[Any]) -> int:
    if value.size != 1 or value.dtype.kind not in "ui" or int(value.item()) < 1:
        found = f"{value.item()!r}" if value.size == 1 else f"an array of shape {value.shape}"
        raise StatusFileError(
            f"{path}: 'n' must be the number of instances, one whole number above 0, not {found}. "
            "Correct it, or leave it out if not packed."
        )
    return int(value.item())
