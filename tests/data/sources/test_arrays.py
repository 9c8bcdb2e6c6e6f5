"""Images and labels saved with numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.config import DataConfig
from mild.data.images.pixels import to_rgb
from mild.data.load import load, problems
from mild.errors import DataError


def _saved(path: Path, **arrays: Any) -> DataConfig:
    np.savez(path, **arrays)
    return DataConfig(source="arrays", path=str(path))


def _sentence(config: DataConfig) -> str:
    with pytest.raises(DataError) as error:
        load(config, seed=0)
    return str(error.value)


def test_an_npz_of_images_and_labels_is_a_data_set(
    tmp_path: Path, few_arrays: dict[str, np.ndarray]
) -> None:
    found = load(_saved(tmp_path / "a.npz", **few_arrays), seed=0)
    assert found.class_names == ("0", "1", "2")
    assert found.clean_N is None
    for i in range(len(found.names)):
        assert found.images.read(i)[0, 0, 0] == found.given_N[i] * 100
        assert few_arrays["labels"][int(found.names[i].split()[1])] == found.given_N[i]


def test_clean_labels_a_test_part_and_class_names_are_taken_where_they_are(
    tmp_path: Path, few_arrays: dict[str, np.ndarray]
) -> None:
    found = load(
        _saved(
            tmp_path / "a.npz",
            **few_arrays,
            clean=(few_arrays["labels"] + 1) % 3,
            test_images=few_arrays["images"][:4],
            test_labels=np.array([0, 1, 2, 0]),
            class_names=np.array(["ant", "bee", "cow"]),
        ),
        seed=0,
    )
    assert found.class_names == ("ant", "bee", "cow")
    np.testing.assert_array_equal(found.clean_N, (found.given_N + 1) % 3)
    assert found.test_labels_M.tolist() == [0, 1, 2, 0]
    assert found.images.shape == (12, 6, 6)


def test_npy_files_side_by_side_are_the_same_data_set(
    tmp_path: Path, few_arrays: dict[str, np.ndarray]
) -> None:
    for name, array in few_arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    side = load(DataConfig(source="arrays", path=str(tmp_path / "images.npy")), seed=0)
    whole = load(_saved(tmp_path / "a.npz", **few_arrays), seed=0)
    np.testing.assert_array_equal(side.images.read_all(), whole.images.read_all())
    np.testing.assert_array_equal(side.given_N, whole.given_N)


def test_labels_may_be_names(tmp_path: Path, few_arrays: dict[str, np.ndarray]) -> None:
    few_arrays["labels"] = np.array(["ant", "bee", "cow"])[few_arrays["labels"]]
    assert load(_saved(tmp_path / "a.npz", **few_arrays), seed=0).class_names == (
        "ant", "bee", "cow",
    )  # fmt: skip


def test_a_label_outside_the_list_costs_its_instance_only(
    tmp_path: Path, few_arrays: dict[str, np.ndarray]
) -> None:
    few_arrays["labels"][5] = -1
    few_arrays["labels"][7] = 3
    names = np.array(["ant", "bee", "cow"])
    found = load(_saved(tmp_path / "a.npz", **few_arrays, class_names=names), seed=0)
    assert found.skipped == (
        "train 5: its label is not in the list of classes, so it was passed over.",
        "train 7: its label is not in the list of classes, so it was passed over.",
    )
    assert found.images.shape[0] + found.test_images.shape[0] == 10


def test_a_negative_label_does_not_change_what_the_others_mean(
    tmp_path: Path, few_arrays: dict[str, np.ndarray]
) -> None:
    few_arrays["labels"] = few_arrays["labels"] + 5
    few_arrays["labels"][0] = -1
    found = load(_saved(tmp_path / "a.npz", **few_arrays), seed=0)
    assert found.class_names == ("5", "6", "7")
    assert len(found.skipped) == 1


def test_large_arrays_are_scaled_like_files(
    tmp_path: Path, few_arrays: dict[str, np.ndarray]
) -> None:
    few_arrays["images"] = np.repeat(np.repeat(few_arrays["images"], 20, axis=1), 15, axis=2)
    found = load(_saved(tmp_path / "a.npz", **few_arrays), seed=0)
    assert found.images.shape[1:] == (64, 64)
    assert "(larger than 64 pixels)" in found.description


def test_missing_arrays_are_all_named(tmp_path: Path) -> None:
    config = _saved(tmp_path / "a.npz", pixels=np.zeros(3))
    assert problems(config) == [
        f"{config.path}: the array 'images' is missing. Save it there.",
        f"{config.path}: the array 'labels' is missing. Save it there.",
    ]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK no zip")
    for name in ("a.npz", "gone.npz", "a.txt"):
        config = DataConfig(source="arrays", path=str(tmp_path / name))
        assert len(problems(config)) == 1
        assert _sentence(config) == problems(config)[0]


def test_python_objects_are_not_unpickled(
    tmp_path: Path, few_arrays: dict[str, np.ndarray]
) -> None:
    few_arrays["labels"] = few_arrays["labels"].astype(object)
    assert _sentence(_saved(tmp_path / "a.npz", **few_arrays)) == (
        f"{tmp_path}/a.npz: cannot be read ('labels' holds Python objects). "
        "Save plain arrays, without Python objects."
    )


def test_lengths_must_agree(tmp_path: Path, few_arrays: dict[str, np.ndarray]) -> None:
    few_arrays["labels"] = few_arrays["labels"][:-1]
    assert _sentence(_saved(tmp_path / "a.npz", **few_arrays)) == (
        f"{tmp_path}/a.npz: 'images' has 12 entries, 'labels' 11; they must agree."
    )


@pytest.mark.parametrize("labels", [np.zeros(12), np.full(12, 0.5), np.zeros((12, 3)), np.int64(3)])
def test_labels_that_name_no_classes_are_refused(
    tmp_path: Path, few_arrays: dict[str, np.ndarray], labels: Any
) -> None:
    few_arrays["labels"] = labels
    assert _sentence(_saved(tmp_path / "a.npz", **few_arrays)).startswith(f"{tmp_path}/a.npz: ")


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.full((2, 4, 5), 7, dtype=np.uint8), 7),
        (np.full((2, 4, 5, 1), 7, dtype=np.int64), 7),
        (np.full((2, 3, 4, 5), 7, dtype=np.uint8), 7),
        (np.full((2, 4, 5, 3), 1.0), 255),
        (np.full((2, 4, 5), True), 255),
        (np.full((2, 4, 5), 0xFFFF, dtype=np.uint16), 255),
        (np.zeros((2, 4, 5, 4), dtype=np.uint8), 255),
    ],
)
def test_pixels_of_every_usual_layout_become_rgb_bytes(pixels: np.ndarray, expected: int) -> None:
    found = to_rgb(pixels, "a.npz")
    assert found.shape == (2, 4, 5, 3)
    assert found.dtype == np.uint8
    assert (found == expected).all()


def test_normalised_pixels_are_refused_with_their_range() -> None:
    with pytest.raises(DataError) as error:
        to_rgb(np.linspace(-2, 2, 8).reshape(2, 2, 2), "a.npz")
    assert str(error.value) == (
        "a.npz: images are float64 from -2.0 to 2.0, but 0 to 255 or fractions from 0 to 1 are "
        "needed. Undo the normalisation."
    )


@pytest.mark.parametrize("shape", [(4,), (2, 5, 5, 5), (0, 4, 4), (2, 0, 4, 3)])
def test_other_shapes_are_refused(
    shape: tuple[int, int, int, int] | tuple[int, int, int] | tuple[int],
) -> None:
    with pytest.raises(DataError, match="images have the shape"):
        to_rgb(np.zeros(shape, dtype=np.uint8), "a.npz")
