"""One door to every data set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mild.config import DataConfig
from mild.data.load import SOURCES, held_out_share, load, problems
from mild.errors import DataError


@pytest.mark.parametrize(
    ("source", "asked", "share"),
    [
        ("folder", None, 0.0),
        ("manifest", None, 0.0),
        ("arrays", None, 0.0),
        ("digits", None, 0.2),
        ("webvision", None, 0.2),
        ("folder", 0.2, 0.2),
        ("digits", 0.0, 0.0),
    ],
)
def test_the_held_out_share_is_that_of_the_source_unless_asked_for(
    source: str, asked: float | None, share: float
) -> None:
    assert held_out_share(DataConfig(source=source, test_fraction=asked)) == share


def test_digits_are_there_without_network_and_their_held_out_part_is_class_balanced() -> None:
    digits = load(DataConfig(test_fraction=0.2), seed=0)
    assert digits.images.shape[0] + digits.test_images.shape[0] == 1797
    assert digits.images.shape[1:] == (8, 8)
    assert digits.class_names == tuple("0123456789")
    shares = np.bincount(digits.test_labels_M) / 0.2
    whole = np.bincount(digits.test_labels_M) + np.bincount(digits.given_N)
    assert np.abs(shares - whole).max() <= 2.5
    np.testing.assert_array_equal(digits.given_N, digits.clean_N)


def test_an_unknown_data_set_is_answered_with_those_that_exist() -> None:
    with pytest.raises(DataError) as error:
        load(DataConfig(source="imagenet"), seed=0)
    assert str(error.value) == (
        f"The data set 'imagenet' is unknown. Choose one of {', '.join(SOURCES)}."
    )
    assert problems(DataConfig(source="imagenet")) == [str(error.value)]


def test_digits_are_the_images_that_scikit_learn_gives() -> None:
    from sklearn.datasets import load_digits

    from mild.data.sources.digits import read_digits

    theirs = load_digits()
    images, labels = read_digits()
    np.testing.assert_array_equal(labels, theirs.target)
    np.testing.assert_array_equal(images[..., 0], (theirs.images * 255 // 16).astype(np.uint8))
    assert images.max() == 255


def test_digits_can_be_brought_to_another_size() -> None:
    assert load(DataConfig(image_size=16), seed=0).images.shape[1:] == (16, 16)


@pytest.mark.parametrize(
    "name",
    ["load", "sources", "sources.digits", "sources.torchvision_sets", "preview", "dataset"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(name: str) -> None:
    code = f"import sys, mild.data.{name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "torchvision", "sklearn", "scipy", "pandas", "pyarrow", "streamlit"}
    assert heavy.isdisjoint(done.stdout.split())


def test_settings_that_mean_nothing_beside_the_others_are_said() -> None:
    found = load(DataConfig(n_classes=5, labels_column="worse_label"), seed=0)
    assert found.notes == (
        "n_classes is for the source 'webvision' only and was ignored.",
        "labels_column means nothing without labels_path and was ignored.",
    )


def test_every_source_has_a_line_for_people_and_an_answer_to_an_empty_path() -> None:
    for name, source in SOURCES.items():
        assert len(source.label) > 20
        assert isinstance(problems(DataConfig(source=name)), list)


def test_every_problem_of_a_folder_names_it_in_a_sentence(tmp_path: Path) -> None:
    for name in SOURCES:
        for sentence in problems(DataConfig(source=name, path=str(tmp_path))):
            assert sentence.endswith(".")
            assert str(tmp_path) in sentence


CIFAR10_FILES = os.environ.get("MILD_CIFAR10_FILES", "")


@pytest.mark.skipif(not CIFAR10_FILES, reason="MILD_CIFAR10_FILES names no folder of image files")
def test_the_test_part_of_cifar10_as_files_is_loaded_whole() -> None:
    found = load(DataConfig(source="folder", path=f"{CIFAR10_FILES}/test"), seed=0)
    assert found.class_names[:3] == ("airplane", "automobile", "bird")
    assert found.images.shape == (8000, 32, 32)
    assert np.bincount(found.test_labels_M).tolist() == [200] * 10
    assert found.skipped == ()
