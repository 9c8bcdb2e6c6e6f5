"""From a person's folder to a verdict on every image, and a cleaned folder that loses none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from mild.analysis.instances.measured import measure
from mild.cli.main import app
from mild.config import parse
from mild.export.table import reviewed, table
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.loop.run import train_run
from mild.training.pipeline.prepare import prepare
from mild.training.runtime.context import make_context
from mild.training.runtime.stop import Stop

N_PER_CLASS = 20
COLOURS = {"cat": 40, "dog": 130, "emu": 220}


def fill(root: Path, n: int = N_PER_CLASS) -> Path:
    """Brightness tells the class; one file is no image."""
    rng = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (root / name).mkdir(parents=True)
        for i in range(n):
            pixels = (colour + rng.integers(-30, 30, (8, 8, 3))).astype(np.uint8)
            Image.fromarray(pixels).save(root / name / f"{i}.png")
    (root / "cat" / "broken.png").write_bytes(b"no image")
    return root


def train(runs_root: Path, **data: Any) -> Run:
    config = parse(
        {
            "data": data,
            "device": "cpu",
            "rounds": [4, 2],
            "optimizer": {"batch_size": 16},
            "augmentation": {"crop_padding": 0, "flip": False},
            "selection": {"min_removed_share": 0.0, "rule": "keep-fraction", "keep_fraction": 0.8},
            "final": {"kind": "none"},
        }
    )
    run = Run(create_run(config, runs_root))
    writer, stop = RunWriter(run.folder), Stop()
    try:
        writer.set_state("preparing")
        prepared = prepare(config, writer, stop)
        context = make_context(config, prepared, torch.device("cpu"), writer, stop)
        train_run(context, run, prepared.without_images())
        writer.set_state("done")
    finally:
        writer.close()
    return run


def export(run: Run, output: Path, *more: str) -> dict[str, Any]:
    words = ["export", run.run_id, "--format", "imagefolder", "--output", str(output), "--json"]
    result = CliRunner().invoke(app, [*words, *more])
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    parts = ("n_written", "n_left_out", "n_unreadable", "n_set_aside", "n_not_in_run")
    assert answer["n_source"] == sum(answer[part] for part in parts)
    assert answer["n_written"] == len([file for file in output.rglob("*") if file.is_file()])
    return answer


def test_with_nothing_held_out_every_image_is_trained_on_and_there_is_no_accuracy(
    runs_root: Path, tmp_path: Path
) -> None:
    run = train(runs_root, source="folder", path=str(fill(tmp_path / "pets")))
    assert len(run.instances().given_N) == 60
    assert run.held_out() is None
    assert run.held_out_predictions(0) is None
    assert all(item.test_accuracy is None for item in run.epochs())
    assert not measure(run).held_out_A.any()
    answer = export(run, tmp_path / "cleaned")
    assert (answer["n_source"], answer["n_unreadable"], answer["n_held_out"]) == (61, 1, 0)
    assert answer["held_out"] == "Nothing is held out, so there is no accuracy."


def test_what_is_held_out_is_judged_and_exported_too(runs_root: Path, tmp_path: Path) -> None:
    root = fill(tmp_path / "pets")
    run = train(runs_root, source="folder", path=str(root), test_fraction=0.2)
    held_out = run.held_out()
    assert held_out is not None
    assert len(held_out.given_N) == 12
    for number, n_epochs in enumerate((4, 2)):
        predictions_EM = run.held_out_predictions(number)
        assert predictions_EM is not None
        assert predictions_EM.shape == (n_epochs, 12)
        accuracy_E = [item.test_accuracy for item in run.epochs() if item.stage == number]
        assert (predictions_EM == held_out.given_N).mean(axis=1).tolist() == pytest.approx(
            accuracy_E
        )
    measured = measure(run)
    assert len({*measured.names_A}) == measured.n == 60
    pixels = run.thumbnails_of(np.array([50]))
    assert pixels is not None
    with Image.open(root / str(measured.names_A[50])) as image:
        assert (pixels[0] == np.asarray(image)).all()
    flagged = np.flatnonzero(measured.flagged_A)
    wanted = {
        int(flagged[0]): Decision("keep"),
        50: Decision("relabel", int(measured.given_A[50] + 1) % 3),
        59: Decision("drop"),
    }
    decide(run.folder, wanted, Window("test", 0))
    answer = export(run, tmp_path / "cleaned")
    assert (answer["n_source"], answer["n_unreadable"], answer["n_held_out"]) == (61, 1, 12)
    assert answer["n"] == answer["n_written"] + answer["n_left_out"]
    assert answer["held_out"].startswith("12 images are held out for accuracy: no round trains on")
    assert not (tmp_path / "cleaned" / "train").exists()
    everything = export(run, tmp_path / "all", "--keep-undecided", "--link")
    assert everything["n_left_out"] == 1


def test_a_source_with_a_test_part_is_exported_as_train_and_test(
    runs_root: Path, tmp_path: Path
) -> None:
    root = tmp_path / "pets"
    fill(root / "train")
    fill(root / "test", n=5)
    run = train(runs_root, source="train-test-folder", path=str(root), validation_fraction=0.2)
    output = tmp_path / "cleaned"
    answer = export(run, output, "--keep-undecided")
    assert (answer["n_source"], answer["n_unreadable"], answer["n_set_aside"]) == (77, 2, 12)
    assert answer["n_held_out"] == 15
    assert sorted(item.name for item in output.iterdir()) == ["test", "train"]
    assert len(list((output / "test").rglob("*.png"))) == 15
    assert sorted(item.name for item in (output / "test").iterdir()) == list(COLOURS)


def test_a_class_of_which_nothing_is_written_is_named(runs_root: Path, tmp_path: Path) -> None:
    run = train(runs_root, source="folder", path=str(fill(tmp_path / "pets")))
    measured = measure(run)
    cats = np.flatnonzero(measured.given_A == 0)
    decide(run.folder, {int(index): Decision("drop") for index in cats}, Window("test", 0))
    answer = export(run, tmp_path / "cleaned")
    assert answer["note"] == "Nothing is written of the class 'cat'."


def test_images_that_came_after_the_run_are_counted_and_said(
    runs_root: Path, tmp_path: Path
) -> None:
    root = fill(tmp_path / "pets")
    run = train(runs_root, source="folder", path=str(root))
    (root / "cat" / "new.png").write_bytes((root / "cat" / "0.png").read_bytes())
    answer = export(run, tmp_path / "cleaned")
    assert answer["n_not_in_run"] == 1
    assert "1 image of the source is not written" in answer["note"]


def test_where_wrong_labels_are_made_the_held_out_part_has_none(runs_root: Path) -> None:
    config = parse({"noise": {"model": "symmetric", "rate": 0.4}, "final": {"kind": "none"}})
    run = Run(create_run(config, runs_root))
    writer = RunWriter(run.folder)
    prepare(config, writer, Stop())
    writer.close()
    held_out, train_ = run.held_out(), run.instances()
    assert held_out is not None
    assert len(held_out.given_N) + len(train_.given_N) == 1797
    assert (held_out.given_N == held_out.clean_N).all()
    assert (train_.given_N != train_.clean_N).any()


def test_every_row_of_the_table_says_its_part(runs_root: Path, tmp_path: Path) -> None:
    path = str(fill(tmp_path / "pets"))
    frame = table(reviewed(train(runs_root, source="folder", path=path, test_fraction=0.2)))
    assert frame["part"].value_counts().to_dict() == {"train": 48, "held out": 12}
