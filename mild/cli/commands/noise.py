"""`noise`: put wrong labels into a file of labels on purpose, and say what came of it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import typer
from numpy.typing import NDArray
from rich.table import Table

from mild.array_files import ArrayFileError, names_in, read_npy, read_npz
from mild.cli.output import AsJson, print_json, stdout
from mild.core.noise import MODELS, NoisyLabels, corrupt
from mild.errors import NoiseError
from mild.store.schema import MOST_CLASSES
from mild.words import percent

if TYPE_CHECKING:
    Model = str
else:  # the command line offers, and checks, what is in a Literal
    Model = Literal[tuple(MODELS)]


Labels = Annotated[Path, typer.Argument(help="File of clean labels, .npy or .npz.")]
Classes = Annotated[
    int | None, typer.Option(help="Number of classes; largest label + 1 unless given.")
]
ClassMap = Annotated[
    str | None, typer.Option(help='For class-map and asymmetric: JSON such as {"0": 3, "5": 1}.')
]
DataSet = Annotated[
    str | None, typer.Option(help="For asymmetric: cifar10 or cifar100, the field's maps.")
]
Matrix = Annotated[
    Path | None, typer.Option(help="For matrix: .npy file, classes x classes, rows sum to 1.")
]
Images = Annotated[
    Path | None, typer.Option(help="For instance: .npy file with one image per label.")
]
Output = Annotated[Path | None, typer.Option(help="Write arrays given and clean to this .npz.")]


def noise(
    labels: Labels,
    model: Annotated[Model, typer.Option(help="The noise model.")] = "symmetric",
    rate: Annotated[float, typer.Option(help="The rate asked for, 0 to 1.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Same seed, same labels.", min=0)] = 0,
    classes: Classes = None,
    class_map: ClassMap = None,
    data_set: DataSet = None,
    matrix: Matrix = None,
    images: Images = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Preview a noise model on a file of LABELS, or apply it with --output.

    LABELS is a .npy file of whole numbers from 0, one per instance, or a .npz with the array
    `clean`.

    Example: python -m mild noise labels.npy --rate 0.4 --seed 1 --output noisy.npz
    """
    clean_N = _read(labels, "clean")
    n_classes = _n_classes(clean_N) if classes is None else classes
    noisy = corrupt(
        clean_N,
        model=model,
        rate=rate,
        n_classes=n_classes,
        rng=np.random.default_rng(seed),
        class_map=_parse_map(class_map),
        data_set=data_set,
        matrix_CC=None if matrix is None else _read(matrix, "matrix"),
        images_N=None if images is None else _read(images, "images"),
    )
    if output is not None:
        _write(output, noisy, clean_N)
    result = _summary(noisy, seed, n_classes, output)
    if as_json:
        print_json(result)
    else:
        stdout.print(_table(result))


def _summary(noisy: NoisyLabels, seed: int, n_classes: int, output: Path | None) -> dict[str, Any]:
    return {
        "model": noisy.model,
        "seed": seed,
        "n": noisy.given_N.size,
        "n_classes": n_classes,
        "requested_rate": noisy.requested_rate,
        "actual_rate": noisy.actual_rate,
        "requested_matrix": noisy.requested_matrix_CC.tolist(),
        "actual_matrix": noisy.actual_matrix_CC.tolist(),
        "output": None if output is None else str(output),
    }


def _table(result: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None)
    table.add_row("Noise model", result["model"])
    table.add_row("Instances", f"{result['n']:,} in {result['n_classes']} classes")
    table.add_row("Rate asked for", percent(result["requested_rate"]))
    table.add_row("Wrong labels", percent(result["actual_rate"]))
    if result["n_classes"] <= 20:
        for label, row in enumerate(result["actual_matrix"]):
            table.add_row(
                f"Class {label} becomes", "  ".join(f"{100 * p:4.0f}" for p in row) + "  %"
            )
    table.add_row("Written to", result["output"] or "nothing (preview)")
    return table


def _read(path: Path, name: str) -> NDArray[Any]:
    """Read the array of a .npy file, or the named one of a .npz; nothing is ever unpickled."""
    if not path.is_file():
        raise NoiseError(f"{path}: there is no such file. Check the path.")
    try:
        if not zipfile.is_zipfile(path):
            return read_npy(path)
        arrays = read_npz(path, (name,))
        if name in arrays:
            return arrays[name]
        found = ", ".join(names_in(path)) or "nothing"
        raise NoiseError(f"{path}: array '{name}' is missing; found {found}. Rename it.")
    except (OSError, ArrayFileError) as error:
        raise NoiseError(
            f"{path}: this is not a readable .npy or .npz file of numbers. Save it with numpy.save."
        ) from error


def _n_classes(clean_N: NDArray[Any]) -> int:
    if clean_N.size == 0 or clean_N.dtype.kind not in "ui":
        raise NoiseError(
            f"Labels are {clean_N.dtype} of shape {clean_N.shape}; they must be whole numbers, one "
            "per instance. Encode class names as 0, 1, 2, ..."
        )
    if clean_N.max() >= MOST_CLASSES:
        raise NoiseError(
            f"Labels go up to {clean_N.max():,}; there may be at most {MOST_CLASSES:,} classes. "
            "Encode them as 0, 1, 2, ... without gaps."
        )
    return int(clean_N.max()) + 1


def _parse_map(text: str | None) -> dict[int, int] | None:
    if text is None:
        return None
    try:
        return {int(source): int(target) for source, target in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise NoiseError(
            f"The class map {text[:60]!r} is not a JSON object from class to class. "
            'Write it like {"0": 3, "5": 1}.'
        ) from error


def _write(output: Path, noisy: NoisyLabels, clean_N: NDArray[Any]) -> None:
    if output.suffix != ".npz" or not output.parent.is_dir():
        raise NoiseError(f"{output}: the output must be an .npz file in a folder that exists.")
    try:
        with output.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, given=noisy.given_N, clean=clean_N)
    except OSError as error:
        raise NoiseError(
            f"{output} cannot be written ({error.strerror}); name a file in a folder that you can "
            "write."
        ) from error
