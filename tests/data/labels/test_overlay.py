"""Other labels for the same images."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.config import DataConfig
from mild.data.dataset import LabelledImages
from mild.data.load import load, problems
from mild.data.sources.digits import read_digits
from mild.errors import DataError

N = 1797


@pytest.fixture
def other_labels() -> np.ndarray:
    """Labels of the digits in which every tenth is one too high."""
    _, own_N = read_digits()
    other_N = own_N.copy()
    other_N[::10] = (other_N[::10] + 1) % 10
    return other_N


def _digits(path: Path, column: str | None = None) -> DataConfig:
    return DataConfig(labels_path=str(path), labels_column=column)


def _sentence(config: DataConfig) -> str:
    with pytest.raises(DataError) as error:
        load(config, seed=0)
    return str(error.value)


def _expect_overlaid(found: LabelledImages, other_labels: np.ndarray) -> None:
    _, own_N = read_digits()
    rows = np.array([int(name.split()[1]) for name in found.names])
    np.testing.assert_array_equal(found.given_N, other_labels[rows])
    np.testing.assert_array_equal(found.clean_N, own_N[rows])


def test_an_overlay_becomes_given_and_the_own_labels_clean(
    tmp_path: Path, other_labels: np.ndarray
) -> None:
    np.save(tmp_path / "other.npy", other_labels)
    found = load(_digits(tmp_path / "other.npy"), seed=0)
    _expect_overlaid(found, other_labels)
    assert found.notes == (
        "Given labels are 'labels' of other.npy; 10.0 % differ from the data set's own.",
    )


def test_the_held_out_part_keeps_the_trusted_labels(
    tmp_path: Path, other_labels: np.ndarray
) -> None:
    np.save(tmp_path / "other.npy", other_labels)
    plain, overlaid = (load(c, seed=0) for c in (DataConfig(), _digits(tmp_path / "other.npy")))
    np.testing.assert_array_equal(plain.test_labels_M, overlaid.test_labels_M)
    np.testing.assert_array_equal(plain.test_images.read_all(), overlaid.test_images.read_all())


def test_one_named_column_of_a_csv_is_taken(tmp_path: Path, other_labels: np.ndarray) -> None:
    rows = "\n".join(f"{label},0" for label in other_labels)
    (tmp_path / "a.csv").write_text(f"aggre_label,worse_label\n{rows}\n")
    _expect_overlaid(load(_digits(tmp_path / "a.csv", "aggre_label"), seed=0), other_labels)
    assert _sentence(_digits(tmp_path / "a.csv")) == (
        f"{tmp_path}/a.csv: has several columns (aggre_label, worse_label). "
        "Choose one with labels_column."
    )
    assert _sentence(_digits(tmp_path / "a.csv", "best")) == (
        f"{tmp_path}/a.csv: column 'best' is missing; found aggre_label, worse_label. "
        "Choose one of them."
    )


def test_tensors_are_read_from_a_pt_file(tmp_path: Path, other_labels: np.ndarray) -> None:
    torch = pytest.importorskip("torch")
    columns = {"aggre_label": torch.tensor(other_labels), "worse_label": torch.zeros(N)}
    torch.save(columns, tmp_path / "a.pt")
    _expect_overlaid(load(_digits(tmp_path / "a.pt", "aggre_label"), seed=0), other_labels)


def test_number_arrays_in_a_pt_file_are_read_as_cifar10n_has_them(
    tmp_path: Path, other_labels: np.ndarray
) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"aggre_label": other_labels}, tmp_path / "a.pt")
    _expect_overlaid(load(_digits(tmp_path / "a.pt", "aggre_label"), seed=0), other_labels)


class _Hostile:
    """Makes a folder when unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)


def test_a_pt_file_that_would_run_code_is_not_read(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"aggre_label": _Hostile(str(tmp_path / "owned"))}, tmp_path / "a.pt")
    assert _sentence(_digits(tmp_path / "a.pt")) == (
        f"{tmp_path}/a.pt: holds more than tensors, or is damaged, so it was not read. "
        "Save the labels as CSV."
    )
    assert not (tmp_path / "owned").exists()


def test_an_npy_file_with_python_objects_is_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([_Hostile(str(tmp_path / "owned"))] * 2, dtype=object))
    assert _sentence(_digits(tmp_path / "a.npy")) == (
        f"{tmp_path}/a.npy: cannot be read as plain numpy arrays. "
        "Save it without Python objects, or as CSV."
    )
    assert not (tmp_path / "owned").exists()


def test_a_file_with_another_number_of_labels_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(5, dtype=int))
    assert _sentence(_digits(tmp_path / "a.npy")) == (
        f"{tmp_path}/a.npy: has 5 labels for 1,797 images. "
        "Give one label per image, or a column 'path'."
    )


