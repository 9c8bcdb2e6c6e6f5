"""Small image files, made where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

COLOURS = {"cat": (200, 30, 30), "dog": (30, 200, 30), "emu": (30, 30, 200)}


@pytest.fixture
def save() -> Callable[..., Path]:
    """Save one image of a single colour, making its folder."""

    def save_image(
        path: Path,
        colour: tuple[int, int, int] = (200, 30, 30),
        size: tuple[int, int] = (8, 8),
        mode: str = "RGB",
        **options: Any,
    ) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, size, colour).save(path, **options)
        return path

    return save_image


@pytest.fixture
def fill(save: Callable[..., Path]) -> Callable[..., Path]:
    """Fill a folder with `n` images of each class, one colour per class."""

    def fill_folder(
        root: Path,
        classes: tuple[str, str] = ("cat", "dog"),
        n: int = 5,
        size: tuple[int, int] = (8, 8),
        suffix: str = ".png",
    ) -> Path:
        for name in classes:
            for i in range(n):
                save(root / name / f"{i}{suffix}", COLOURS[name], size)
        return root

    return fill_folder


@pytest.fixture
def few_arrays() -> dict[str, np.ndarray]:
    """Twelve grey images of 6 x 6 pixels in three classes."""
    labels = np.arange(12) % 3
    images = np.zeros((12, 6, 6), dtype=np.uint8) + (labels[:, None, None] * 100).astype(np.uint8)
    return {"images": images, "labels": labels}
