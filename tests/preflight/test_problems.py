"""What would make a run fail at its beginning is told before it is made."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mild import installation
from mild.config import RunConfig, parse
from mild.preflight import device, problems

N_PER_CLASS = 15


def folder_of(place: Path, n: int = N_PER_CLASS) -> Path:
    """Two classes with `n` pictures each."""
    for label in ("cat", "dog"):
        (place / label).mkdir(parents=True)
        for number in range(n):
            Image.new("RGB", (8, 8)).save(place / label / f"{number:02}.png")
    return place


def asked(**settings: Any) -> RunConfig:
    return parse(settings)


def test_nothing_is_wrong_with_what_a_blank_form_asks_for(runs_root: Path) -> None:
    assert problems(RunConfig()) == []
    assert not runs_root.exists()


def test_too_few_images_are_counted_after_what_is_held_out(tmp_path: Path) -> None:
    path = str(folder_of(tmp_path / "pictures"))
    data = {"source": "folder", "path": path}
    assert problems(asked(data=data)) == []
    assert problems(asked(data=data | {"test_fraction": 0.4})) == [
        f"{path}: has 30 images, of which 18 are left to train on; at least 20 are needed. "
        "Add images or lower the held-out share."
    ]
    few = str(folder_of(tmp_path / "few", n=3))
    assert problems(asked(data=data | {"path": few})) == [
        f"{few}: has 6 images; at least 20 are needed. Add images."
    ]


def test_a_file_of_labels_is_read_and_held_against_the_images(tmp_path: Path) -> None:
    data = {"source": "digits", "labels_path": str(tmp_path / "labels.npz")}
    assert problems(asked(data=data)) == [
        f"{tmp_path / 'labels.npz'}: there is no such file of labels. Give its path."
    ]
    np.savez(tmp_path / "labels.npz", ours=np.zeros(5, int), theirs=np.zeros(5, int))
    (which,) = problems(asked(data=data))
    assert which.endswith("has several columns (ours, theirs). Choose one with labels_column.")
    (length,) = problems(asked(data=data | {"labels_column": "ours"}))
    assert length.endswith(
        "has 5 labels for 1,797 images. Give one label per image, or a column 'path'."
    )


def test_noise_is_held_against_the_classes() -> None:
    noise = {"model": "class-map", "rate": 0.3, "class_map": {99: 3}}
    assert problems(asked(noise=noise)) == [
        "The class map names class 99; classes run from 0 to 9. Correct the map."
    ]


def test_all_problems_come_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "n_gpus", lambda: 1)
    monkeypatch.setattr(device, "built_without_gpu", lambda: False)
    config = asked(
        data={"source": "folder", "path": str(tmp_path / "gone")},
        weights=str(tmp_path / "gone.pt"), model="nowhere_at_all:build", device="cuda:1",
    )  # fmt: skip
    found = problems(config)
    assert len(found) == 4
    assert found[-1] == (
        "device 'cuda:1' is not on this machine (1 GPU is here); ask for 'auto' or 'cpu'."
    )
    assert problems(config, here=False) == found[:-1]  # another machine trains: its own business


def test_a_network_of_ones_own_is_looked_for_but_not_run(tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text("raise SystemExit('run')\ndef build(n): ...\n")
    (tmp_path / "broken.py").write_text("def build(:\n")
    (tmp_path / "stars.py").write_text("from others import *\n")

    def of(model: str) -> list[str]:
        return problems(asked(model=model, model_folder=str(tmp_path)))

    assert of("ours:build") == of("stars:build") == of("json:loads") == []
    assert of("ours:biuld") == [
        f"model 'ours:biuld': ours ({tmp_path / 'ours.py'}) has no 'biuld'; "
        "name a function of it that returns the network."
    ]
    assert of("nowhere_at_all:build")[0].startswith(
        f"model 'nowhere_at_all:build': there is no module 'nowhere_at_all' in {tmp_path}; "
    )
    assert of("broken:build")[0].startswith("model 'broken:build': ")
    assert of("broken:build")[0].endswith("; correct it.")


def test_code_that_a_run_or_a_data_set_brings_along_is_not_run(
    tmp_path: Path, runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = runs_root / "theirs"
    theirs.mkdir(parents=True)
    (theirs / "net.py").write_text("raise SystemExit('run')")
    (tmp_path / "link").symlink_to(theirs)
    monkeypatch.syspath_prepend(str(runs_root.parent))
    for model, folder in (
        ("net:build", theirs), ("net:build", tmp_path / "link"), ("json:loads", theirs),
        (f"{runs_root.name}.theirs.net:build", runs_root.parent),
        (f"{runs_root.name}.theirs.net:build", tmp_path / "elsewhere"),
    ):  # fmt: skip
        config = asked(model=model, model_folder=str(folder))
        (why,) = problems(config)
        assert "lies in the runs folder, and code that a run or a data set brings along" in why
    config = asked(
        model="net:build", model_folder=str(theirs),
        data={"source": "folder", "path": str(tmp_path)},
    )  # fmt: skip
    monkeypatch.setenv("MILD_RUNS_DIR", str(tmp_path / "elsewhere"))
    assert "lies in the data set's folder" in " ".join(problems(config))


def test_a_file_of_weights_is_told_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    assert problems(asked(weights=str(path))) == [
        f"weights {path}: there is no such file; check the path."
    ]
    path.write_text("hello")
    assert problems(asked(weights=str(path)))[0].startswith(
        f"weights {path}: this is not a file of tensors; "
    )
    np.savez(path.with_suffix(".npz"), a=np.zeros(3))  # an archive, as torch saves one
    assert problems(asked(weights=str(path.with_suffix(".npz")))) == []


def test_a_disk_too_full_for_the_least_a_run_writes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=10**7))
    runs = tmp_path / "not" / "made" / "yet"
    assert problems(RunConfig(), root=runs) == []
    assert problems(asked(model="resnet18"), root=runs) == [
        f"runs folder {runs}: the run takes at least 176 MB, and 10 MB are free there; "
        "make room, or set MILD_RUNS_DIR to a folder on another disk."
    ]


@pytest.mark.parametrize(
    ("name", "given", "n_gpus", "cpu_only", "is_refused"),
    [
        ("cpu", None, 0, True, False),
        ("auto", None, 0, True, False),
        ("cuda", None, 0, False, True),
        ("cuda", None, 1, False, False),
        ("cuda", None, 1, True, True),
        ("cuda:1", None, 2, False, False),
        ("cuda:2", None, 2, False, True),
        ("cuda:9", None, None, False, False),
        ("cuda", "", 8, False, True),
        ("cuda:1", "5,6", 8, False, False),
        ("mps", None, 0, True, sys.platform != "darwin"),
    ],
)
def test_a_device_is_refused_only_where_it_cannot_be_there(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    given: Any,
    n_gpus: Any,
    cpu_only: Any,
    is_refused: Any,
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if given is None:
        monkeypatch.setattr(device, "n_gpus", lambda: n_gpus)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    monkeypatch.setattr(device, "built_without_gpu", lambda: cpu_only)
    assert bool(device.problems(asked(device=name))) == is_refused


def test_without_pytorch_training_is_refused_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        installation, "find_spec", lambda name: None if name.startswith("torch") else object()
    )
    assert problems(RunConfig()) == [
        'Training needs torch, torchvision, not installed here: pip install "mild[train]"'
    ]
