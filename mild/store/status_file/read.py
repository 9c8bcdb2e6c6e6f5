"""Read a file of learning status, and say what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.errors import StatusFileError
from mild.store.status_file.archive import load
from mild.store.status_file.labels import planted_of, whole_labels
from mild.store.status_file.status import packed_status


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusFile:
    """A recorded round: packed status, and labels where the file has them."""

    packed_EK: NDArray[np.uint8]
    n: int
    given_N: NDArray[np.int64] | None
    clean_N: NDArray[np.int64] | None
    trained_N: NDArray[np.int64] | None
    """The labels trained on, where the file has them."""
    planted_N: NDArray[np.bool_] | None
    """Where the label trained on was planted, which status, losses and margins then are of."""
    losses_EN: NDArray[np.floating[Any]] | None
    """Cross entropy of the label trained on, in nats."""
    margins_EN: NDArray[np.floating[Any]] | None
    predictions_EN: NDArray[np.integer[Any]] | None
    note: str
    """A suspicion worth saying, else empty."""


def read_status_file(path: Path) -> StatusFile:
    """Read and check `status`, and what else of WANTED is there.

    Raises
    ------
    StatusFileError
        If the file is missing, damaged, holds Python objects, or is no 0/1 status by epochs.
    """
    arrays = load(path)
    if "status" not in arrays:
        found = ", ".join(sorted(arrays)) or "nothing"
        raise StatusFileError(
            f"{path}: array 'status' is missing; found {found}. Save it with "
            "numpy.savez(path, status=status), shape (epochs, instances)."
        )
    packed_EK, n = packed_status(path, arrays)
    n_epochs = len(packed_EK)
    suspicious = "n" not in arrays and "given" not in arrays and n_epochs > n
    note = f"There are more epochs ({n_epochs}) than instances ({n}): are the axes swapped?"
    labels = whole_labels(path, arrays, n)
    return StatusFile(
        packed_EK=packed_EK,
        n=n,
        given_N=labels.get("given"),
        clean_N=labels.get("clean"),
        trained_N=labels.get("trained"),
        planted_N=planted_of(path, arrays, labels, n),
        losses_EN=_by_epoch(path, arrays, "losses", packed_EK, n),
        margins_EN=_by_epoch(path, arrays, "margins", packed_EK, n),
        predictions_EN=_predictions(path, arrays, packed_EK, n),
        note=note if suspicious else "",
    )


def _by_epoch(
    path: Path,
    arrays: dict[str, NDArray[Any]],
    name: str,
    packed_EK: NDArray[np.uint8],
    n: int,
    kinds: str = "f",
) -> NDArray[Any] | None:
    if name not in arrays:
        return None
    values = arrays[name]
    if values.shape != (len(packed_EK), n) or values.dtype.kind not in kinds:
        raise StatusFileError(
            f"{path}: '{name}' holds {values.dtype} of shape {values.shape}; the status has "
            f"{len(packed_EK)} epochs of {n} instances. Give one number for each, or leave it out."
        )
    return values


def _predictions(
    path: Path, arrays: dict[str, NDArray[Any]], packed_EK: NDArray[np.uint8], n: int
) -> NDArray[np.integer[Any]] | None:
    """Return labels as numbers; text labels are not read, for they may be numbered otherwise."""
    if "predictions" in arrays and arrays["predictions"].dtype.kind not in "ui":
        return None
    return _by_epoch(path, arrays, "predictions", packed_EK, n, "ui")
