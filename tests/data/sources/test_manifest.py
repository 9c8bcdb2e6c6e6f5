"""Images listed in a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.config import DataConfig
from mild.data.dataset import UNKNOWN
from mild.data.load import load, problems
from mild.errors import DataError


@pytest.fixture
def manifest(tmp_path: Path, fill: Callable[..., Path]) -> Callable[..., DataConfig]:
    """Write a CSV beside a folder of images and give its config."""
    fill(tmp_path / "images")

    def write(text: str, name: str = "list.csv", **settings: Any) -> DataConfig:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return DataConfig(source="manifest", path=str(tmp_path / name), **settings)

    return write


ROWS = "\n".join(f"images/{name}/{i}.png,{name}" for name in ("cat", "dog") for i in range(5))


def test_a_manifest_gives_images_and_labels(manifest: Callable[..., DataConfig]) -> None:
    found = load(manifest(f"path,label\n{ROWS}\n"), seed=0)
    assert found.class_names == ("cat", "dog")
    assert found.names[0].startswith("images/cat/")
    assert found.images.shape == (10, 8, 8)
    assert found.clean_N is None
    assert found.skipped == ()
    assert found.description.startswith("Manifest list.csv: 10 images of 8 x 8 pixels")


def test_a_table_written_on_windows_is_read(manifest: Callable[..., DataConfig]) -> None:
    rows = ROWS.replace("/", "\\").replace(",", ";")
    found = load(manifest(f"\ufeffpath;label\n{rows}\n"), seed=0)
    assert len(found.names) == 10
    assert found.names[0].startswith("images/cat/")
    assert found.skipped == ()


def test_a_clean_column_is_kept_apart_and_used_for_the_held_out_part(
    manifest: Callable[..., DataConfig],
) -> None:
    rows = ROWS.replace("cat/1.png,cat", "cat/1.png,dog").splitlines()
    table = "\n".join(f"{row},{'cat' if 'cat/' in row else 'dog'}" for row in rows)
    found = load(manifest(f"path,label,clean\n{table}\n", test_fraction=0.4), seed=0)
    assert found.clean_N is not None
    truth = ["cat" if "cat/" in name else "dog" for name in found.names]
    assert [found.class_names[i] for i in found.clean_N] == truth
    assert np.bincount(found.test_labels_M).tolist() == [2, 2]


def test_a_clean_column_with_gaps_is_not_used_and_said(manifest: Callable[..., DataConfig]) -> None:
    rows = ROWS.splitlines()
    table = "\n".join([f"{rows[0]},", *(f"{row},cat" for row in rows[1:])])
    found = load(manifest(f"path,label,clean\n{table}\n"), seed=0)
    assert found.clean_N is None
    assert found.notes == (
        "The column 'clean' is empty in 1 of 10 rows, so clean labels were not used.",
    )


def test_a_split_column_keeps_the_test_part_apart(manifest: Callable[..., DataConfig]) -> None:
    rows = ROWS.splitlines()
    table = "\n".join(f"{row},{'val' if '0.png' in row else 'Train'}" for row in rows)
    found = load(manifest(f"path,label,split\n{table}\nimages/x.png,cat,later\n"), seed=0)
    assert found.images.shape[0] == 8
    assert found.test_labels_M.tolist() == [0, 1]
    assert found.skipped == (
        "images/x.png: split 'later' is neither train nor test, so it was passed over.",
    )


def test_the_test_part_is_judged_by_its_clean_labels(manifest: Callable[..., DataConfig]) -> None:
    rows = ROWS.splitlines()
    table = "\n".join(f"{row},{'dog' if '0.png' in row else 'cat'}" for row in rows)
    split = "\n".join(f"{row},{'test' if '0.png' in row else 'train'}" for row in table.split())
    found = load(manifest(f"path,label,clean,split\n{split}\n"), seed=0)
    assert found.test_labels_M.tolist() == [1, 1]
    assert found.test_given_M.tolist() == [0, 1]
    assert found.test_clean_M.tolist() == [1, 1]


def test_a_test_image_without_a_clean_label_is_judged_by_its_given_one(
    manifest: Callable[..., DataConfig],
) -> None:
    rows = [f"{row},{'test,' if '0.png' in row else 'train,' + row[-3:]}" for row in ROWS.split()]
    rows[0] += "dog"
    table = "\n".join(rows)
    found = load(manifest(f"path,label,split,clean\n{table}\n"), seed=0)
    assert found.test_given_M.tolist() == [0, 1]
    assert found.test_clean_M.tolist() == [1, UNKNOWN]
    assert found.test_labels_M.tolist() == [1, 1]


def test_clean_labels_close_up_with_the_classes(manifest: Callable[..., DataConfig]) -> None:
    table = "".join(f"{row},{'cat' if 'cat/' in row else 'dog'}\n" for row in ROWS.splitlines())
    found = load(manifest(f"path,label,clean\n{table}gone.png,ant,ant\n"), seed=0)
    assert found.class_names == ("cat", "dog")
    np.testing.assert_array_equal(found.given_N, found.clean_N)


def test_a_table_saved_by_a_spreadsheet_with_a_byte_order_mark_is_understood(
    manifest: Callable[..., DataConfig],
) -> None:
    assert load(manifest(f"\ufeffpath,label\n{ROWS}\n"), seed=0).images.shape[0] == 10


def test_other_column_names_and_separators_are_understood(
    manifest: Callable[..., DataConfig],
) -> None:
    text = "datei;klasse\n" + ROWS.replace(",", ";")
    found = load(manifest(text, path_column="datei", label_column="klasse"), seed=0)
    assert found.images.shape[0] == 10


def test_numbered_classes_are_in_order_of_value(manifest: Callable[..., DataConfig]) -> None:
    text = "path,label\n" + ROWS.replace(",cat", ",10").replace(",dog", ",9")
    assert load(manifest(text), seed=0).class_names == ("9", "10")


def test_a_parquet_manifest_says_the_same_as_a_csv(
    manifest: Callable[..., DataConfig], tmp_path: Path
) -> None:
    pandas = pytest.importorskip("pandas")
    config = manifest(f"path,label\n{ROWS}\n")
    pandas.read_csv(config.path).to_parquet(tmp_path / "list.parquet")
    other = config.model_copy(update={"path": str(tmp_path / "list.parquet")})
    one, two = load(config, seed=0), load(other, seed=0)
    assert one.names == two.names
    np.testing.assert_array_equal(one.given_N, two.given_N)


def test_rows_that_cannot_be_used_are_named(manifest: Callable[..., DataConfig]) -> None:
    bad = ["images/cat/0.png,dog", "images/./cat/1.png,cat", ",cat", "b.png,", "gone.png,cat"]
    found = load(manifest("\n".join(["path,label", ROWS, *bad])), seed=0)
    assert found.skipped == (
        "images/cat/0.png: is listed again in row 11 with another label; row 1 was kept.",
        "images/./cat/1.png: is listed again in row 12 with the same label; row 2 was kept.",
        "row 13: has no path, so it was passed over.",
        "b.png: has no label, so it was passed over.",
        "gone.png: cannot be read as an image (no such file or directory).",
    )
    assert found.description.endswith("; 5 passed over")


def test_a_missing_column_is_named_beside_those_found(manifest: Callable[..., DataConfig]) -> None:
    config = manifest("file,label\na.png,cat\n")
    expected = (
        f"{config.path}: column 'path' is missing; found file, label. "
        "Rename the column or set path_column."
    )
    assert problems(config) == [expected]
    with pytest.raises(DataError) as error:
        load(config, seed=0)
    assert str(error.value) == expected


def test_a_renamed_clean_column_must_be_there(manifest: Callable[..., DataConfig]) -> None:
    config = manifest(f"path,label\n{ROWS}", clean_column="truth")
    assert problems(config) == [
        f"{config.path}: column 'truth' is missing; found path, label. "
        "Rename the column or set clean_column."
    ]


def test_a_missing_manifest_has_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "gone.csv"
    assert problems(DataConfig(source="manifest", path=str(path))) == [
        f"{path}: there is no such file. Give the path of a CSV or Parquet file."
    ]


def test_a_table_that_is_not_in_utf_8_is_said_to_be_that(
    manifest: Callable[..., DataConfig],
) -> None:
    config = manifest("path,label\na.png,cat\n")
    Path(config.path or "").write_bytes("path,label\na.png,飞机\n".encode("gb18030"))
    assert problems(config) == [
        f"{config.path}: cannot be read as a table (it is not in UTF-8). Save it as CSV in UTF-8, "
        "or Parquet."
    ]


def test_a_ragged_table_is_refused_with_its_line(manifest: Callable[..., DataConfig]) -> None:
    config = manifest("path,label\na.png,cat,dog\n")
    assert problems(config) == [
        f"{config.path}: cannot be read as a table (line 2 has 3 cells, the first line has 2). "
        "Save it as CSV in UTF-8, or Parquet."
    ]


@pytest.mark.parametrize("name", ["list.csv", "list.parquet"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x00broken")
    (problem,) = problems(DataConfig(source="manifest", path=str(tmp_path / name)))
    assert problem.startswith(f"{tmp_path / name}: cannot be read as a table (")


def test_a_table_without_rows_is_refused(manifest: Callable[..., DataConfig]) -> None:
    config = manifest("path,label\n")
    with pytest.raises(DataError) as error:
        load(config, seed=0)
    assert str(error.value) == (
        f"{config.path}: has no row to train on. Add rows with a path and a label."
    )
