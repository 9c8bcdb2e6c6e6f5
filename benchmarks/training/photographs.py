"""Photographs to measure on: images of a few classes as files of many sizes.

Every image is a small one, enlarged: what it shows is no sharper than the small one was.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from mild.errors import DataError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer")
SHORTEST, LONGEST = 200, 500
"""Pixels a side."""
JPEG_QUALITY = 90


def make_photographs(folder: Path, to: Path, seed: int, n: int) -> None:
    """Write `n` images of the five classes as files below `to`, a folder for each class.

    `folder` holds train/<class>/.

    Raises
    ------
    DataError
        If a class has too few images.
    """
    rng = np.random.default_rng([seed, 2])
    for name in CLASSES:
        files, each = sorted((folder / "train" / name).glob("*")), n // len(CLASSES)
        if len(files) < each:
            raise DataError(
                f"{folder / 'train' / name} has {len(files):,} images and {each:,} are needed; "
                "name a folder with the images of CIFAR-10 in train/<class>/."
            )
        (to / name).mkdir(parents=True)
        for index in np.sort(rng.permutation(len(files))[:each]):
            side = int(rng.integers(SHORTEST, LONGEST + 1))
            with Image.open(files[index]) as image:
                large = image.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
            large.save(to / name / f"{files[index].stem}.jpg", quality=JPEG_QUALITY)
