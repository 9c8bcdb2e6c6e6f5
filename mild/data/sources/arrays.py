"""Images and labels saved as numpy arrays: one .npz, or .npy files side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.array_files import ArrayFileError, names_in, read_npy, read_npz
from mild.config import DataConfig
from mild.data.dataset import ImageArray, IntArray, UInt8Array
from mild.data.images.pixels import to_rgb
from mild.data.labels.encode import class_list, encode
from mild.data.parts import Loaded, Part
from mild.data.places import path_of
from mild.data.sources.source import Source
from mild.errors import DataError, first_line
from mild.visible import printable

AnyArray = npt.NDArray[Any]
LARGEST_GLANCE = 2**28
"""Bytes of a file of arrays that is read for a preview."""
REQUIRED = ("images", "labels")
OPTIONAL = ("clean", "test_images", "test_labels", "class_names")


def array_problems(path: Path) -> list[str]:
    """Check that the arrays are there, by name; no pixels are read."""
    where = printable(path)
    if path.suffix not in {".npz", ".npy"} or not path.is_file():
        return [f"{where}: is not a .npz or .npy file. Save images and labels with numpy.savez."]
    try:
        missing = [name for name in REQUIRED if name not in _names(path)]
    except (OSError, ArrayFileError):
        return [f"{where}: cannot be read as numpy arrays. Save it again with numpy.savez."]
    kind = "array" if path.suffix == ".npz" else "file"
    return [f"{where}: the {kind} '{name}' is missing. Save it there." for name in missing]


def load_arrays(path: Path) -> Loaded:
    """Read `images`, `labels` and, where there, those in `OPTIONAL`.

    Images are (N, H, W), (N, H, W, C) or (N, C, H, W) with 1, 3 or 4 colours. Labels are whole
    numbers or names. Instances with a negative label, or one outside `class_names`, are passed
    over.

    Raises
    ------
    DataError
        If an array is missing, holds Python objects, or has the wrong kind or length.
    """
    arrays = _read(path)
    where = printable(path)
    names = _class_names(arrays, where)
    given_N = _codes(arrays, "labels", names, where)
    clean_N = _codes(arrays, "clean", names, where) if "clean" in arrays else None
    pixels = to_rgb(arrays["images"], where)
    _same_length(where, len(pixels), len(given_N), "images", "labels")
    labelled = given_N >= 0
    if clean_N is not None:
        _same_length(where, len(given_N), len(clean_N), "labels", "clean")
        labelled &= clean_N >= 0
    test, test_skipped = _test_part(arrays, names, where)
    return Loaded(
        train=_part(pixels, given_N, clean_N, labelled, "train"),
        test=test,
        class_names=names,
        title=f"Arrays {printable(path.name)}",
        n_listed=len(given_N),
        skipped=_outside(labelled, "train") + test_skipped,
    )


def _names(path: Path) -> set[str]:
    if path.suffix == ".npz":
        return set(names_in(path))
    return {name for name in (*REQUIRED, *OPTIONAL) if _beside(path, name).is_file()}


def _beside(path: Path, name: str) -> Path:
    return path if name == "images" else path.with_name(f"{name}.npy")


def _read(path: Path) -> Mapping[str, AnyArray]:
    problems = array_problems(path)
    if problems:
        raise DataError(" ".join(problems))
    wanted = _names(path) & {*REQUIRED, *OPTIONAL}
    try:
        if path.suffix == ".npz":
            return read_npz(path, wanted)
        return {name: read_npy(_beside(path, name)) for name in wanted}
    except (OSError, ArrayFileError) as error:
        raise DataError(
            f"{printable(path)}: cannot be read ({printable(first_line(error))}). "
            "Save plain arrays, without Python objects."
        ) from None


def _class_names(arrays: Mapping[str, AnyArray], where: str) -> tuple[str, ...]:
    if "class_names" in arrays:
        return tuple(printable(str(name)) for name in arrays["class_names"].ravel())
    values = set()
    for key in ("labels", "clean"):
        if key in arrays:
            values.update(_text(arrays[key], where, key))
    names = class_list(value for value in values if not value.startswith("-"))
    if len(names) < 2:
        raise DataError(f"{where}: the labels name {len(names)} class, but two are needed.")
    return names


def _codes(
    arrays: Mapping[str, AnyArray], name: str, class_names: tuple[str, ...], where: str
) -> IntArray:
    values = _text(arrays[name], where, name)
    return encode(values, class_names, numbers_are_positions="class_names" in arrays)


def _text(labels: AnyArray, where: str, name: str) -> list[str]:
    labels = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if labels.ndim != 1 or labels.dtype.kind not in "iufU":
        raise DataError(
            f"{where}: '{name}' is {labels.dtype} of shape {labels.shape}, "
            "but one whole number or name per image is needed."
        )
    if labels.dtype.kind == "f":
        if not np.array_equal(np.floor(labels), labels) or np.isinf(labels).any():
            raise DataError(f"{where}: '{name}' has fractions. Save labels as whole numbers.")
        labels = labels.astype(np.int64)
    return [printable(str(label)) for label in labels.tolist()]


def _test_part(
    arrays: Mapping[str, AnyArray], names: tuple[str, ...], where: str
) -> tuple[Part | None, tuple[str, ...]]:
    if "test_images" not in arrays or "test_labels" not in arrays:
        return None, ()
    labels_M = _codes(arrays, "test_labels", names, where)
    pixels = to_rgb(arrays["test_images"], where)
    _same_length(where, len(pixels), len(labels_M), "test_images", "test_labels")
    labelled = labels_M >= 0
    return _part(pixels, labels_M, None, labelled, "test"), _outside(labelled, "test")


def _outside(labelled_N: npt.NDArray[np.bool_], prefix: str) -> tuple[str, ...]:
    return tuple(
        f"{prefix} {i}: its label is not in the list of classes, so it was passed over."
        for i in np.flatnonzero(~labelled_N)
    )


def _part(
    pixels: UInt8Array,
    given_N: IntArray,
    clean_N: IntArray | None,
    kept_N: npt.NDArray[np.bool_],
    prefix: str,
) -> Part:
    position_N = np.flatnonzero(kept_N)
    return Part(
        images=ImageArray(pixels if kept_N.all() else pixels[kept_N]),
        given_N=given_N[kept_N],
        clean_N=None if clean_N is None else clean_N[kept_N],
        names=tuple(f"{prefix} {i}" for i in position_N),
        position_N=position_N,
    )


def _same_length(where: str, n: int, m: int, one: str, other: str) -> None:
    if n != m:
        raise DataError(f"{where}: '{one}' has {n:,} entries, '{other}' {m:,}; they must agree.")


def _glance(config: DataConfig) -> Loaded | None:
    path = path_of(config)
    return load_arrays(path) if path.stat().st_size <= LARGEST_GLANCE else None


ARRAYS = Source(
    name="arrays",
    label="Your images: numpy arrays images and labels, in one .npz or as .npy files",
    order=50,
    load=lambda config: load_arrays(path_of(config)),
    glance=_glance,
    problems=lambda config: array_problems(path_of(config)),
    needs_path=True,
    own=True,
)
