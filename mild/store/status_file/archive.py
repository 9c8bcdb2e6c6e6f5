"""Open the archive of a file of learning status; whatever is wrong with it is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.array_files import (
    ArrayFileError,
    NoArraysError,
    PythonObjectsError,
    names_in,
    read_npz,
)
from mild.errors import StatusFileError
from mild.visible import visible

WANTED = (
    "status", "n", "given", "clean", "planted", "trained", "losses", "margins", "predictions",
)  # fmt: skip


def load(path: Path) -> dict[str, NDArray[Any]]:
    """Load the arrays of WANTED that the file has; without `status`, the names of all it has.

    Raises
    ------
    StatusFileError
        If it is missing, empty, damaged, no .npz file, or holds Python objects.
    """
    if not path.is_file():
        raise StatusFileError(f"{path}: there is no such file. Check the path.")
    if path.stat().st_size == 0:
        raise StatusFileError(f"{path}: the file is empty. Record or copy it again.")
    try:
        arrays = read_npz(path, WANTED)
        return arrays if "status" in arrays else dict.fromkeys(names_in(path), np.empty(0))
    except PythonObjectsError as error:
        raise StatusFileError(
            f"{path}: an array holds Python objects, which are never loaded because that could "
            "run code. Save status as 0 and 1 of type uint8."
        ) from error
    except NoArraysError as error:
        raise StatusFileError(_not_npz(path)) from error
    except (OSError, ArrayFileError) as error:
        raise StatusFileError(
            f"{path}: the file is damaged ({visible(str(error))}). Record or copy it again."
        ) from error


def _not_npz(path: Path) -> str:
    return (
        f"{path}: this is not a .npz file of numpy. Save the status with "
        "numpy.savez(path, status=status), shape (epochs, instances)."
    )
