"""The images of `resumable` as files, and other small folders of images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from mild.data.dataset import ImageFiles, Images
from mild.training.pipeline.channels import channel_counts, mean_and_std
from mild.training.pipeline.prepare import Prepared, Streamed
from tests.training.resumable import prepared


def save_all(images: Images, folder: Path) -> ImageFiles:
    """Each image as a file of its own."""
    folder.mkdir(parents=True)
    files = [folder / f"{index:04}.png" for index in range(images.shape[0])]
    for index, file in enumerate(files):
        Image.fromarray(images.read(index)).save(file)
    return ImageFiles(files, images.shape[1:])


def streamed(folder: Path) -> Prepared:
    """The data set of `resumable.prepared`, to be decoded each time it is needed."""
    whole = prepared()
    mean_C, std_C = mean_and_std(channel_counts(whole.images.read_all()))
    return replace(
        whole,
        images=save_all(whole.images, folder / "train"),
        test_images=save_all(whole.test_images, folder / "test"),
        streamed=Streamed(mean_C=tuple(mean_C.tolist()), std_C=tuple(std_C.tolist())),
    )


def save_folder(root: Path, n_of_each: int, side: int = 8) -> Path:
    """Two classes of images, dark ones and light ones, each with a pattern of its own."""
    rng = np.random.default_rng(0)
    for name, brightness in (("dark", 0), ("light", 150)):
        (root / name).mkdir(parents=True)
        for number in range(n_of_each):
            pixels = brightness + rng.integers(0, 100, (side, side, 3))
            Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"{number:03}.png")
    return root
