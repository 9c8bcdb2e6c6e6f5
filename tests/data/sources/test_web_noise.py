"""The layouts of WebVision and Clothing1M, in small."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mild.config import DataConfig
from mild.data.load import load, problems


@pytest.fixture
def webvision(tmp_path: Path, save: Callable[..., Path]) -> Path:
    root = tmp_path / "webvision"
    (root / "info").mkdir(parents=True)
    for engine in ("google", "flickr"):
        lines = [f"{engine}/q{label}/{i}.jpg {label}" for label in range(3) for i in range(2)]
        for line in lines:
            save(root / line.split()[0], size=(20, 16))
        (root / "info" / f"train_filelist_{engine}.txt").write_text("\n".join(lines) + "\n")
    for label in range(3):
        save(root / "val_images_256" / f"val{label}.jpg", size=(20, 16))
    (root / "info" / "val_filelist.txt").write_text("val0.jpg 0\nval1.jpg 1\nval2.jpg 2\n")
    (root / "info" / "synsets.txt").write_text(
        "n01 tench, Tinca tinca\nn02 crane\nn03 crane, construction\n"
    )
    return root


def test_webvision_is_tested_on_its_validation_part(webvision: Path) -> None:
    found = load(DataConfig(source="webvision", path=str(webvision)), seed=0)
    assert found.class_names == ("tench", "crane", "crane (2)")
    assert found.images.shape[0] == 12
    assert found.names[0] == "google/q0/0.jpg"
    assert found.test_labels_M.tolist() == [0, 1, 2]
    assert found.clean_N is None
    assert found.skipped == ()


def test_mini_webvision_takes_the_first_classes(webvision: Path) -> None:
    found = load(DataConfig(source="webvision", path=str(webvision), n_classes=2), seed=0)
    assert found.class_names == ("tench", "crane")
    assert found.test_labels_M.tolist() == [0, 1]


def test_one_search_engine_alone_will_do(webvision: Path) -> None:
    (webvision / "info" / "train_filelist_flickr.txt").unlink()
    found = load(DataConfig(source="webvision", path=str(webvision)), seed=0)
    assert found.images.shape[0] == 6


def test_lines_that_are_no_path_and_label_are_named(webvision: Path) -> None:
    with (webvision / "info" / "train_filelist_google.txt").open("a") as lines:
        lines.write("google/q0/0.jpg 2\nno-label\ngoogle/x.jpg minus\n\n")
    found = load(DataConfig(source="webvision", path=str(webvision)), seed=0)
    assert found.skipped == (
        "train_filelist_google.txt, line 7: lists google/q0/0.jpg again, so it was passed over.",
        "train_filelist_google.txt, line 8: is not a path and a label number, "
        "so it was passed over.",
        "train_filelist_google.txt, line 9: is not a path and a label number, "
        "so it was passed over.",
    )


def test_missing_lists_of_webvision_are_all_named(tmp_path: Path) -> None:
    info = tmp_path / "info"
    assert problems(DataConfig(source="webvision", path=str(tmp_path))) == [
        f"{info}: the list train_filelist_google.txt or train_filelist_flickr.txt is missing. "
        "Give the folder into which WebVision was unpacked.",
        f"{info}: the list val_filelist.txt is missing. "
        "Give the folder into which WebVision was unpacked.",
    ]


@pytest.fixture(params=["", "annotations"])
def clothing(tmp_path: Path, save: Callable[..., Path], request: pytest.FixtureRequest) -> Path:
    root = tmp_path / "clothing"
    lists = root / request.param
    noisy = {f"images/0/{i}.jpg": i % 2 for i in range(6)}
    clean = {f"images/1/{i}.jpg": i % 2 for i in range(4)}
    for key in noisy | clean:
        save(root / key, size=(20, 16))
    lists.mkdir(exist_ok=True)
    (lists / "noisy_train_key_list.txt").write_text("\n".join([*noisy, "images/0/x.jpg"]) + "\n")
    (lists / "clean_val_key_list.txt").write_text("\n".join(clean) + "\n")
    for name, labels in (("noisy", noisy), ("clean", clean)):
        lines = "".join(f"{key} {label}\n" for key, label in labels.items())
        (lists / f"{name}_label_kv.txt").write_text(lines)
    (lists / "category_names_eng.txt").write_text("T-Shirt\nShirt\n")
    return root


def test_clothing1m_is_tested_on_its_clean_validation_part(clothing: Path) -> None:
    found = load(DataConfig(source="clothing1m", path=str(clothing)), seed=0)
    assert found.class_names == ("T-Shirt", "Shirt")
    assert found.given_N.tolist() == [0, 1, 0, 1, 0, 1]
    assert found.test_labels_M.tolist() == [0, 1, 0, 1]
    assert found.clean_N is None
    assert found.skipped == (
        "images/0/x.jpg: has no label in noisy_label_kv.txt, so it was passed over.",
    )


def test_missing_lists_of_clothing1m_are_all_named(tmp_path: Path) -> None:
    found = problems(DataConfig(source="clothing1m", path=str(tmp_path)))
    assert len(found) == 4
    assert found[0] == (
        f"{tmp_path}: the list noisy_train_key_list.txt is missing. "
        "Give the folder into which Clothing1M was unpacked."
    )
