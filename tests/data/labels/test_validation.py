"""A share of the training part that is set aside: class by class, and nobody looks at it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from mild.config import DataConfig
from mild.data import load as sources


def _arrays(path: Path, *, with_test: bool) -> DataConfig:
    labels = np.repeat([0, 1, 2], [40, 30, 30])
    images = np.arange(100, dtype=np.uint8)[:, None, None].repeat(8, 1).repeat(8, 2)
    test = {"test_images": images[::10], "test_labels": labels[::10]} if with_test else {}
    np.savez(path, images=images, labels=labels, **test)  # type: ignore[arg-type]
    return DataConfig(source="arrays", path=str(path), validation_fraction=0.1)


def test_a_tenth_of_each_class_is_set_aside_and_the_test_part_stays(tmp_path: Path) -> None:
    config = _arrays(tmp_path / "set.npz", with_test=True)
    data = sources.load(config, seed=3)
    assert Counter(data.given_N.tolist()) == {0: 36, 1: 27, 2: 27}
    assert len(data.test_labels_M) == 10
    assert "10 images of the training part are set aside for validation, unused." in data.notes
    again, other = (sources.load(config, seed=seed) for seed in (3, 4))
    assert again.names == data.names
    assert other.names != data.names


def test_without_a_test_part_it_is_ignored_and_said(tmp_path: Path) -> None:
    config = _arrays(tmp_path / "set.npz", with_test=False)
    data = sources.load(config, seed=3)
    assert len(data.given_N) == 100
    note = "validation_fraction is for sets with a test part of their own and was ignored."
    assert note in data.notes
