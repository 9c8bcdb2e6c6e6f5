"""`bench planting`: two runs that differ in the planted share alone, and the truth beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import planting
from benchmarks.training.cifar_trials import copy_some
from mild.errors import DataError, RunError
from mild.jobs import workers
from tests.in_process import work
from tests.runs_for_tests import write_run

NOISES = {"symmetric, 30 %": {"noise": {"model": "symmetric", "rate": 0.3}}}
SETTINGS = planting.SETTINGS | {"rounds": [4], "final": {"epochs": 1}}


def two_classes(root: Path, n_train: int = 60, n_test: int = 12) -> Path:
    """Two classes, dark and bright, as many of each in train/ and in test/."""
    rng = np.random.default_rng(0)
    for part, n in (("train", n_train), ("test", n_test)):
        for name, level in (("bright", 190), ("dark", 40)):
            folder = root / part / name
            folder.mkdir(parents=True)
            for number in range(n):
                pixels = level + rng.integers(-20, 20, size=(16, 16, 3))
                Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number:03}.png")
    return root


def names(folder: Path, part: str) -> list[str]:
    return [f"{file.parent.name}/{file.name}" for file in sorted((folder / part).glob("*/*"))]


@pytest.mark.slow
def test_a_pair_of_runs_differs_in_what_is_planted_and_is_told_beside_the_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "launch", work)
    files, kept_here = two_classes(tmp_path / "files"), tmp_path / "runs"
    result = planting.run(files, [3], NOISES, SETTINGS, n_train=100, n_test=20, root=kept_here)
    (pair,) = result["pairs"]
    planted, plain = pair[planting.WITH], pair[planting.WITHOUT]
    assert planted["noise_rate"] == plain["noise_rate"]
    assert (planted["planted"], plain["planted"]) == ([10], [0])  # a tenth of few
    assert (planted["rounds"][0]["judged"], plain["rounds"][0]["judged"]) == (90, 100)
    assert plain["rounds"][0]["noise_rate_interval"] == (None, None)
    assert plain["rounds"][0]["noise_rate"] == plain["noise_rate"]
    assert 0.0 <= planted["precision"] <= 1.0
    mean = result["mean"]["symmetric, 30 %"]
    assert mean[planting.WITH]["auroc_of_both"] == planted["auroc_of_both"]
    assert len(list(kept_here.glob("*/run.db"))) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [json.loads(line)["seed"] for line in told] == [3, 3, 3]  # a line as each is done


def test_a_seed_draws_its_training_images_and_the_held_out_ones_are_the_same(
    tmp_path: Path,
) -> None:
    files = two_classes(tmp_path / "files")
    for name, seed in (("one", 0), ("again", 0), ("other", 1)):
        copy_some(files, tmp_path / name, seed, n_train=40, n_test=10)
    one, again, other = (tmp_path / name for name in ("one", "again", "other"))
    assert names(one, "train") == names(again, "train") != names(other, "train")
    assert names(one, "test") == names(other, "test")
    assert [name.split("/")[0] for name in names(one, "train")] == ["bright"] * 20 + ["dark"] * 20


def test_too_few_images_of_a_class_are_a_sentence(tmp_path: Path) -> None:
    files = two_classes(tmp_path / "files", n_train=5)
    with pytest.raises(DataError) as error:
        copy_some(files, tmp_path / "some", 0, n_train=20, n_test=4)
    assert str(error.value) == (
        f"{files / 'train' / 'bright'} has 5 images and 10 are needed; name a folder with more."
    )


def test_a_folder_without_classes_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        copy_some(tmp_path, tmp_path / "some", 0, n_train=20, n_test=4)
    assert str(error.value) == (
        f"{tmp_path / 'train'} has no folder for each class; name one that has."
    )


def test_the_truth_of_a_later_round_is_of_what_it_judged(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    told = planting.told_and_true(run, 1)
    instances, index_N = run.instances(), run.index(1)
    wrong_N = (instances.given_N != instances.clean_N)[index_N]
    assert told["judged"] == len(index_N) < len(instances.given_N)
    assert told["noise_rate"] == wrong_N.mean()
    assert told["noise_rate_estimate"] == run.rounds()[1].noise_rate_estimate


def test_without_clean_labels_there_is_no_truth_to_tell(tmp_path: Path) -> None:
    run = write_run(tmp_path, clean_known=False)
    with pytest.raises(RunError) as error:
        planting.told_and_true(run, 0)
    assert str(error.value) == (
        f"run {run.run_id} has no clean labels; there is no truth to compare."
    )