def test_rows_in_another_order_are_noticed_by_their_clean_labels(
    tmp_path: Path, other_labels: np.ndarray
) -> None:
    _, own_N = read_digits()
    np.savez(tmp_path / "a.npz", aggre_label=other_labels, clean_label=np.roll(own_N, 1))
    n_other = int(np.sum(np.roll(own_N, 1) != own_N))
    assert _sentence(_digits(tmp_path / "a.npz", "aggre_label")) == (
        f"{tmp_path}/a.npz: its clean labels differ from the data set's own for {n_other:,} of "
        "1,797 images, so its rows are in another order. "
        "Use it with the data set it was made for, or add a column 'path'."
    )


def test_labels_outside_the_list_cost_their_instances_only(
    tmp_path: Path, other_labels: np.ndarray
) -> None:
    other_labels[3] = 10
    np.save(tmp_path / "a.npy", other_labels)
    found = load(_digits(tmp_path / "a.npy"), seed=0)
    assert found.skipped == ("image 3: label '10' is not one of the classes; passed over.",)
    assert found.images.shape[0] + found.test_images.shape[0] == N - 1


def test_labels_that_are_no_classes_at_all_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full(N, 10))
    assert _sentence(_digits(tmp_path / "a.npy")) == (
        f"{tmp_path}/a.npy: no value of 'labels' is one of the classes "
        "0, 1, 2, 3, 4, 5, 6, 7, 8, 9. Choose another column or file."
    )


def test_labels_of_a_folder_are_found_by_file_name_whatever_their_order(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path / "pets")
    (tmp_path / "pets" / "cat" / "0.png").write_bytes(b"damaged")
    (tmp_path / "a.csv").write_text(
        "path,new\n"
        + "".join(f"dog/{i}.png,cat\n" for i in range(5))
        + "".join(f"cat/{i}.png,cat\n" for i in range(4))
    )
    config = DataConfig(
        source="folder", path=str(tmp_path / "pets"), labels_path=str(tmp_path / "a.csv")
    )
    found = load(config, seed=0)
    assert set(found.given_N.tolist()) == {0}
    assert [found.class_names[i] for i in found.clean_N] == [n.split("/")[0] for n in found.names]
    assert found.skipped == (
        "cat/0.png: cannot be read as an image (no known format).",
        "cat/4.png: has no label in a.csv; passed over.",
    )


def test_labels_by_position_still_fit_when_a_file_was_unreadable(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path / "pets")
    (tmp_path / "pets" / "cat" / "0.png").write_bytes(b"damaged")
    np.save(tmp_path / "a.npy", np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]))
    found = load(
        DataConfig(
            source="folder", path=str(tmp_path / "pets"), labels_path=str(tmp_path / "a.npy")
        ),
        seed=0,
    )
    expected = {f"cat/{i}.png": i % 2 for i in range(5)}
    expected |= {f"dog/{i}.png": (i + 5) % 2 for i in range(5)}
    assert found.given_N.tolist() == [expected[name] for name in found.names]


def test_labels_for_other_files_are_refused(tmp_path: Path, fill: Callable[..., Path]) -> None:
    fill(tmp_path / "pets")
    (tmp_path / "a.csv").write_text("path,new\nbirds/0.png,cat\n")
    config = DataConfig(
        source="folder", path=str(tmp_path / "pets"), labels_path=str(tmp_path / "a.csv")
    )
    assert _sentence(config) == (
        f"{tmp_path}/a.csv: names no image of the data set; the first here is 'cat/0.png', "
        "there 'birds/0.png'. Use paths relative to the data set's folder."
    )


def test_a_text_file_of_numbers_alone_needs_no_header(
    tmp_path: Path, other_labels: np.ndarray
) -> None:
    (tmp_path / "a.txt").write_text("\n".join(map(str, other_labels)))
    _expect_overlaid(load(_digits(tmp_path / "a.txt"), seed=0), other_labels)


def test_an_instance_with_two_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("index,new\n0,1\n1,1\n0,2\n")
    assert _sentence(_digits(tmp_path / "a.csv")) == (
        f"{tmp_path}/a.csv: has two rows for '0'. Keep one of them."
    )


def test_rows_by_index_leave_out_the_instances_they_do_not_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("index,new\n" + "".join(f"{i},{i % 10}\n" for i in range(40)))
    found = load(_digits(tmp_path / "a.csv"), seed=0)
    assert found.images.shape[0] + found.test_images.shape[0] == 40
    assert found.skipped[0] == "image 40: has no label in a.csv; passed over."
    assert len(found.skipped) == N - 40


def test_a_missing_file_and_a_file_of_another_kind_are_told_before_loading(tmp_path: Path) -> None:
    assert problems(_digits(tmp_path / "gone.csv")) == [
        f"{tmp_path}/gone.csv: there is no such file of labels. Give its path."
    ]
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert problems(_digits(tmp_path / "a.xlsx")) == [
        f"{tmp_path}/a.xlsx: labels are read from "
        ".csv, .npy, .npz, .parquet, .pq, .pt, .pth, .tsv, .txt files only."
    ]
