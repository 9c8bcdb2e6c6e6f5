"""A few images at once, without torch."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mild.config import DataConfig
from mild.data.preview import Sizes, preview
from mild.errors import DataError


def test_digits_show_every_class_and_their_balance() -> None:
    seen = preview(DataConfig(), n=20)
    assert seen.images.shape == (20, 8, 8, 3)
    assert np.bincount(seen.labels).tolist() == [2] * 10
    assert seen.n_per_class.sum() == seen.n_images == 1797
    assert seen.class_names[3] == "3"


def test_the_same_seed_shows_the_same_images() -> None:
    first, again, other = (preview(DataConfig(), seed=seed).names for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_digits_are_seen_in_a_moment_by_a_process_without_torch() -> None:
    code = (
        "import sys, time, numpy; begin = time.perf_counter();"
        "from mild.config import DataConfig;"
        "from mild.data.preview import preview; middle = time.perf_counter();"
        "preview(DataConfig()); end = time.perf_counter();"
        "print(middle - begin, end - middle, *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    _, seconds, *modules = done.stdout.split()
    assert {"torch", "torchvision", "sklearn", "pandas", "pyarrow"}.isdisjoint(modules)
    assert float(seconds) < 0.3


def test_a_folder_shows_images_of_all_classes_even_if_one_is_rare(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path, classes=("cat",), n=40)
    fill(tmp_path, classes=("dog", "emu"), n=2)
    seen = preview(DataConfig(source="folder", path=str(tmp_path)), n=9)
    assert seen.n_per_class.tolist() == [40, 2, 2]
    assert np.bincount(seen.labels).tolist() == [5, 2, 2]
    for image, label, name in zip(seen.images, seen.labels, seen.names, strict=True):
        assert image[0, 0].argmax() == label
        assert name.startswith(seen.class_names[label])


def test_a_share_is_held_out_only_where_there_is_no_test_part(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path / "pets")
    fill(tmp_path / "both" / "train")
    assert preview(DataConfig()).holds_out
    assert preview(DataConfig(source="folder", path=str(tmp_path / "pets"))).holds_out
    both = DataConfig(source="train-test-folder", path=str(tmp_path / "both"))
    fill(tmp_path / "both" / "test")
    assert not preview(both).holds_out


def test_unreadable_images_are_passed_over(tmp_path: Path, fill: Callable[..., Path]) -> None:
    fill(tmp_path, n=4)
    for i in range(3):
        (tmp_path / "cat" / f"{i}.png").write_bytes(b"damaged")
    seen = preview(DataConfig(source="folder", path=str(tmp_path)), n=8)
    assert [name for name in seen.names if "cat" in name] == ["cat/3.png"]
    assert len(seen.images) == 5


def test_only_a_handful_of_a_large_folder_is_opened(
    tmp_path: Path, fill: Callable[..., Path]
) -> None:
    fill(tmp_path, n=2)
    for i in range(3000):
        (tmp_path / "cat" / f"broken{i}.png").touch()
    begin = time.perf_counter()
    seen = preview(DataConfig(source="folder", path=str(tmp_path)), n=4)
    assert time.perf_counter() - begin < 5
    assert seen.n_images == 3004
    assert len(seen.images) >= 2


def test_problems_are_raised_not_shown_as_an_empty_preview(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        preview(DataConfig(source="folder", path=str(tmp_path)))


def test_an_overlay_is_shown_as_the_given_labels(tmp_path: Path, fill: Callable[..., Path]) -> None:
    fill(tmp_path / "pets")
    np.save(tmp_path / "a.npy", np.ones(10, dtype=int))
    config = DataConfig(
        source="folder", path=str(tmp_path / "pets"), labels_path=str(tmp_path / "a.npy")
    )
    seen = preview(config)
    assert seen.n_per_class.tolist() == [0, 10]
    assert seen.notes == (
        "Given labels are 'labels' of a.npy; 50.0 % differ from the data set's own.",
    )


def test_an_overlay_of_tensors_is_left_to_the_worker(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"tensors")
    seen = preview(DataConfig(labels_path=str(tmp_path / "a.pt")))
    assert seen.notes == ("The labels in a.pt are read when training starts, not here.",)


def test_sets_that_are_not_on_disk_have_no_preview(tmp_path: Path) -> None:
    for name in ("cifar10", "cifar100", "mnist", "svhn"):
        assert preview(DataConfig(source=name, data_root=str(tmp_path))) is None


def _write_mnist(root: Path, n: int = 30) -> None:
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    pixels = np.arange(n, dtype=np.uint8).repeat(28 * 28)
    (raw / "train-images-idx3-ubyte").write_bytes(bytes(16) + pixels.tobytes())
    labels = (np.arange(n) % 10).astype(np.uint8)
    (raw / "train-labels-idx1-ubyte").write_bytes(bytes(8) + labels.tobytes())


def test_mnist_is_shown_from_its_files(tmp_path: Path) -> None:
    _write_mnist(tmp_path)
    seen = preview(DataConfig(source="mnist", data_root=str(tmp_path)), n=10)
    assert seen.n_images == 30
    assert seen.labels.tolist() == list(range(10))
    assert seen.images.shape == (10, 28, 28, 3)
    assert (seen.images[:, 0, 0, 0] % 10 == seen.labels).all()
    assert not seen.holds_out


def _write_cifar10(folder: Path, extra: Any = None) -> None:
    folder.mkdir()
    for i in range(1, 6):
        planes = np.zeros((10, 3072), dtype=np.uint8)
        planes[:, :1024] = 200  # red
        batch = {"data": planes, "labels": list(range(10)), "extra": extra}
        (folder / f"data_batch_{i}").write_bytes(pickle.dumps(batch, protocol=2))
    names = {"label_names": list("abcdefghij")}
    (folder / "batches.meta").write_bytes(pickle.dumps(names, protocol=2))


def test_cifar10_is_shown_from_its_batches(tmp_path: Path) -> None:
    _write_cifar10(tmp_path / "cifar-10-batches-py")
    seen = preview(DataConfig(source="cifar10", data_root=str(tmp_path)), n=10)
    assert seen.n_per_class.tolist() == [5] * 10
    assert seen.class_names == tuple("abcdefghij")
    assert (seen.images == (200, 0, 0)).all()


def test_a_batch_with_more_than_numbers_is_not_read(tmp_path: Path) -> None:
    _write_cifar10(tmp_path / "cifar-10-batches-py", extra=tmp_path)
    assert preview(DataConfig(source="cifar10", data_root=str(tmp_path))) is None


def _folder(root: Path, sizes: dict[str, list[tuple[int, int]]]) -> Path:
    for name, of_class in sizes.items():
        (root / name).mkdir(parents=True)
        for number, size in enumerate(of_class):
            Image.new("RGB", size).save(root / name / f"{number}.png")
    return root


def test_sizes_are_told_width_first_with_the_usual_one(tmp_path: Path) -> None:
    sizes = {"cat": [(50, 40), (50, 40), (90, 60)], "dog": [(50, 40), (20, 30)]}
    seen = preview(DataConfig(source="folder", path=str(_folder(tmp_path, sizes))))
    assert seen is not None
    assert seen.sizes == Sizes(usual=(50, 40), share=0.6, smallest=(20, 30), largest=(90, 60))


def test_no_size_is_called_usual_that_few_images_have(tmp_path: Path) -> None:
    sizes = {"cat": [(90, 60), (90, 60), (20, 30)], "dog": [(50, 40), (40, 40)]}
    seen = preview(DataConfig(source="folder", path=str(_folder(tmp_path, sizes))))
    assert seen is not None
    assert seen.sizes is not None
    assert seen.sizes.of == "many"
    assert seen.sizes.usual == (50, 40)


def test_a_photo_that_lies_on_its_side_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    folder = _folder(tmp_path, {"cat": [(50, 40)], "dog": [(40, 50)]})
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (50, 40)).save(folder / "cat" / "0.png", exif=turned)
    seen = preview(DataConfig(source="folder", path=str(folder)))
    assert seen is not None
    assert seen.sizes is not None
    assert seen.sizes.usual == seen.sizes.smallest == (40, 50)


def test_unreadable_images_and_other_files_are_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path, {"cat": [(9, 9)] * 3, "dog": [(9, 9)] * 3})
    (folder / "cat" / "broken.png").write_bytes(b"no image")
    for name in ("a.txt", "b.txt", "c.db"):
        (folder / "dog" / name).write_text("no image")
    seen = preview(DataConfig(source="folder", path=str(folder)))
    assert seen is not None
    (sentence,) = seen.skipped
    assert sentence.startswith("cat/broken.png: cannot be read as an image")
    assert seen.notes == ("3 files that are not images (.txt, .db) were passed over.",)
