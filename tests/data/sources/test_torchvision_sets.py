"""Data sets by torchvision's name, as far as can be told without downloading."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Never
from urllib.error import URLError

import numpy as np
import pytest

from mild.config import DataConfig
from mild.data.load import load
from mild.data.sources import SOURCES, torchvision_sets
from mild.errors import DataError
from tests.later import later

later("torchvision")


def _idx(path: Path, array: np.ndarray) -> None:
    kind = bytes([0, 0, 8, array.ndim])
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    path.write_bytes(kind + sizes + array.astype(np.uint8).tobytes())


@pytest.fixture
def mnist_files(tmp_path: Path) -> Path:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, n in (("train", 40), ("t10k", 20)):
        labels = np.arange(n) % 10
        _idx(raw / f"{part}-images-idx3-ubyte", np.tile(labels[:, None, None], (1, 28, 28)))
        _idx(raw / f"{part}-labels-idx1-ubyte", labels)
    return tmp_path


def test_a_set_found_in_the_data_root_is_loaded_with_its_own_test_part(mnist_files: Path) -> None:
    found = load(DataConfig(source="mnist", data_root=str(mnist_files)), seed=0)
    assert found.images.shape == (40, 28, 28)
    assert found.test_images.shape == (20, 28, 28)
    assert (found.images.read_all()[:, 5, 5, 1] == found.given_N).all()
    np.testing.assert_array_equal(found.given_N, found.clean_N)
    assert found.given_N is not found.clean_N
    assert found.names[3] == "train 3"
    assert len(found.class_names) == 10
    assert found.description == (
        "MNIST: 40 images of 28 x 28 pixels (their own size) in 10 classes; "
        "20 to test on (its own test part)"
    )


def test_a_set_can_be_brought_to_another_size(mnist_files: Path) -> None:
    found = load(DataConfig(source="mnist", data_root=str(mnist_files), image_size=16), seed=0)
    assert found.images.shape == (40, 16, 16)
    assert found.test_images.shape == (20, 16, 16)


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "mnist", "svhn", "stl10", "usps"])
def test_a_failed_download_names_the_set_the_folder_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def no_network(*args: Any, **kwargs: Any) -> Never:
        raise URLError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", no_network)
    with pytest.raises(DataError) as error:
        load(DataConfig(source=name, data_root=str(tmp_path / "sets")), seed=0)
    message = str(error.value)
    assert message.startswith(
        f"The data set '{name}' is not in {tmp_path}/sets and cannot be downloaded ("
    )
    assert message.endswith(
        "). Connect to the network, or name the folder that holds it as the data root."
    )


def test_every_name_offered_is_known_to_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision import datasets

    classes = set()
    monkeypatch.setattr(torchvision_sets, "load", lambda set_, root: classes.add(set_.cls))
    for source in SOURCES.values():
        if source.has_test_part and source.load is not None:
            source.load(DataConfig(source=source.name))
    assert len(classes) == 10  # one of them holds two sets of letters
    assert all(hasattr(datasets, name) for name in classes)


def test_letters_stand_upright_and_the_class_nobody_has_is_left_out(tmp_path: Path) -> None:
    raw = tmp_path / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    lying = np.zeros((26, 28, 28))
    lying[:, :, 0] = 255  # the left column, which is the top row when upright
    for part in ("train", "test"):
        _idx(raw / f"emnist-letters-{part}-images-idx3-ubyte", lying)
        _idx(raw / f"emnist-letters-{part}-labels-idx1-ubyte", np.arange(26) + 1)
    found = load(DataConfig(source="emnist-letters", data_root=str(tmp_path)), seed=0)
    assert found.class_names == tuple("abcdefghijklmnopqrstuvwxyz")
    assert found.given_N.tolist() == list(range(26))
    assert (found.images.read(0)[0] == 255).all()
