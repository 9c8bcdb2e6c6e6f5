"""A run that freezes its network is a run like any other, and computes features once."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mild.config import RunConfig
from mild.config.folders import cache_root
from mild.errors import ConfigError, ModelError
from mild.store.run import Run
from mild.store.writer import create_run
from mild.training.features.cache import FeatureCache
from mild.training.features.extractor import extractor
from mild.training.models.by_name import build_model
from mild.training.models.file import load_model
from mild.training.runtime import precision
from mild.training.runtime.stop import Stopped
from tests.training.resumable import N_CLASSES, SIDE, N, StopAfter, config, prepared, train


@pytest.fixture
def asked(tmp_path: Path) -> RunConfig:
    """A frozen small network, its weights in a file."""
    return _asked(tmp_path)


def _asked(folder: Path, **changes: Any) -> RunConfig:
    path = folder / "weights.pt"
    torch.save(build_model("small-cnn", 7, SIDE, seed=5).state_dict(), path)
    return config(model="small-cnn", weights=str(path), freeze=True, **changes)


def test_it_records_what_every_run_records_and_says_how_it_was_done(
    asked: RunConfig, runs_root: Path
) -> None:
    run = train(create_run(asked, runs_root))
    facts = run.facts()
    assert run.state().state == "done" or run.rounds()
    assert len(run.epochs()) == 4 + 3 + 2
    assert run.status(0).shape == (4, N // 8)
    assert facts["features"] == 512
    assert facts["features_computed"] > 0
    assert facts["weights"] == "Only a head is trained; it starts from scratch."
    assert "all but the last layer" in facts["frozen_weights"]
    assert [decay for decay, _ in facts["head_trials"]] == [0.005, 0.015, 0.05, 0.15, 0.5]
    assert facts["head_weight_decay"] in dict(facts["head_trials"])
    assert facts["augmentation_reason"].startswith("not varied")
    assert run.neighbours(0)["neighbour_NK"].shape == (N, 20)


def test_with_images_large_enough_for_bfloat16_features_are_tried_and_the_head_is_not(
    asked: RunConfig, runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "TOO_SMALL_SIDE", SIDE)
    monkeypatch.setattr(precision, "TRIAL_SECONDS", 0.01)
    monkeypatch.setattr(precision, "_processor_has_bfloat16", lambda: True)
    facts = train(create_run(asked, runs_root)).facts()
    assert "a trial took" in facts["features_precision"]
    assert (facts["precision"], facts["precision_reason"]) == (
        "float32",
        "a head on features is too small to gain by less",
    )


def test_the_number_format_that_was_asked_for_is_that_of_the_features(
    tmp_path: Path, runs_root: Path
) -> None:
    run = train(create_run(_asked(tmp_path, precision="bfloat16"), runs_root))
    assert run.facts()["features_precision"] == "bfloat16: as asked"


def test_a_second_run_with_another_head_computes_no_feature_again(
    tmp_path: Path, runs_root: Path
) -> None:
    train(create_run(_asked(tmp_path), runs_root))
    again = train(create_run(_asked(tmp_path, head={"hidden": 8, "weight_decay": 0.01}), runs_root))
    facts = again.facts()
    assert facts["features_computed"] == 0
    assert (facts["head_weight_decay"], facts["head_weight_decay_reason"]) == (0.01, "as asked")
    assert facts["n_parameters"] == 512 * 8 + 8 + 8 * N_CLASSES + N_CLASSES


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(
    asked: RunConfig, runs_root: Path
) -> None:
    whole = train(create_run(asked, runs_root))
    folder = create_run(asked, runs_root)
    with pytest.raises(Stopped):
        train(folder, StopAfter(folder, 5))
    train(folder)
    broken = Run(folder)
    for number in (0, 1):
        assert np.array_equal(whole.status(number), broken.status(number))
        assert np.array_equal(whole.losses(number), broken.losses(number))
    assert whole.facts()["head_weight_decay"] == broken.facts()["head_weight_decay"]


def test_the_network_it_came_to_takes_images(asked: RunConfig, runs_root: Path) -> None:
    run = train(create_run(asked, runs_root))
    model = load_model(run)
    images = torch.from_numpy(prepared().test_images.read_all()).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        right = model(images.float()).argmax(1).numpy() == prepared().test_labels_M
    assert right.mean() == pytest.approx(run.epochs()[-1].test_accuracy, abs=0.04)


def test_a_damaged_cache_is_made_anew_and_said(asked: RunConfig, runs_root: Path) -> None:
    train(create_run(asked, runs_root))
    for file in cache_root().rglob("*.npz"):
        file.write_bytes(b"nothing")
    run = train(create_run(asked, runs_root))
    assert run.facts()["features_computed"] > 0
    said = [event.sentence for event in run.events() if event.kind == "note"]
    assert any("damaged files of features were deleted" in sentence for sentence in said)


def test_a_full_disk_costs_the_cache_and_not_the_run(
    asked: RunConfig, runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = FeatureCache.add

    def full(self: FeatureCache, keys: list[bytes], features_ND: np.ndarray) -> None:
        kept(self, keys, features_ND)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FeatureCache, "add", full)
    run = train(create_run(asked, runs_root))
    (said,) = [event.sentence for event in run.events() if event.sentence.startswith("Features c")]
    assert "the disk is full" in said
    assert "MILD_CACHE_DIR" in said
    assert run.rounds()


def test_other_weights_are_another_network(asked: RunConfig) -> None:
    def identity(seed: int, size: int = SIDE) -> str:
        network = build_model("small-cnn", 3, SIDE, seed)
        channels = {"mean_C": (0.5,) * 3, "std_C": (0.5,) * 3}
        device = torch.device("cpu")
        return extractor(
            network, (size, size), model="small-cnn", device=device, **channels
        ).identity

    assert identity(1) == identity(1)
    assert len({identity(1), identity(2), identity(1, 2 * SIDE)}) == 3


def test_a_network_without_a_linear_end_gives_no_features() -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.Flatten())
    with pytest.raises(ModelError, match="no linear layer at its end"):
        extractor(
            network, (8, 8), mean_C=(0.5,) * 3, std_C=(0.5,) * 3, model="mine:net",
            device=torch.device("cpu"),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"freeze": True}, "would start from random weights"),
        ({"freeze": True, "pretrained": True}, "no weights are published for 'small-cnn'"),
        (
            {"freeze": True, "model": "efficientnet-lite0", "pretrained": True, "devices": 2},
            "a head is too small to share",
        ),
        ({"pretrained": True, "model": "mine:net"}, "no weights are published for 'mine:net'"),
    ],
)
def test_what_cannot_be_frozen_is_refused_with_a_sentence(
    settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        config(**settings)
