"""A Hugging Face data set of the images to train on, as `save_to_disk` writes it.

The images are those that an image folder would have, as they were encoded, with the label to train
on as `label`, and every column of a table beside them.
Legend: A instances by index: the training set, and after it the held-out part.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mild.access import Role, needs
from mild.data.images.image_file import ImageFile
from mild.errors import ExportError
from mild.export.folders.kept_images import content, listed_source, source_images
from mild.export.folders.output_folder import (
    WrittenFolder,
    as_file_name,
    check_output,
    making,
    written_folder,
)
from mild.export.folders.pixels import pictures, png
from mild.export.table import LEFT_OUT, Reviewed, label_to_train_on, table
from mild.installation import need

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset

LABEL, GIVEN = "label", "given_label"
FIRST = (LABEL, GIVEN, "decision")
"""Columns that stand beside the image."""


@needs(Role.REVIEWER, "Writing a folder of images")
def write(found: Reviewed, output: Path, *, link: bool, keep_undecided: bool) -> WrittenFolder:
    """Write a DatasetDict with `train`, and `test` where the source has a test part of its own.

    Raises
    ------
    ExportError
        If the output is not empty or lies in the data set, an image is no longer there, or links
        are asked for. Nothing is left behind then.
    InstallationError
        If the library is not installed.
    """
    need("hf", "The format hf")
    if link:
        raise ExportError("--link is for --format imagefolder; a data set holds its images.")
    label_A = label_to_train_on(found, keep_undecided=keep_undecided)
    kept = np.flatnonzero(label_A != LEFT_OUT)
    check_output(found, output, len(kept))
    listed = listed_source(found)
    images = source_images(found, listed, kept.tolist()) if listed else {}
    rows = _rows(found, label_A, kept)
    with making(output) as folder, _without_progress_bars():
        encoded = folder / ".images"
        files = _as_files(found, kept, images, encoded)
        _save(found, rows, files, kept, folder)
        shutil.rmtree(encoded)
    return written_folder(found, label_A, listed, None)


def _rows(
    found: Reviewed, label_A: npt.NDArray[np.int64], kept: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """Return every column of a table, of the kept images, the label to train on before them."""
    rows = table(found).iloc[kept].reset_index(drop=True)
    rows.insert(0, LABEL, label_A[kept])
    rows[GIVEN] = found.measured.given_A[kept].astype(np.int64)
    return rows[[*FIRST, *(name for name in rows.columns if name not in FIRST)]]


def _as_files(
    found: Reviewed, kept: npt.NDArray[np.int64], images: dict[int, ImageFile], folder: Path
) -> list[str]:
    """Give every image a path that the library understands, whatever its own is."""
    thumbnails_T = None if images else pictures(found.run, kept)
    paths = []
    for position, index in enumerate(kept.tolist()):
        name = PurePosixPath(str(found.measured.names_A[index])).name
        file = folder / str(index) / (as_file_name(name) or f"image {index}")
        file.parent.mkdir(parents=True)
        if thumbnails_T is not None:
            file = file.with_name(f"{file.name}.png")
            file.write_bytes(png(thumbnails_T[position]))
        elif isinstance(image := images[index], str):
            file.symlink_to(Path(image).absolute())
        else:
            file.write_bytes(content(image))
        paths.append(str(file))
    return paths


def _save(
    found: Reviewed,
    rows: pd.DataFrame,
    files: list[str],
    kept: npt.NDArray[np.int64],
    folder: Path,
) -> None:
    from datasets import DatasetDict

    whole = _dataset(found, rows, files)
    parts = {"train": whole}
    if found.run.facts().get("own_test_part"):
        held_out_K = found.measured.held_out_A[kept]
        chosen = {"train": np.flatnonzero(~held_out_K), "test": np.flatnonzero(held_out_K)}
        parts = {name: whole.select(where) for name, where in chosen.items() if len(where)}
    DatasetDict(parts).save_to_disk(folder)


def _dataset(found: Reviewed, rows: pd.DataFrame, files: list[str]) -> Dataset:
    """Make a data set of paths, so that no more than a few images are in memory."""
    import pyarrow as pa
    from datasets import ClassLabel, Dataset, Features, Image

    columns = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata()
    classes = ClassLabel(names=list(found.measured.class_names))
    features = {
        "image": Image(),
        **Features.from_arrow_schema(columns.schema),
        LABEL: classes,
        GIVEN: classes,
    }
    return Dataset.from_dict({"image": files, **columns.to_pydict()}, features=Features(features))


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    """Keep standard error for what people asked for."""
    import datasets

    shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()
