"""Read a file of learning status from anywhere: check everything, unpickle nothing."""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.core.dynamics import pack_status
from mild.errors import StatusFileError

DAMAGE = (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, struct.error)
"""What numpy and zipfile raise on a damaged file. A pickle is a ValueError: it is not loaded."""

WANTED = (
    "status", "n", "given", "clean", "planted", "trained", "losses", "margins", "predictions",
)  # fmt: skip
SURELY_TRANSPOSED = 200
"""More epochs than this and than instances: the axes are taken to be swapped."""


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
    arrays = _load(path)
    if "status" not in arrays:
        found = ", ".join(sorted(arrays)) or "nothing"
        raise StatusFileError(
            f"{path}: array 'status' is missing; found {found}. Save it with "
            "numpy.savez(path, status=status), shape (epochs, instances)."
        )
    status = arrays["status"]
    _check_shape(path, status)
    if "n" in arrays:
        n = _count(path, arrays["n"])
        packed_EK = _packed(path, status, n)
    else:
        n = status.shape[1]
        _check_axes(path, status, arrays)
        _check_binary(path, status)
        packed_EK = pack_status(status)
    suspicious = "n" not in arrays and "given" not in arrays and len(status) > n
    note = f"There are more epochs ({len(status)}) than instances ({n}): are the axes swapped?"
    labels = _labels(path, arrays, n)
    return StatusFile(
        packed_EK=packed_EK,
        n=n,
        given_N=labels.get("given"),
        clean_N=labels.get("clean"),
        trained_N=labels.get("trained"),
        planted_N=_planted(path, arrays, labels, n),
        losses_EN=_by_epoch(path, arrays, "losses", packed_EK, n),
        margins_EN=_by_epoch(path, arrays, "margins", packed_EK, n),
        predictions_EN=_predictions(path, arrays, packed_EK, n),
        note=note if suspicious else "",
    )


def _load(path: Path) -> dict[str, NDArray[Any]]:
    if not path.is_file():
        raise StatusFileError(f"{path}: there is no such file. Check the path.")
    if path.stat().st_size == 0:
        raise StatusFileError(f"{path}: the file is empty. Record or copy it again.")
    try:
        with path.open("rb") as file:  # numpy would leave it open where the archive is damaged
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise StatusFileError(_not_npz(path))
            arrays = {name: archive[name] for name in archive.files if name in WANTED}
            return arrays if "status" in arrays else dict.fromkeys(archive.files, np.empty(0))
    except DAMAGE as error:
        if "Object arrays" in str(error):
            raise StatusFileError(
                f"{path}: an array holds Python objects, which are never loaded because that could "
                "run code. Save status as 0 and 1 of type uint8."
            ) from error
        if not zipfile.is_zipfile(path):
            raise StatusFileError(_not_npz(path)) from error
        raise StatusFileError(
            f"{path}: the file is damaged ({type(error).__name__}). Record or copy it again."
        ) from error


def _not_npz(path: Path) -> str:
    return (
        f"{path}: this is no .npz file of numpy. Save the status with "
        "numpy.savez(path, status=status), shape (epochs, instances)."
    )


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
        raise StatusFileError(
            f"{path}: 'n' must be the number of instances, one whole number above 0, not "
            f"{value.dtype} of shape {value.shape}. Correct it, or leave it out if not packed."
        )
    return int(value.item())


def _labels(path: Path, arrays: dict[str, NDArray[Any]], n: int) -> dict[str, NDArray[np.int64]]:
    """Labels as whole numbers; text labels are numbered alike in all of them."""
    labels = {name: arrays[name] for name in ("given", "clean", "trained") if name in arrays}
    for name, values in labels.items():
        if values.shape != (n,):
            raise StatusFileError(
                f"{path}: '{name}' has shape {values.shape}, but there are {n} instances. "
                "Give one label per instance."
            )
        if values.dtype.kind == "f" and not np.all(np.isfinite(values)):
            raise StatusFileError(
                f"{path}: '{name}' holds labels that are not a number. Give every instance a label."
            )
    if not labels:
        return {}
    _, codes = np.unique(np.concatenate(list(labels.values())), return_inverse=True)
    whole = all(values.dtype.kind in "uib" for values in labels.values())
    return {
        name: values.astype(np.int64) if whole else codes[i * n : (i + 1) * n].astype(np.int64)
        for i, (name, values) in enumerate(labels.items())
    }


def _planted(
    path: Path, arrays: dict[str, NDArray[Any]], labels: dict[str, NDArray[np.int64]], n: int
) -> NDArray[np.bool_] | None:
    """Which labels were planted, as `planted` says, or where `trained` differs from `given`."""
    differs_N = None
    if {"given", "trained"} <= labels.keys():
        differs_N = labels["given"] != labels["trained"]
    if "planted" not in arrays:
        return None if differs_N is None else _some_left(path, differs_N)
    planted = arrays["planted"]
    if planted.shape != (n,) or not np.all((planted == 0) | (planted == 1)):
        raise StatusFileError(
            f"{path}: 'planted' has type {planted.dtype} and shape {planted.shape}; it needs one "
            f"true or false for each of the {n} instances. Save it as a boolean array."
        )
    planted_N = planted.astype(np.bool_)
    if differs_N is not None and bool((differs_N & ~planted_N).any()):
        raise StatusFileError(
            f"{path}: {int((differs_N & ~planted_N).sum())} instances were trained with another "
            "label than the given one, but are not marked in 'planted'. Mark them, too."
        )
    return _some_left(path, planted_N)


def _some_left(path: Path, planted_N: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if planted_N.all():
        raise StatusFileError(
            f"{path}: every label is planted, so there is none to judge. Plant a share of them."
        )
    return planted_N


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
    """Labels as numbers; of text labels nothing is read, for they may not be numbered alike."""
    if "predictions" in arrays and arrays["predictions"].dtype.kind not in "ui":
        return None
    return _by_epoch(path, arrays, "predictions", packed_EK, n, "ui")
