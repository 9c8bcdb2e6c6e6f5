"""`train --preset fitted`: settings that follow from the images, said before the run is made."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from mild.cli.main import app
from mild.store.run import all_runs


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for label in ("cat", "dog"):
        (tmp_path / "zoo" / label).mkdir(parents=True)
        for number in range(20):
            Image.new("RGB", (90, 60)).save(tmp_path / "zoo" / label / f"{number}.png")
    return tmp_path / "zoo"


def test_settings_follow_from_the_images_and_what_is_typed_goes_first(
    pictures: Path, runs_root: Path
) -> None:
    words = ["train", "--preset", "fitted", "--data", "folder", "--path", str(pictures)]
    done = CliRunner().invoke(app, [*words, "--batch-size", "16", "--hold"])
    assert done.exit_code == 0, done.output
    assert (
        "40 images of 2 classes, all of 90 × 60: small-cnn at 64 pixels, 60 epochs in 2 rounds."
        in " ".join(done.stderr.split())
    )
    (run,) = all_runs()
    config = run.config()
    assert [item.epochs for item in config.rounds] == [40, 20]
    assert config.optimizer.batch_size == 16


def test_a_head_on_features_has_its_own_rounds_and_the_sentence_says_so(
    pictures: Path, runs_root: Path
) -> None:
    words = ["train", "--preset", "fitted", "--data", "folder", "--path", str(pictures)]
    quick = ["--model", "resnet18", "--pretrained", "--freeze", "--hold"]
    done = CliRunner().invoke(app, [*words, *quick])
    assert done.exit_code == 0, done.output
    said = " ".join(done.stderr.split())
    assert "all of 90 × 60: resnet18, a head on its features, 20 epochs in one round." in said
    (run,) = all_runs()
    assert [item.epochs for item in run.config().rounds] == [20]


def test_a_preset_and_a_file_are_not_both_a_place_to_start(pictures: Path, tmp_path: Path) -> None:
    words = ["train", "--preset", "fitted", "--data", "folder", "--path", str(pictures)]
    done = CliRunner().invoke(app, [*words, "--config", str(tmp_path / "run.json"), "--hold"])
    assert "--preset and --config both say where to start" in str(done.exception)


def test_images_that_are_not_there_yet_cannot_be_fitted_to(runs_root: Path, tmp_path: Path) -> None:
    words = ["train", "--preset", "fitted", "--data", "stl10", "--data-root", str(tmp_path)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code != 0
    assert not all_runs()
