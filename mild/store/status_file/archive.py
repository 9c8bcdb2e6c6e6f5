"""Open the archive of a file of learning status; whatever is wrong with it is one sentence."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.errors import StatusFileError

DAMAGE = (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, struct.error)
"""What numpy and zipfile raise on a damaged file. A pickle is a ValueError: it is not loaded."""

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
