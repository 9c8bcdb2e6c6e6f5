"""Folders of images, good, bad and hostile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.config import DataConfig
from mild.data.dataset import ImageArray, ImageFiles
from mild.data.images import files as image_files
from mild.data.load import load, problems
from mild.errors import DataError


def _folder(root: Path | str, **settings: Any) -> DataConfig:
    return DataConfig(source="folder", path=str(root), **settings)


def test_sub_folders_are_classes_in_order_of_name(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    found = load(_folder(fill(tmp_path / "pets"), test_fraction=0.4), seed=0)
    assert found.class_names == ("cat", "dog")
    assert found.images.shape == (6, 8, 8)
    assert found.test_images.shape == (4, 8, 8)
    assert np.bincount(found.given_N).tolist() == [3, 3]
    assert found.clean_N is None
    assert found.skipped == ()
    for i, name in enumerate(found.names):
        assert name.startswith(found.class_names[found.given_N[i]] + "/")
        assert found.images.read(i)[0, 0].argmax() == found.given_N[i]
    assert found.description == (
        "Folder pets: 6 images of 8 x 8 pixels (their own size) in 2 classes; 4 to test on "
        "(held out by seed 0, labelled as given)"
    )


def test_of_a_persons_own_folder_nothing_is_held_out_unless_asked_for(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path / "pets")
    found = load(_folder(tmp_path / "pets"), seed=0)
    assert found.images.shape == (10, 8, 8)
    assert found.test_images.shape == (0, 8, 8)
    assert len(found.test_labels_M) == len(found.test_given_M) == len(found.test_names) == 0
    assert found.description.endswith("in 2 classes; none held out")


def test_who_is_held_out_is_told_by_name_and_given_label(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    found = load(_folder(fill(tmp_path), test_fraction=0.4), seed=0)
    assert len(set(found.names) | set(found.test_names)) == 10
    for name, label in zip(found.test_names, found.test_given_M, strict=True):
        assert name.startswith(found.class_names[label] + "/")
    assert found.test_clean_M is None


def test_the_same_seed_holds_out_the_same_images_and_another_seed_others(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    config = _folder(fill(tmp_path, n=20), test_fraction=0.2)
    first, again, other = (load(config, seed=seed).names for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_an_unreadable_image_among_good_ones_is_named_skipped_and_counted(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path)
    (tmp_path / "cat" / "bad.jpg").write_bytes(b"no image")
    found = load(_folder(tmp_path), seed=0)
    assert found.skipped == ("cat/bad.jpg: cannot be read as an image (no known format).",)
    assert "cat/bad.jpg" not in found.names
    assert found.images.shape[0] + found.test_images.shape[0] == 10
    assert found.description.endswith("; 1 passed over")


def test_folders_within_a_class_that_look_like_classes_are_told(
    tmp_path: Path, save: Callable[..., Path]
) -> None:
    for folder in ("animals/cat/2023", "animals/cat/2024", "animals/dog", "cars/red"):
        save(tmp_path / folder / "a.png")
    found = load(_folder(tmp_path), seed=0)
    assert found.class_names == ("animals", "cars")
    assert found.notes == (
        "The images in cat, dog count as one class, 'animals': a class is a folder at the top. If "
        "these are the classes, put their folders there.",
    )


def test_folders_that_every_class_has_are_no_classes(
    tmp_path: Path, save: Callable[..., Path]
) -> None:
    for folder in ("cat/2023", "cat/2024", "dog/2023", "dog/2024"):
        save(tmp_path / folder / "a.png")
    assert load(_folder(tmp_path), seed=0).notes == ()


def test_images_of_different_sizes_become_64_pixels_a_side(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path, classes=("cat",), size=(10, 20))
    fill(tmp_path, classes=("dog",), size=(30, 20))
    found = load(_folder(tmp_path), seed=0)
    assert found.images.shape[1:] == (64, 64)
    assert "64 x 64 pixels (their sizes differ)" in found.description


def test_large_images_become_64_pixels_a_side_unless_asked_otherwise(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path, size=(100, 80))
    assert "64 x 64 pixels (larger than 64 pixels)" in load(_folder(tmp_path), seed=0).description
    found = load(_folder(tmp_path, image_size=32), seed=0)
    assert found.images.shape[1:] == (32, 32)
    assert "32 x 32 pixels (as asked for)" in found.description


def test_small_images_of_one_size_keep_it_even_if_not_square(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    assert load(_folder(fill(tmp_path, size=(10, 12))), seed=0).images.shape[1:] == (12, 10)


def test_what_does_not_fit_in_memory_is_read_from_files_to_the_same_pixels(
    tmp_path: Path, fill: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, size=(40, 30), suffix=".jpg")
    (tmp_path / "cat" / "bad.jpg").write_bytes(b"no image")
    config = _folder(tmp_path, image_size=16, test_fraction=0.2)
    held = load(config, seed=3)
    monkeypatch.setattr(image_files, "KEEP_IN_MEMORY", 0)
    lazy = load(config, seed=3)
    assert isinstance(held.images, ImageArray)
    assert isinstance(lazy.images, ImageFiles)
    assert held.names == lazy.names
    np.testing.assert_array_equal(held.images.read_all(), lazy.images.read_all())
    np.testing.assert_array_equal(held.test_images.read(1), lazy.test_images.read(1))


def test_progress_is_reported_up_to_the_last_file(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    told = []
    load(_folder(fill(tmp_path)), seed=0, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (10, 10)


def test_stopping_from_the_progress_report_ends_the_decoding(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(_folder(fill(tmp_path)), seed=0, progress=stop)


def test_a_missing_folder_a_file_and_a_missing_path_each_have_a_sentence(
    tmp_path: Path, save: Callable[..., Path]
) -> None:
    gone = tmp_path / "gone"
    assert problems(_folder(gone)) == [
        f"{gone} is not there. "
        "Give the path of the folder that holds one sub-folder of images per class."
    ]
    file = save(tmp_path / "a.png")
    assert problems(_folder(file))[0].startswith(f"{file} is a file, not a folder.")
    assert problems(DataConfig(source="folder")) == [
        "The source 'folder' needs a path. Give it with --path."
    ]


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "readme.txt").write_text("none here")
    with pytest.raises(DataError) as error:
        load(_folder(tmp_path), seed=0)
    assert str(error.value) == (
        f"{tmp_path}: has no images in its sub-folders. "
        "Put the images of each class into a sub-folder of their own."
    )


def test_a_folder_with_one_class_is_refused(tmp_path: Path, fill: Callable[..., Path]) -> None:
    fill(tmp_path, classes=("cat",))
    assert problems(_folder(tmp_path)) == [
        f"{tmp_path}: has images of one class, 'cat', but two are needed. "
        "Put the images of each class into a sub-folder of their own."
    ]


def test_images_beside_each_other_without_classes_are_refused(
    tmp_path: Path, save: Callable[..., Path]
) -> None:
    save(tmp_path / "a.png")
    assert problems(_folder(tmp_path))[0].startswith(
        f"{tmp_path}: has images, but none in a sub-folder named after its class."
    )


def test_a_class_without_images_is_left_out_and_said(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path)
    (tmp_path / "bat").mkdir()
    found = load(_folder(tmp_path), seed=0)
    assert found.class_names == ("cat", "dog")
    assert found.notes == ("The class 'bat' has no images and was left out.",)


def test_a_class_whose_images_are_all_unreadable_is_left_out_and_labels_close_up(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path)
    (tmp_path / "bat").mkdir()
    (tmp_path / "bat" / "0.png").write_bytes(b"")
    found = load(_folder(tmp_path), seed=0)
    assert found.class_names == ("cat", "dog")
    assert set(found.given_N.tolist()) == {0, 1}
    assert found.notes == (
        "1 of 3 classes has no readable training image and was left out: 'bat'.",
    )


def test_with_only_one_readable_class_the_first_bad_file_is_quoted(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path, classes=("cat",))
    (tmp_path / "dog").mkdir()
    (tmp_path / "dog" / "0.png").write_bytes(b"")
    with pytest.raises(DataError) as error:
        load(_folder(tmp_path), seed=0)
    assert str(error.value) == (
        f"Folder {tmp_path.name}: only the class 'cat' is left, but two classes are needed. "
        "Of 1 passed over, the first: dog/0.png: cannot be read as an image (no known format)."
    )


def test_hidden_files_and_loose_images_are_passed_over(
    tmp_path: Path, fill: Callable[..., Path], save: Callable[..., Path]
) -> None:
    fill(tmp_path)
    save(tmp_path / "cat" / ".hidden.png")
    save(tmp_path / ".cache" / "a.png")
    save(tmp_path / "loose.png")
    found = load(_folder(tmp_path), seed=0)
    assert found.images.shape[0] + found.test_images.shape[0] == 10
    assert found.notes == ("1 image lies in no class folder and was passed over.",)


def test_a_link_back_to_a_folder_above_is_not_followed(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path)
    (tmp_path / "cat" / "again").symlink_to(tmp_path)
    (tmp_path / "dog" / "self.png").symlink_to(tmp_path / "dog" / "self.png")
    found = load(_folder(tmp_path), seed=0)
    assert found.images.shape[0] + found.test_images.shape[0] == 10
    assert found.notes == (
        f"{tmp_path}/cat/again: is a link back to a folder above it, not followed.",
    )
    assert found.skipped[-1].startswith("dog/self.png: cannot be read as an image (")


def test_a_linked_class_folder_is_followed(tmp_path: Path, fill: Callable[..., Path]) -> None:
    elsewhere = fill(tmp_path / "elsewhere")
    root = tmp_path / "root"
    root.mkdir()
    for name in ("cat", "dog"):
        (root / name).symlink_to(elsewhere / name)
    assert load(_folder(root), seed=0).class_names == ("cat", "dog")


def test_hostile_file_names_are_read_and_shown_on_one_line(
    tmp_path: Path, fill: Callable[..., Path], save: Callable[..., Path]
) -> None:
    fill(tmp_path)
    source = save(tmp_path / "source.png")
    for name in (b"a\nb.png", b"<script>.png", b"caf\xe9.png"):
        shutil.copy(source, tmp_path / "cat" / os.fsdecode(name))
    source.unlink()
    found = load(_folder(tmp_path, test_fraction=0.01), seed=1)
    n = found.images.shape[0] + found.test_images.shape[0]
    assert n == 13
    shown = " ".join(found.names)
    assert "\n" not in shown
    shown.encode("utf-8")


def test_a_folder_that_must_not_be_read_is_passed_over_and_said(
    tmp_path: Path, fill: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    locked = tmp_path / "cat" / "locked"
    locked.mkdir()
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if Path(path) == locked:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert load(_folder(tmp_path), seed=0).notes == (
        f"{locked}: cannot be listed (Permission denied), passed over.",
    )


def test_the_home_folder_may_be_written_as_a_tilde(
    tmp_path: Path, fill: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "pets")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load(_folder("~/pets"), seed=0).class_names == ("cat", "dog")


def test_images_too_small_for_a_network_are_enlarged(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    found = load(_folder(fill(tmp_path, size=(3, 9))), seed=0)
    assert "64 x 64 pixels (smaller than 4 pixels)" in found.description


def test_a_folder_of_parts_is_answered_with_the_right_source(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path / "train")
    fill(tmp_path / "test", n=2)
    assert problems(_folder(tmp_path)) == [
        f"{tmp_path}: holds the parts test, train, not classes. Use the source 'train-test-folder'."
    ]


def test_train_and_test_folders_are_kept_apart(tmp_path: Path, fill: Callable[..., Path]) -> None:
    fill(tmp_path / "train", classes=("dog", "emu"))
    fill(tmp_path / "val", classes=("cat", "emu"), n=2)
    found = load(DataConfig(source="train-test-folder", path=str(tmp_path)), seed=0)
    assert found.images.shape[0] == 10
    assert found.test_labels_M.tolist() == [1, 1]
    assert (found.test_images.read_all()[:, 0, 0].argmax(axis=1) == 2).all()
    assert found.names[0] == "train/dog/0.png"
    assert found.notes == ("val/cat: is not a class of train and was left out.",)
    assert "2 to test on (its own test part)" in found.description


def test_a_train_folder_without_test_folder_is_answered_with_the_right_source(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path / "train")
    assert problems(DataConfig(source="train-test-folder", path=str(tmp_path))) == [
        f"{tmp_path}: has no images in a sub-folder 'test' or 'val'. Add them, or use the source "
        f"'folder' on {tmp_path}/train, which needs none."
    ]


def test_an_unreadable_test_part_is_replaced_by_a_held_out_one(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path / "train")
    (tmp_path / "test" / "cat").mkdir(parents=True)
    (tmp_path / "test" / "cat" / "0.png").write_bytes(b"")
    found = load(DataConfig(source="train-test-folder", path=str(tmp_path)), seed=0)
    assert found.test_images.shape[0] == 2
    assert "the test part has no readable image, so held out by seed 0" in found.description
