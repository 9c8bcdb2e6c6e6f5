"""Check the labels of a file of learning status, and which of them were planted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.errors import StatusFileError


def whole_labels(
    path: Path, arrays: dict[str, NDArray[Any]], n: int
) -> dict[str, NDArray[np.int64]]:
    """Return `given`, `clean` and `trained`, as far as there, as whole numbers, shape (n,) each.

    Labels that are text are numbered alike in all of them.

    Raises
    ------
    StatusFileError
        If one has another length, or holds what is no label.
    """
    labels = {name: arrays[name] for name in ("given", "clean", "trained") if name in arrays}
    for name, values in labels.items():
        if values.shape != (n,):
            raise StatusFileError(
                f"{path}: '{name}' has shape {values.shape}, but there are {n} instances. "
                "Give one label per instance."
            )
        if values.dtype.kind not in "uibfUS":
            raise StatusFileError(
                f"{path}: '{name}' holds {values.dtype}, which are no labels. Give whole numbers "
                "or names."
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


def planted_of(
    path: Path, arrays: dict[str, NDArray[Any]], labels: dict[str, NDArray[np.int64]], n: int
) -> NDArray[np.bool_] | None:
    """Return which labels were planted, shape (n,); None where the file does not tell.

    `planted` tells, or where `trained` differs from `given`.

    Raises
    ------
    StatusFileError
        If they are no truth values, contradict each other, or leave nothing to judge.
    """
    differs_N = None
    if {"given", "trained"} <= labels.keys():
        differs_N = labels["given"] != labels["trained"]
    if "planted" not in arrays:
        return None if differs_N is None else _some_left(path, differs_N)
    planted = arrays["planted"]
    of_numbers = planted.dtype.kind in "uibf"  # a structured one cannot be compared with a number
    if planted.shape != (n,) or not of_numbers or not np.all((planted == 0) | (planted == 1)):
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
